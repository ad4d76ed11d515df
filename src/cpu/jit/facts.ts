import { C, conditionReads, type Inst, type IrBlock, NONE, NZCV, Op } from "../ir/ops.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { registersOf } from "./shapes.ts";

// What is known of a region before it is written.

/** A branch that uses up a unit. */
export function isBackward(to: number, own: number): boolean {
  return (to & ~1) >>> 0 <= own >>> 0;
}

const shifts = new Set([Op.lsl, Op.lsr, Op.asr, Op.ror]);

/** bx lr, or the target was loaded from the stack: the caller waits for this address. */
export function isReturn(insts: readonly Inst[], k: number): boolean {
  const { a, at } = insts[k];
  if (a === 14) return true;
  for (let j = k - 1; j >= 0 && insts[j].at === at; j--) {
    const x = insts[j];
    if (x.op === Op.ldm || (x.op === Op.ldr && x.d === a && x.a === 13)) return true;
  }
  return false;
}

/** The mask of registers and temporaries that ops [from, to) may write. */
export function writtenBy(insts: readonly Inst[], from: number, to: number): number {
  let mask = 0;
  for (let k = from; k < to; k++) {
    const x = insts[k];
    if (x.d !== NONE) mask |= 1 << x.d;
    if (x.e !== NONE) mask |= 1 << x.e;
    if (x.op === Op.ldm) for (const r of registersOf(x.i)) mask |= 1 << r;
  }
  return mask;
}

const sums = new Set([Op.add, Op.sub, Op.rsb]);

export function writesAllFlags(x: Inst): boolean {
  return sums.has(x.op) && (x.set & NZCV) !== 0;
}

const simple = new Set([Op.mov, Op.mvn, Op.add, Op.sub, Op.rsb, Op.and, Op.orr, Op.eor, Op.bic]);

/** Whether a block writes all flags before it can be left, or reads one. */
export function beginsWithFlags({ insts }: IrBlock): boolean {
  const first = insts.find((x) => x.set !== 0 || !simple.has(x.op));
  return first !== undefined && writesAllFlags(first);
}

/** Keys of the blocks that read a flag which they have not written, or go to such a block before they write it. */
export function flagReaders(graph: Graph): Set<number> {
  const live = new Map<number, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (let k = graph.nodes.length - 1; k >= 0; k--) {
      const node = graph.nodes[k];
      const { key } = node;
      const mask = liveBefore(node, live);
      if (mask === live.get(key)) continue;
      live.set(key, mask);
      changed = true;
    }
  }
  return new Set([...live].filter(([, mask]) => mask !== 0).map(([key]) => key));
}

/**
 * Keys of the blocks in which other code runs before all flags are written: the file has to have them there. A copy that writes all of
 * them at once counts too: what they follow from would be kept for a slice that ends at the call.
 */
export function flagSpillers({ nodes, byKey }: Graph): Set<number> {
  return new Set(nodes.filter((n) => spillsFirst(n, byKey)).map(({ key }) => key));
}

function spillsFirst({ ir, callee, back }: Node, byKey: ReadonlyMap<number, Node>): boolean {
  const { insts } = ir;
  let missing = NZCV;
  let until = 0;
  for (let k = 0; k < insts.length && missing; k++) {
    const x = insts[k];
    const copy = callee !== undefined && k === insts.length - 1 ? byKey.get(callee) : undefined;
    const call = isCall(ir, k) && (copy === undefined || beginsWithFlags(copy.ir));
    if (x.op === Op.svc || (x.op === Op.bx && (call || back === undefined))) return true;
    if (x.op === Op.br && call) return true;
    if (x.op === Op.skip) until = Math.max(until, x.label);
    else if (k >= until) missing &= ~x.set;
  }
  return false;
}

function liveBefore(n: Node, live: ReadonlyMap<number, number>): number {
  const { ir, table, callee, back, sites } = n;
  const { insts } = ir;
  const at = (key: number | undefined): number => (key === undefined ? 0 : (live.get(key) ?? 0));
  let mask = ir.open ? at(keyBehind(n)) : 0;
  /** Inside a skipped range nothing is certain to be written. */
  let certain = insts.length;
  const skips = new Map<number, number>();
  insts.forEach((x, k) => {
    if (x.op === Op.skip) skips.set(x.label, k);
  });
  for (let k = insts.length - 1; k >= 0; k--) {
    const x = insts[k];
    const start = skips.get(k + 1);
    if (start !== undefined) certain = start;
    if (table?.last === k) for (const to of table.targets) mask |= at(keyAt(n, to));
    if (x.op === Op.bx)
      mask |= at(isCall(ir, k) ? (k < insts.length - 1 ? undefined : callee) : back);
    if (x.op === Op.bx && !isCall(ir, k)) for (const to of sites ?? []) mask |= at(to);
    if (x.op === Op.br || x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) {
      const there = isCall(ir, k) ? (k < insts.length - 1 ? 0 : at(callee)) : at(keyAt(n, x.to));
      mask = x.op === Op.br && k > certain ? mask | there : x.op === Op.br ? there : mask | there;
    }
    if (k <= certain || certain === insts.length) mask &= ~x.set;
    mask |= readsOf(x);
    if (k === certain) certain = insts.length;
  }
  return mask;
}

function readsOf(x: Inst): number {
  if (x.op === Op.brc || x.op === Op.skip) return conditionReads[x.cond];
  if (x.op === Op.adc || x.op === Op.sbc || x.op === Op.rsc || x.op === Op.rrx) return C;
  // A shift by 0 leaves C alone.
  return shifts.has(x.op) && !x.kb ? x.set & C : 0;
}
