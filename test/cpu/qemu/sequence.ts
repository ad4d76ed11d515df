/**
 * A sequence under construction. Initial register values stay free until an instruction needs one; from then on the
 * value of a register is known until something else is written to it. So every load and store of a generated program
 * has an address that is known to lie in the case's window, and every indirect branch a known target.
 */
import { WINDOW, codeAddress, freshWindow, windowAddress } from "./image.ts";
import type { Random } from "./random.ts";

export interface Instruction {
  readonly offset: number;
  readonly size: number;
  readonly thumb: boolean;
  readonly opcode: number;
  /** Row of the decode table. */
  readonly id: string;
}

export class Sequence {
  readonly instructions: Instruction[] = [];
  /** Initial values that something depends on; undefined while free. */
  readonly initial: (number | undefined)[] = new Array(15).fill(undefined);
  /** The value a register has now, when known. A free register is not known. */
  readonly known: (number | undefined)[] = new Array(15).fill(undefined);
  readonly written: boolean[] = new Array(15).fill(false);
  readonly window: Uint8Array;
  readonly windowAddress: number;
  /** Registers kept for addresses. */
  readonly reserved: number[];
  private readonly late: [number, number][] = [];
  private readonly stored = new Uint8Array(WINDOW);
  private bytes: number[] = [];
  /** More than 0 while it is not certain that what is emitted is executed. */
  uncertain = 0;
  /** Set when the sequence cannot go on (a fault is certain). */
  ended = false;
  /** Prefer 16-bit instructions. */
  narrow = false;
  /** Rules of an IT block are in force. */
  inIT = false;
  /** Inside a loop: registers that must keep their values. */
  locked: Set<number> | undefined;
  /** Address and size of the exclusive monitor; undefined when open, "?" when not certain. */
  monitor: { address: number; size: number } | undefined | "?";

  constructor(
    readonly random: Random,
    readonly place: number,
    public thumb: boolean,
    readonly skew: 0 | 2,
  ) {
    this.windowAddress = windowAddress(place);
    this.window = freshWindow(place);
    const low = random.sample([0, 1, 2, 3, 4, 5, 6, 7], 3);
    this.reserved = [...low, ...random.sample([8, 9, 10, 11, 12, 14], 2), 13];
  }

  get size(): number {
    return this.bytes.length;
  }
  get address(): number {
    return codeAddress(this.place) + this.skew + this.bytes.length;
  }
  get code(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  free(r: number): boolean {
    return this.initial[r] === undefined && !this.written[r];
  }
  setInitial(r: number, value: number): void {
    this.initial[r] = value >>> 0;
    this.known[r] = value >>> 0;
  }
  /** The instruction reads r: it must have some value. */
  read(r: number): void {
    if (this.free(r)) this.setInitial(r, this.random.word());
  }
  write(r: number, value?: number): void {
    if (r === 15) return;
    // Whoever reads a register that may not have been written needs its initial value.
    if (this.uncertain && this.free(r)) this.setInitial(r, this.random.word());
    this.written[r] = true;
    this.known[r] = this.uncertain || value === undefined ? undefined : value >>> 0;
  }

  /** Appends an opcode of a row. */
  emit(id: string, opcode: number, bits: 16 | 32): Instruction {
    const offset = this.bytes.length;
    const { thumb } = this;
    const instruction = { offset, size: bits / 8, thumb, opcode: opcode >>> 0, id };
    this.instructions.push(instruction);
    this.patch(instruction, opcode);
    return instruction;
  }
  /** Writes over an instruction, once its target is known. */
  patch(instruction: Instruction, opcode: number): void {
    const { offset, size, thumb } = instruction;
    const halves =
      size === 2
        ? [opcode]
        : thumb
          ? [opcode >>> 16, opcode & 0xffff]
          : [opcode & 0xffff, opcode >>> 16];
    halves.forEach((half, k) => {
      this.bytes[offset + 2 * k] = half & 255;
      this.bytes[offset + 2 * k + 1] = half >>> 8;
    });
    (instruction as { opcode: number }).opcode = opcode >>> 0;
  }
  /** Appends bytes that are not executed. */
  data(...bytes: number[]): void {
    this.bytes.push(...bytes);
  }
  patchByte(offset: number, value: number): void {
    this.bytes[offset] = value;
  }

  /** A register for ordinary use: seldom one of those kept for addresses. */
  register(width: number): number {
    const { random } = this;
    const limit = 1 << width;
    for (let tries = 0; tries < 8; tries++) {
      const r = random.below(limit);
      if (r === 15 && !random.once(4)) continue;
      if (!this.reserved.includes(r) || random.once(12)) return r;
    }
    return random.below(limit);
  }
  /** A register whose value can be an address. */
  baseRegister(width: number): number {
    const limit = 1 << width;
    const candidates = this.reserved.filter(
      (r) => r < limit && (this.free(r) || this.known[r] !== undefined),
    );
    return candidates.length ? this.random.pick(candidates) : this.random.below(limit);
  }

  /** Notes that [address, address + size) may have been written. */
  store(address: number, size: number): void {
    const start = address - this.windowAddress;
    this.stored.fill(1, Math.max(0, start), Math.min(WINDOW, start + size));
  }
  /** Puts a word into the window's initial contents, unless something has been stored or put there before. */
  presetWord(address: number, value: number): boolean {
    const start = address - this.windowAddress;
    if (start < 0 || start + 4 > WINDOW || this.stored.subarray(start, start + 4).some(Boolean))
      return false;
    this.stored.fill(1, start, start + 4);
    new DataView(this.window.buffer).setUint32(start, value, true);
    return true;
  }
  /** The same for a value that is known only later; nothing else may be stored there. */
  presetLater(address: number, value: number): void {
    this.late.push([address - this.windowAddress, value]);
  }
  /** Writes what presetLater was told into the initial contents. */
  settle(): void {
    for (const [start, value] of this.late)
      new DataView(this.window.buffer).setUint32(start, value, true);
  }
  inWindow(low: number, size: number): boolean {
    const start = low - this.windowAddress;
    return start >= 0 && start + size <= WINDOW;
  }
}
