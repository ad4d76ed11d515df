import { type Environment, FPSCR } from "./format.ts";

/**
 * Where the state lies in the engines' area, in words: d0-d31, the FPSCR, and whether anything was done with either since the word
 * was last cleared. Translated code can use the same words.
 */
export const REGISTERS = 64;
export const STATUS = REGISTERS + 72;
export const TOUCHED = STATUS + 1;

/** Registers and status of one thread. */
export type FloatContext = Int32Array;
const CONTEXT_WORDS = 73;

/** Registers behind the file, single and double, for what lies between two roundings. */
export const SCRATCH = [
  [64, 66],
  [32, 33],
] as const;
/** One more that is always zero. */
export const ZERO = [70, 35] as const;

/** The floating-point registers and the FPSCR (ARM ARM A2.6). */
export class FloatUnit implements Environment {
  /** Words: s0-s31, and the upper half of the file, which has no single registers. */
  readonly words: Int32Array;
  readonly single: Float32Array;
  readonly double: Float64Array;
  readonly bits: BigUint64Array;
  private readonly state: Int32Array;
  /** Operations so far. */
  uses = 0;

  constructor(engine: Int32Array) {
    this.state = engine;
    const { buffer } = engine;
    const offset = engine.byteOffset + REGISTERS * 4;
    this.words = new Int32Array(buffer, offset, 72);
    this.single = new Float32Array(buffer, offset, 72);
    this.double = new Float64Array(buffer, offset, 36);
    this.bits = new BigUint64Array(buffer, offset, 36);
  }

  get fpscr(): number {
    return this.state[STATUS];
  }
  set fpscr(value: number) {
    this.state[STATUS] = value;
  }
  /** A single as bits. */
  raw(s: number): bigint {
    return BigInt(this.words[s] >>> 0);
  }
  setRaw(s: number, bits: bigint): void {
    this.words[s] = Number(BigInt.asIntN(32, bits));
  }
  /** VMSR. */
  writeStatus(value: number): void {
    this.fpscr = value & FPSCR.WRITABLE;
  }
  /** Somebody uses the unit: its state belongs to the running thread. */
  touch(): void {
    this.state[TOUCHED] = 1;
    this.uses++;
  }

  /** The state when there is any, else undefined; in `context` if that is given. */
  save(context?: FloatContext): FloatContext | undefined {
    const { state } = this;
    if (state[TOUCHED] === 0) return undefined;
    if (context === undefined) return state.slice(REGISTERS, REGISTERS + CONTEXT_WORDS);
    for (let n = 0; n < CONTEXT_WORDS; n++) context[n] = state[REGISTERS + n];
    return context;
  }
  /** Puts a state back; undefined: that of a thread that has not used the unit. */
  restore(context: FloatContext | undefined): void {
    if (context) this.state.set(context, REGISTERS);
    else if (this.state[TOUCHED] !== 0) this.state.fill(0, REGISTERS, REGISTERS + CONTEXT_WORDS);
    this.state[TOUCHED] = context ? 1 : 0;
  }
}
