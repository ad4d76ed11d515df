import { type Inst, type IrBlock, NONE, Op } from "../ir/ops.ts";
import type { Fetch } from "../lift/mod.ts";

/** Entries of the largest table that becomes a br_table. */
const MAX_ENTRIES = 512;
/** HI: the condition that an index is beyond a table. */
const HI = 8;

/** A branch through a table of addresses, as compilers make of a switch: TBB, TBH, ADD and LDR to the pc. */
export interface JumpTable {
  /** The ops of the instruction, [first, last], the last of which branches. */
  readonly first: number;
  readonly last: number;
  /** The register with the number of the entry. */
  readonly index: number;
  /** Where each entry leads; bit 0: Thumb. */
  readonly targets: readonly number[];
  /** Guest range of the table itself, empty when it consists of instructions. */
  readonly start: number;
  readonly end: number;
}

/** The table of the block's last branch, when a comparison before it says how many entries there are. */
export function findJumpTable(ir: IrBlock, fetch: Fetch): JumpTable | undefined {
  const { insts } = ir;
  const last = insts.findLastIndex((x) => x.op === Op.bx);
  if (last < 0) return undefined;
  let first = last;
  while (first > 0 && insts[first - 1].at === insts[last].at && insts[first - 1].op !== Op.skip)
    first--;
  const index = indexOf(insts, first, last);
  if (index === undefined) return undefined;
  const count = entries(insts, first, index);
  if (count === undefined || count > MAX_ENTRIES) return undefined;
  const range = { start: 0xffffffff, end: 0 };
  const targets: number[] = [];
  for (let k = 0; k < count; k++) {
    const target = evaluate(insts, first, last, index, k, fetch, range);
    if (target === undefined || ((target & 1) !== 0) !== ir.thumb) return undefined;
    targets.push(target >>> 0);
  }
  if (range.end === 0) range.start = 0;
  return { first, last, index, targets, ...range };
}

/** The only register that the ops read and have not written. */
function indexOf(insts: readonly Inst[], first: number, last: number): number | undefined {
  const own = new Set<number>();
  let index: number | undefined;
  for (let k = first; k <= last; k++) {
    const { a, b, ka, kb, d } = insts[k];
    for (const [r, constant] of [
      [a, ka],
      [b, kb],
    ] as const) {
      if (constant || r === NONE || own.has(r)) continue;
      if (index !== undefined && index !== r) return undefined;
      index = r;
    }
    if (d !== NONE) own.add(d);
  }
  return index !== undefined && index < 15 && !own.has(index) ? index : undefined;
}

/** The number of entries that a comparison with the index before op `first` leaves. */
function entries(insts: readonly Inst[], first: number, index: number): number | undefined {
  let guarded = false;
  for (let k = first - 1; k >= 0; k--) {
    const x = insts[k];
    if (!guarded) {
      if (x.op === Op.nop) continue;
      if ((x.op !== Op.brc && x.op !== Op.skip) || x.cond !== HI) return undefined;
      guarded = true;
    } else if (x.set) {
      const compares = x.op === Op.sub && x.d === NONE && x.a === index && x.kb && !x.ka;
      return compares ? (x.b >>> 0) + 1 : undefined;
    } else if (x.d === index || x.e === index || x.op === Op.ldm || x.op === Op.skip)
      return undefined;
  }
  return undefined;
}

/** Where the ops lead for a value of the index; undefined when that cannot be said. */
function evaluate(
  insts: readonly Inst[],
  first: number,
  last: number,
  index: number,
  value: number,
  fetch: Fetch,
  range: { start: number; end: number },
): number | undefined {
  const registers = new Map([[index, value]]);
  for (let k = first; k < last; k++) {
    const x = insts[k];
    const a = x.ka ? x.a : (registers.get(x.a) ?? 0);
    const b = x.kb ? x.b : (registers.get(x.b) ?? 0);
    let result: number | undefined;
    if (x.op === Op.mov) result = b;
    else if (x.op === Op.add) result = (a + b) | 0;
    else if (x.op === Op.orr) result = a | b;
    else if (x.op === Op.lsl && x.kb) result = a << b;
    else if (x.op === Op.ldr || x.op === Op.ldrh || x.op === Op.ldrb) {
      const size = x.op === Op.ldr ? 4 : x.op === Op.ldrh ? 2 : 1;
      const address = (a + (x.kb ? b : b << x.i)) >>> 0;
      result = read(fetch, address, size);
      range.start = Math.min(range.start, address);
      range.end = Math.max(range.end, address + size);
    }
    if (result === undefined || x.set) return undefined;
    registers.set(x.d, result);
  }
  return registers.get(insts[last].a);
}

function read(fetch: Fetch, address: number, size: number): number | undefined {
  let value = 0;
  for (let k = 0; k < size; k++) {
    const half = fetch((address + k) & ~1);
    if (half === undefined) return undefined;
    value |= ((half >>> (((address + k) & 1) * 8)) & 255) << (k * 8);
  }
  return value;
}
