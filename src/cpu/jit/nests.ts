import { Inst, NONE, Op } from "../ir/ops.ts";
import { type CountedLoop, countedBody, type Place } from "./counted.ts";
import { isBackward, writtenBy } from "./facts.ts";
import type { FixedLoop } from "./fixed.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { exactly, type Knowledge, UNKNOWN, within } from "./known.ts";
import { local } from "./layout.ts";
import { resultOf } from "./numbers.ts";
import type { Readable } from "./readable.ts";
import type { Address } from "./rows.ts";
import { accessOf, isTranslated, type Shape, singleOf } from "./shapes.ts";
import { isAssumed, type Surroundings } from "./surroundings.ts";
import { W, type Writer } from "./wasm.ts";

// Counted loops of several blocks that go round without a choice: straight code, and loops within that go round a known number of times.
// What one iteration does is then a list of ops, as in a loop of one block. Those iterations that certainly go round, have units and may
// access all that they access are done before the loop by a version of it that has no test; the loop as it is does the rest, the last
// iteration at least.

/** Ops of an iteration. */
const MAX_OPS = 160;

/** Ops [from, to) of a block. */
interface Part {
  readonly n: Node;
  readonly from: number;
  readonly to: number;
  /** Nobody looks at flags before they are written: an iteration of a loop within. */
  readonly isInner: boolean;
}
export interface Nest {
  readonly loop: CountedLoop;
  /** What an iteration does. */
  readonly parts: readonly Part[];
  /** Units that it uses up, and instructions. */
  readonly units: number;
  readonly instructions: number;
  /** Registers that it writes, as a mask. */
  readonly written: number;
  /** Ranges that it relies on being able to store to: start, end, ... */
  readonly stores: readonly number[];
  /** Where accesses of an iteration are, by the number of the op in it, that are at a constant distance from a register that stays. */
  readonly addresses: ReadonlyMap<number, Address>;
}

/** What is known of a loop. */
interface About {
  /** Nobody reads flags in it that were there before. */
  readonly readsFlags: boolean;
  /** How often loops of one block go round. */
  readonly fixed: ReadonlyMap<Node, FixedLoop>;
  readonly counted: ReadonlyMap<Node, CountedLoop>;
  /** What is known where it is entered from elsewhere. */
  readonly before: Knowledge;
  readonly surroundings: Surroundings;
}

/** The loop that begins at a block as such a one. */
export function findNest(graph: Graph, head: Node, about: About): Nest | undefined {
  const path = head.isLoop ? pathOf(graph, head, about) : undefined;
  if (!path) return undefined;
  const { parts, units, instructions, back } = path;
  const insts: Inst[] = [];
  for (const { n, from, to } of parts) {
    const by = insts.length - from;
    for (const x of n.ir.insts.slice(from, to))
      insts.push(
        x.op === Op.skip ? Object.assign(new Inst(x.op, x.at), x, { label: x.label + by }) : x,
      );
  }
  const branch = insts.length;
  if (branch > MAX_OPS) return undefined;
  insts.push(back);
  const written = writtenBy(insts, 0, branch);
  const stores: number[] = [];
  const fixed = new Map<number, Fixed>();
  const given = accessesOf(insts, written, about, stores, fixed);
  const loop = countedBody(insts, branch, about.readsFlags, false, given);
  if (!loop?.quiet || loop.by !== NONE) return undefined;
  const addresses = addressesOf(insts, fixed, about.surroundings.readable);
  return { loop, parts, units, instructions, written, stores, addresses };
}

type Path = Pick<Nest, "parts" | "units" | "instructions"> & { readonly back: Inst };

/** What is executed from a block until a branch comes back to it; undefined when there is a choice, or something that has a way out. */
function pathOf(graph: Graph, head: Node, { fixed, counted }: About): Path | undefined {
  const parts: Part[] = [];
  let [units, instructions] = [0, 0];
  for (let n = head; ;) {
    const { ir, table } = n;
    const { insts, pcs } = ir;
    let from = 0;
    if (n !== head && n.isLoop) {
      const times = fixed.get(n)?.times;
      const loop = counted.get(n);
      if (times === undefined || !loop?.quiet || times * loop.branch > MAX_OPS) return undefined;
      const { branch } = loop;
      for (let k = 0; k < times; k++) parts.push({ n, from, to: branch, isInner: true });
      units += times - 1;
      instructions += (times - 1) * (insts[branch].at + 1);
      from = branch + 1;
    }
    let to = from;
    while (to < insts.length && (insts[to].op === Op.skip || isTranslated(insts[to]))) to++;
    if (table || insts.some(({ op, label }, k) => op === Op.skip && k < to && label > to))
      return undefined;
    parts.push({ n, from, to, isInner: false });
    const x = insts[to];
    if (x) instructions += x.at + 1;
    else instructions += pcs.length - 1;
    if (x?.op === Op.brc && keyAt(n, x.to) === head.key)
      return n === head ? undefined : { parts, units: units + 1, instructions, back: x };
    if (x && (x.op !== Op.br || isCall(ir, to) || isBackward(x.to, pcs[x.at]))) return undefined;
    const next = graph.byKey.get((x ? keyAt(n, x.to) : keyBehind(n)) ?? 0);
    if (!next || next.order <= n.order) return undefined;
    n = next;
  }
}

/** What a register is: a register that the loop does not write, and what lies between these. */
interface Relative {
  readonly base: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Where accesses of an iteration are, whatever registers that it writes were before it: within a place that does not move, or, undefined,
 * where they certainly may be made. `stores` gets the ranges for which that is so as long as they can be stored to, `fixed` the
 * accesses at a constant distance from a register.
 */
function accessesOf(
  insts: readonly Inst[],
  written: number,
  { before, surroundings }: About,
  stores: number[],
  fixed: Map<number, Fixed>,
): ReadonlyMap<number, Place | undefined> {
  const given = new Map<number, Place | undefined>();
  const { readable, literalAt } = surroundings;
  const known = before.copy();
  const relatives = new Map<number, Relative>();
  for (let r = 0; r < 32; r++)
    if (written & (1 << r)) known.write(r, UNKNOWN);
    else relatives.set(r, { base: r, low: 0, high: 0 });
  /** Of a sum of two registers, the second one times `scale`. */
  const sumOf = (a: number, b: number, scale: number): Relative | undefined => {
    const relative = relatives.get(a);
    const { least, most } = known.of(b);
    if (!relative || most * scale > MAX_WIDTH) return undefined;
    const { base, low, high } = relative;
    return { base, low: low + least * scale, high: high + most * scale };
  };
  const resultIn = ({ op, a, b, ka, kb }: Inst): Relative | undefined => {
    const from = op === Op.mov ? (kb ? undefined : b) : ka ? undefined : a;
    const way = op === Op.mov ? 0 : op === Op.add ? b : op === Op.sub && kb ? -b : undefined;
    if (from === undefined || way === undefined) return undefined;
    if (op === Op.add && !kb) return sumOf(a, b, 1) ?? sumOf(b, a, 1);
    const relative = relatives.get(from);
    if (!relative) return undefined;
    const { base, low, high } = relative;
    return { base, low: low + way, high: high + way };
  };
  let until = 0;
  insts.forEach((x, k) => {
    if (x.op === Op.skip) until = Math.max(until, x.label);
    const shape = accessOf(x);
    if (x.op === Op.ldr && x.ka && x.kb) {
      if (literalAt((x.a + x.b) | 0) !== undefined) given.set(k, undefined);
    } else if (shape && !x.ka) access(x, k, shape);
    const one = x.d !== NONE && x.e === NONE && x.op !== Op.ldm && k >= until;
    const relative = one ? resultIn(x) : undefined;
    const result = one ? resultOf(x, known) : UNKNOWN;
    const mask = writtenBy([x], 0, 1);
    for (let r = 0; r < 32; r++) {
      if (!(mask & (1 << r))) continue;
      known.write(r, result);
      relatives.delete(r);
      if (relative && isNear(relative)) relatives.set(r, relative);
    }
  });
  return given;

  function access(x: Inst, k: number, { store, size, words, offset }: Shape): void {
    const relative = relatives.get(x.a);
    if (offset !== undefined && relative && relative.low === relative.high)
      fixed.set(k, { base: relative.base, at: relative.low + offset });
    const of = known.of(x.a);
    const scale = offset === undefined && singleOf(x.op) ? 2 ** x.i : 1;
    const index = offset === undefined ? known.of(x.b) : exactly(0);
    const low = of.least + (offset ?? index.least * scale);
    const high = of.most + (offset ?? index.most * scale) + size;
    const tested = offset !== undefined && of.allows(offset, offset + size, store, words, readable);
    // Of more than one address nothing is known about alignment.
    const fits = !words || (high - low === size && (low & 3) === 0);
    if (tested || (fits && !store && within(low, high, readable)))
      return void given.set(k, undefined);
    if (fits && store && isAssumed(surroundings, low, high)) {
      stores.push(low, high);
      return void given.set(k, undefined);
    }
    const sum = offset === undefined ? sumOf(x.a, x.b, scale) : relative;
    if (!sum || !isNear(sum) || (words && sum.low !== sum.high)) return;
    const place = { base: sum.base, index: NONE, shift: 0, step: 0, most: undefined, store };
    const from = sum.low + (offset ?? 0);
    const to = sum.high + (offset ?? 0) + size;
    given.set(k, { ...place, low: from, high: to, aligned: words });
  }
}

/** The address of an access: a register that the loop does not write, and a constant. */
interface Fixed {
  readonly base: number;
  readonly at: number;
}

/** Those of copies and behind negative offsets, so that one address serves all accesses that are near one register. */
function addressesOf(
  insts: readonly Inst[],
  fixed: ReadonlyMap<number, Fixed>,
  readable: Readable,
): ReadonlyMap<number, Address> {
  const addresses = new Map<number, Address>();
  // Memory begins above the most that is added: none of the sums goes over the end of all addresses.
  if (readable.start < 4 * MAX_WIDTH) return addresses;
  const least = new Map<number, number>();
  for (const { base, at } of fixed.values()) least.set(base, Math.min(at, least.get(base) ?? 0));
  for (const [k, { base, at }] of fixed) {
    const low = least.get(base)!;
    if ((insts[k].a === base && at >= 0) || at - low >= 2 * MAX_WIDTH) continue;
    const push = (w: Writer): void => {
      w.get(local(base));
      if (low === 0) return;
      w.const(low);
      w.op(W.add);
    };
    addresses.set(k, { push, offset: at - low });
  }
  return addresses;
}

/** What is within so many bytes is asked about as one place. */
const MAX_WIDTH = 4096;
const isNear = ({ low, high }: Relative): boolean =>
  low >= -MAX_WIDTH && high <= MAX_WIDTH && high - low <= MAX_WIDTH;
