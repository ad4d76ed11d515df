import { type Inst, Op, TEMP } from "../ir/ops.ts";
import { unpack } from "../simd/mod.ts";
import { dataEmitter } from "./data.ts";
import { isFloatOp } from "./float.ts";
import { isVectorOp, vectorBytes } from "./vectors.ts";
import { W } from "./wasm.ts";

// What the emitter has to know of ops before it writes them.

interface Single {
  readonly size: number;
  readonly store: boolean;
  readonly code: number;
}
const singles: (Single | undefined)[] = [];
singles[Op.ldr] = { size: 4, store: false, code: W.load };
singles[Op.ldrb] = { size: 1, store: false, code: W.load8u };
singles[Op.ldrh] = { size: 2, store: false, code: W.load16u };
singles[Op.ldrsb] = { size: 1, store: false, code: W.load8s };
singles[Op.ldrsh] = { size: 2, store: false, code: W.load16s };
singles[Op.str] = { size: 4, store: true, code: W.store };
singles[Op.strb] = { size: 1, store: true, code: W.store8 };
singles[Op.strh] = { size: 2, store: true, code: W.store16 };

/** A load or store of one register. */
export function singleOf(op: number): Single | undefined {
  return singles[op];
}

const multiples = new Set([Op.ldm, Op.stm, Op.ldrd, Op.strd, Op.vldm, Op.vstm]);

export function isAccess(x: Inst): boolean {
  return singles[x.op] !== undefined || multiples.has(x.op) || vectorBytes(x) !== undefined;
}

/** What an access touches. */
export interface Shape {
  readonly store: boolean;
  /** Bytes. */
  readonly size: number;
  /** Words that must be aligned. */
  readonly words: boolean;
  /** What is added to the base; undefined: a register. */
  readonly offset: number | undefined;
}

/** The shape of a load or store; undefined for other ops. */
export function accessOf(x: Inst): Shape | undefined {
  const offset = x.kb ? x.b : undefined;
  const one = singles[x.op];
  if (one) return { store: one.store, size: one.size, words: false, offset };
  const bytes = vectorBytes(x);
  // Any address is as good, but for an alignment that the instruction names (A3.2.1): access.ts looks at that.
  if (bytes !== undefined) return { store: x.op === Op.vstn, size: bytes, words: false, offset: 0 };
  if (!multiples.has(x.op)) return undefined;
  const store = x.op === Op.stm || x.op === Op.strd || x.op === Op.vstm;
  if (x.op === Op.vldm || x.op === Op.vstm) return { store, size: x.i * 4, words: true, offset };
  if (x.op === Op.ldrd || x.op === Op.strd) return { store, size: 8, words: true, offset };
  return { store, size: registersOf(x.i).length * 4, words: true, offset: x.j };
}

/** Whether an access names an alignment, which is looked at each time that it is made. */
export function namesAlignment(x: Inst): boolean {
  return vectorBytes(x) !== undefined && unpack(x.i).align > 2;
}

/** Registers of a mask, bit 15 being t0. */
export function registersOf(mask: number): number[] {
  const list: number[] = [];
  for (let r = 0; r < 16; r++) if (mask & (1 << r)) list.push(r === 15 ? TEMP : r);
  return list;
}

/** Index behind the ops of the instruction that op k belongs to; the border of a page that it reaches is none of them. */
export function groupEnd(insts: readonly Inst[], k: number): number {
  let end = k + 1;
  while (end < insts.length && insts[end].at === insts[k].at && insts[end].op !== Op.cross) end++;
  return end;
}

const branches = new Set([Op.br, Op.brc, Op.brz, Op.brnz, Op.bx, Op.svc, Op.bkpt, Op.udf, Op.skip]);

/** True for what translated code does itself, besides branches. */
export function isTranslated(x: Inst): boolean {
  return dataEmitter(x.op) !== undefined || isAccess(x) || isFloatOp(x) || isVectorOp(x);
}

/** True when translated code has no way to do ops [from, to), which are of one instruction. */
export function needsInterpreter(insts: readonly Inst[], from: number, to: number): boolean {
  for (let k = from; k < to; k++) {
    const x = insts[k];
    if (!isTranslated(x) && !branches.has(x.op)) return true;
  }
  return false;
}

/** The number of instructions among ops that the interpreter has to execute. */
export function interpretedIn(insts: readonly Inst[]): number {
  let count = 0;
  for (let k = 0; k < insts.length;) {
    const end = groupEnd(insts, k);
    if (needsInterpreter(insts, k, end)) count++;
    k = end;
  }
  return count;
}
