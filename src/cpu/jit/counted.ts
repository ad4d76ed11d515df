import { type Inst, NONE, NZCV, Op } from "../ir/ops.ts";
import { bulkLoop } from "./bulk.ts";
import { writtenBy } from "./facts.ts";
import { isFloatOp } from "./float.ts";
import { type Graph, keyAt, type Node } from "./graph.ts";
import { amount, copyOf, MAX_STEP, type Motion, motionsOf } from "./motions.ts";
import { type Chain, chainOf } from "./relays.ts";
import { accessOf, isAccess, isTranslated, namesAlignment, singleOf } from "./shapes.ts";
import { isVectorOp } from "./vectors.ts";

// Loops of one block of which is known, when they are entered, how often they go round at most and what they touch: there is a
// second version of them, without the checks of those accesses and without a look at the units, which is taken when all of it is
// allowed beforehand.

/** How the loop goes on: while the counter is not equal to, below or above its end. */
type Relation = "ne" | "up" | "down";

/** Accesses that go through memory alike. */
export interface Place {
  readonly base: number;
  /** A register that is shifted and added; NONE: none. */
  readonly index: number;
  readonly shift: number;
  /** Added to the address by an iteration; undefined: what is added to the counter, a register. */
  readonly step: number | undefined;
  /** The index is at most this whenever the place is touched; undefined: it goes on as `step` says. */
  readonly most: number | undefined;
  readonly store: boolean;
  /** Bytes from here to there, of the first iteration. */
  low: number;
  high: number;
  /** Words that must be aligned. */
  aligned: boolean;
}

export interface CountedLoop {
  /** Index of the op that branches back. */
  readonly branch: number;
  readonly counter: number;
  /** Added to the counter by an iteration: a constant, or the register `by`. */
  readonly step: number;
  readonly by: number;
  /** What has been added to it where it is compared, and what is behind that. */
  readonly before: number;
  readonly behind: number;
  readonly relation: Relation;
  readonly signed: boolean;
  /** Also when they are equal. */
  readonly equal: boolean;
  readonly end: { readonly r: number; readonly k: number };
  readonly places: readonly Place[];
  /** Indices of the accesses of `places`. */
  readonly free: ReadonlySet<number>;
  /** Nobody can see flags of the second version before it has set all of them. */
  readonly quiet: boolean;
  /** The same but for results of floating point that are refused. */
  readonly calculates: boolean;
  /** How many iterations are written in a row; with floating point, where results can be tested together. */
  readonly row: number;
  /** What iterations of the second version wait for, when nobody can look in between. */
  readonly chain: Chain | undefined;
  /** Copies or fills: many iterations are better done at once. */
  readonly bulk: boolean;
}

/** Ops of a loop that is written twice. */
export const MAX_OPS = 120;
/** Ops of iterations that are written in a row. */
const MAX_ROW = 64;
/** Bytes between accesses that are looked at as one. */
const MAX_GAP = 256;
/** The largest index of a table. */
const MAX_INDEX = 4095;

/** No register steps by more, and ends keep this distance to where numbers begin again. */
export const MARGIN = 1 << 16;
/** The ends that keep it: so many from the lowest on. */
export function margin(down: boolean, signed: boolean): { lowest: number; count: number } {
  return { lowest: (signed ? 2 ** 31 : 0) + (down ? MARGIN : 0), count: 2 ** 32 - MARGIN };
}

/** The block as a counted loop, when it is one. */
export function countedLoop(graph: Graph, n: Node, readsFlags: boolean): CountedLoop | undefined {
  // A return may lead to its own block (recursion.ts).
  if (!n.isLoop || n.table || n.sites?.includes(n.key)) return undefined;
  for (const p of graph.nodes)
    if (p !== n && p.order > n.order && p.successors.includes(n.key)) return undefined;
  const { insts } = n.ir;
  const branch = insts.findIndex(({ op }) => op === Op.brc || op === Op.brnz);
  if (branch < 0 || branch > MAX_OPS || keyAt(n, insts[branch].to) !== n.key) return undefined;
  if (insts.slice(branch + 1).some((x) => keyAt(n, x.to) === n.key)) return undefined;
  const loop = countedBody(insts, branch, readsFlags, bulkLoop(n, branch) !== undefined);
  if (!loop?.quiet) return loop;
  return { ...loop, chain: chainOf(insts, branch, guarded(insts, branch)!) };
}

/** Ops [0, branch) as a counted loop, which the op behind them goes on with. Of accesses in `given` it is known where they are: undefined, that they may be made. */
export function countedBody(
  insts: readonly Inst[],
  branch: number,
  readsFlags: boolean,
  bulk: boolean,
  given: ReadonlyMap<number, Place | undefined> = new Map(),
): CountedLoop | undefined {
  const conditional = guarded(insts, branch);
  if (!conditional) return undefined;
  const motions = motionsOf(insts, branch, conditional);
  const test = testOf(insts, branch, conditional, motions);
  if (!test) return undefined;
  const places: Place[] = [];
  const free = new Set<number>();
  let accesses = 0;
  const added = new Map<number, number>();
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    if (isAccess(x)) {
      accesses++;
      const place = given.has(k)
        ? given.get(k)
        : placeOf(insts, k, conditional, motions, added, test.counter);
      if (place) join(places, place);
      if (place || given.has(k)) free.add(k);
    }
    const motion = motions.get(x.d);
    if (motion && motion.by === NONE) added.set(x.d, (added.get(x.d) ?? 0) + amount(x));
    else if (motion) added.set(x.d, Number.NaN);
  }
  const body = insts.slice(0, branch);
  const goesThrough =
    !readsFlags &&
    free.size === accesses &&
    test.flags &&
    !body.some((x) => isVectorOp(x) || namesAlignment(x));
  const calculates = body.some(isFloatOp);
  const quiet = goesThrough && !calculates;
  return {
    branch,
    ...test,
    places,
    free,
    quiet,
    calculates: goesThrough && calculates,
    chain: undefined,
    row: goesThrough ? rowOf(branch, test.by !== NONE) : 1,
    bulk,
  };
}

/** Whether ops before the branch may be skipped; undefined when there is something that such a loop must not have. */
function guarded(insts: readonly Inst[], branch: number): boolean[] | undefined {
  const list: boolean[] = [];
  let until = 0;
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    if (x.op !== Op.skip && !isTranslated(x)) return undefined;
    list.push(k < until);
    if (x.op === Op.skip) until = Math.max(until, x.label);
  }
  return until > branch ? undefined : list;
}

/** Of a loop with so many ops; `by`: it steps by a register, and so often goes round a few times only. */
function rowOf(ops: number, by: boolean): number {
  if (by && ops <= MAX_ROW / 8) return 8;
  if (ops <= MAX_ROW / 4) return 4;
  return ops <= MAX_ROW / 2 && !by ? 2 : 1;
}

type Test = Omit<
  CountedLoop,
  "branch" | "places" | "free" | "quiet" | "calculates" | "chain" | "row" | "bulk"
> & {
  readonly flags: boolean;
};

/** Relations of a comparison by its condition. */
const relations: Readonly<Record<number, readonly [Relation, signed: boolean, equal: boolean]>> = {
  1: ["ne", false, false],
  2: ["down", false, true],
  3: ["up", false, false],
  8: ["down", false, false],
  9: ["up", false, true],
  10: ["down", true, true],
  11: ["up", true, false],
  12: ["down", true, false],
  13: ["up", true, true],
};

/** What the branch back compares. */
function testOf(
  insts: readonly Inst[],
  branch: number,
  conditional: readonly boolean[],
  motions: ReadonlyMap<number, Motion>,
): Test | undefined {
  const last = insts[branch];
  let at = branch;
  let [a, b, k] = [last.a, NONE, 0];
  let how = relations[1];
  const flags = last.op === Op.brc;
  if (flags) {
    while (--at >= 0 && !(insts[at].set & NZCV));
    if (at < 0 || conditional[at]) return undefined;
    const x = insts[at];
    if (x.op !== Op.sub || x.ka || x.set !== NZCV || !relations[last.cond]) return undefined;
    how = relations[last.cond];
    a = x.a;
    if (x.d !== NONE && (x.d !== x.a || !x.kb)) return undefined;
    // The result against 0 is what was there against what is taken away.
    if (x.d !== NONE && how[0] === "ne") at++;
    else [b, k] = x.kb ? [NONE, x.b] : [x.b, 0];
  }
  let [relation, signed, equal] = how;
  if (b !== NONE && motions.has(b)) {
    [a, b] = [b, a];
    relation = relation === "up" ? "down" : relation === "down" ? "up" : "ne";
  }
  const motion = motions.get(a);
  if (!motion || (b !== NONE && motions.has(b))) return undefined;
  const { step, by } = motion;
  let [before, behind] = [0, 0];
  for (let j = 0; j < branch; j++) {
    const x = insts[j];
    if (x.d !== a) continue;
    if (by !== NONE && j >= at) return undefined;
    if (j < at) before += by === NONE ? amount(x) : 0;
    else behind += amount(x);
  }
  if (by !== NONE ? relation !== "up" : step === 0) return undefined;
  if (relation !== "ne" && by === NONE && step > 0 !== (relation === "up")) return undefined;
  if (relation !== "ne" && b === NONE) {
    const { lowest, count } = margin(relation === "down", signed);
    if ((k - lowest) >>> 0 >= count) return undefined;
  }
  return {
    ...{ counter: a, step, by, before, behind },
    ...{ relation, signed, equal, end: { r: b, k }, flags },
  };
}

/** What an access goes through; undefined when that is not known beforehand. `added` is what was added to registers before it. */
export function placeOf(
  insts: readonly Inst[],
  at: number,
  conditional: readonly boolean[],
  motions: ReadonlyMap<number, Motion>,
  added: ReadonlyMap<number, number>,
  counter: number,
): Place | undefined {
  const x = insts[at];
  const shape = accessOf(x)!;
  if (x.ka) return undefined;
  const { store, size, words, offset } = shape;
  let low = offset ?? 0;
  let step: number | undefined = 0;
  let index = NONE;
  let shift = 0;
  let most: number | undefined;
  /** Adds the way of a register. */
  const goes = (r: number, shift: number): boolean => {
    if (!motions.has(r)) return true;
    const motion = motions.get(r);
    if (!motion) return false;
    if (motion.by !== NONE) {
      if (r !== counter || added.has(r) || step !== 0) return false;
      step = undefined;
      return true;
    }
    if (step === undefined) return false;
    step += motion.step << shift;
    low += (added.get(r) ?? 0) << shift;
    return true;
  };
  const copy = motions.has(x.a) && !motions.get(x.a) ? copyOf(insts, at, conditional) : undefined;
  const base = copy ? copy.r : x.a;
  if (copy) {
    const motion = motions.get(copy.r);
    if (motions.has(copy.r) && motion?.by !== NONE) return undefined;
    step = motion?.step ?? 0;
    low += copy.more;
  } else if (!goes(base, 0)) return undefined;
  if (offset === undefined) {
    index = x.b;
    shift = singleOf(x.op) ? x.i : 0;
    if (index === x.a || shift > 3) return undefined;
    most = step === 0 ? largest(insts, at, index, conditional) : undefined;
    if (most === undefined && !goes(index, shift)) return undefined;
  }
  if (words && ((step ?? 4) & 3 || (index !== NONE && shift < 2))) return undefined;
  if (step !== undefined && Math.abs(step) > MAX_STEP) return undefined;
  if (step === undefined && words && shift < 2) return undefined;
  const high = low + size;
  return { base, index, shift, step, most, store, low, high, aligned: words };
}

/** The largest value that a register, written by the iteration, has at op `at`; undefined when it may be anything. */
function largest(
  insts: readonly Inst[],
  at: number,
  r: number,
  conditional: readonly boolean[],
): number | undefined {
  let k = at - 1;
  while (k >= 0 && !(writtenBy(insts, k, k + 1) & (1 << r))) k--;
  if (k < 0 || conditional[k]) return undefined;
  const x = insts[k];
  let most = Number.POSITIVE_INFINITY;
  if (x.op === Op.and && x.kb && x.b >= 0) most = x.b;
  else if (x.op === Op.ubfx) most = 2 ** x.j - 1;
  else if (x.op === Op.ldrb) most = 255;
  else if (x.op === Op.lsr && x.kb && x.b > 0) most = 2 ** (32 - x.b) - 1;
  return most <= MAX_INDEX ? most : undefined;
}

/** Adds a place, or makes one of it and another, of so many bytes at most. */
export function join(places: Place[], one: Place, most = MAX_GAP): void {
  for (const p of places) {
    if (p.base !== one.base || p.index !== one.index || p.shift !== one.shift) continue;
    if (p.step !== one.step || p.most !== one.most || p.store !== one.store) continue;
    if ((p.aligned || one.aligned) && ((p.low - one.low) & 3) !== 0) continue;
    const low = Math.min(p.low, one.low);
    const high = Math.max(p.high, one.high);
    if (high - low > Math.min(most, MAX_GAP)) continue;
    p.low = low;
    p.high = high;
    p.aligned ||= one.aligned;
    return;
  }
  places.push(one);
}
