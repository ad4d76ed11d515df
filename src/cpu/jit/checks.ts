import { type Inst, NONE, Op } from "../ir/ops.ts";
import { isChosen } from "./choices.ts";
import { type CountedLoop, countedLoop } from "./counted.ts";
import { flagReaders, isReturn, writtenBy } from "./facts.ts";
import { type FixedLoop, fixedLoop } from "./fixed.ts";
import { canGoTo, dominates, type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { exactly, type Known, Knowledge, pairOf, UNKNOWN, within } from "./known.ts";
import { findNest, type Nest } from "./nests.ts";
import { resultOf } from "./numbers.ts";
import { accessOf, groupEnd, isAccess, type Shape, singleOf } from "./shapes.ts";
import { isAssumed, type Surroundings } from "./surroundings.ts";
import { endsKnowledge, MAX_READ, mostStored, WantedAccesses } from "./wants.ts";

/**
 * What a load or store has to test. Accesses share tests along all ways through a region: the first of them looks at the bytes of those
 * to come, too, and these look at nothing. When that is refused, the interpreter executes the first and goes on, so that a test may be
 * too wide but a fault is exact.
 */
export interface Check {
  /** Bytes from base + low up to base + high; nothing is to be checked when they are equal. */
  readonly low: number;
  readonly high: number;
  /** The address must be a multiple of 4. */
  readonly aligned: boolean;
  /** They must be fit for stores, also when the access is a load: there is a store to come. */
  readonly store: boolean;
}

/** Iterations of a short loop: what is asked before it is much of the work. */
const SHORT = 32;

export const NOTHING: Check = { low: 0, high: 0, aligned: false, store: false };

/** The check of an access that shares it with no other; undefined for one without a constant offset. */
export function ownCheck(x: Inst): Check | undefined {
  const shape = accessOf(x);
  if (!shape || x.ka || shape.offset === undefined) return undefined;
  const { store, size, words: aligned, offset: low } = shape;
  return { low, high: low + size, aligned, store };
}

type Plan = Map<Inst, Check>;

/** The checks of the accesses of a region. */
export class Checks {
  private readonly plan: Plan = new Map();
  private readonly wanted: WantedAccesses;
  /** Numbers that registers must have where the region is entered. */
  guards: ReadonlyMap<number, number> = new Map();
  /** Ranges of stores that need no test as long as they can be made. */
  private readonly assumed = new Map<Inst, readonly [start: number, end: number]>();
  /**
   * Bases of loads that iterations wait for, where they are constants to which the index can be added without going over the end of all
   * addresses.
   */
  private readonly tables = new Map<Inst, number>();
  private readonly counted = new Map<Node, CountedLoop>();
  private readonly fixedLoops = new Map<Node, FixedLoop>();
  private readonly nests = new Map<Node, Nest>();
  /** Where nests may begin, and the registers that they write, as masks. */
  private readonly nestHeads = new Map<Node, number>();
  private readonly readers: ReadonlySet<number>;
  /** What is known where a block goes to another, by the key of that and the block. */
  private readonly edges = new Map<number, Map<Node, Knowledge>>();

  constructor(
    private readonly graph: Graph,
    private readonly surroundings: Surroundings,
    liveAtEntry: number,
    /** Conditional instructions may be done always (choices.ts). */
    private readonly chooses: boolean,
  ) {
    this.wanted = new WantedAccesses(graph);
    this.readers = flagReaders(graph);
    for (const n of graph.nodes) {
      const loop = countedLoop(graph, n, this.readers.has(n.key));
      if (loop) this.counted.set(n, loop);
    }
    this.solve();
    const { holds } = surroundings;
    if (!holds || !graph.entry.isLoop || graph.entry.sites) return;
    const before = this.worth;
    const guards = new Map<number, number>();
    for (const r of guardable(graph, [...this.counted.values()]))
      if (liveAtEntry & (1 << r)) guards.set(r, holds(r) >>> 0);
    if (guards.size === 0) return;
    this.guards = guards;
    const atEntry = this.solve();
    // Of those which the region does not write on any way back.
    this.guards = new Map([...guards].filter(([r, value]) => isExactly(atEntry.of(r), value)));
    if (this.guards.size < guards.size) this.solve();
    if (this.worth > before) return;
    this.guards = new Map();
    this.solve();
  }

  /** Finds what is known everywhere; returns what is where the region is entered. */
  private solve(): Knowledge {
    const { nests, nestHeads } = this;
    nestHeads.clear();
    const atEntry = this.spread();
    this.findNests();
    if (nests.size === 0) return atEntry;
    for (const [n, { written }] of nests) nestHeads.set(n, written);
    const known = this.spread();
    this.findNests(nestHeads);
    return known;
  }
  /** Finds counted loops of several blocks, or which of some still are such. */
  private findNests(only?: ReadonlyMap<Node, number>): void {
    const { graph, nests, fixedLoops: fixed, counted, surroundings } = this;
    nests.clear();
    for (const n of graph.nodes) {
      if (!n.isLoop || counted.has(n) || (only && !only.has(n))) continue;
      const readsFlags = this.readers.has(n.key);
      const before = this.before(n);
      const nest = findNest(graph, n, { readsFlags, fixed, counted, before, surroundings });
      if (nest) nests.set(n, nest);
    }
  }
  /** Finds what is known everywhere where iterations at some heads are done without tests. */
  private spread(): Knowledge {
    const { graph } = this;
    for (const map of [this.plan, this.assumed, this.tables, this.edges]) map.clear();
    const entries = new Map<Node, Knowledge>();
    for (let changed = true; changed;) {
      changed = false;
      for (const n of graph.nodes) {
        const before = entries.get(n);
        const now = this.entry(n);
        const settled = before ? before.settle(now) : now;
        if (settled === before) continue;
        changed = true;
        entries.set(n, settled);
        this.block(n, settled.copy());
      }
    }
    this.fixedLoops.clear();
    for (const [n, loop] of this.counted) {
      const fixed = fixedLoop(loop, this.before(n), this.surroundings);
      if (fixed) this.fixedLoops.set(n, fixed);
    }
    return entries.get(graph.entry)!;
  }

  /** Of an access that is made in the block as it is, and not in a version that asks for all of it beforehand. */
  of(x: Inst): Check | undefined {
    return this.plan.get(x);
  }

  /** The address of the table from which an access loads what iterations wait for; undefined: it does not, or that is not known. */
  tableOf(x: Inst): number | undefined {
    return this.tables.get(x);
  }

  /** The block as a loop that counts. */
  countedAt(n: Node): CountedLoop | undefined {
    return this.counted.get(n);
  }
  /** And as one that goes round a known number of times. */
  fixedAt(n: Node): FixedLoop | undefined {
    return this.fixedLoops.get(n);
  }

  /** As one of several blocks that goes round without a choice. */
  nestAt(n: Node): Nest | undefined {
    return this.nests.get(n);
  }

  /** What is known where a loop is entered from elsewhere. */
  private before(n: Node): Knowledge {
    let all = n === this.graph.entry ? this.atEntry() : undefined;
    for (const [from, knowledge] of this.edges.get(n.key) ?? [])
      if (from.order < n.order) all = all ? all.meet(knowledge) : knowledge;
    return all ?? Knowledge.nothing();
  }
  /** What is known where the region is entered. */
  private atEntry(): Knowledge {
    const all = Knowledge.nothing();
    for (const [r, value] of this.guards) all.write(r, exactly(value));
    return all;
  }

  /** What is known where a block begins. */
  private entry(n: Node): Knowledge {
    let all: Knowledge | undefined;
    const isEntry = n === this.graph.entry;
    if (isEntry) all = this.atEntry();
    if (!isEntry || this.guards.size > 0)
      for (const knowledge of this.edges.get(n.key)?.values() ?? [])
        all = all ? all.meet(knowledge) : knowledge;
    const known = all ? all.copy() : Knowledge.nothing();
    const { insts } = n.ir;
    const back = branchBack(n);
    // Iterations may have been done otherwise, without these tests.
    if (back !== undefined) forgetWritten(known, writtenBy(insts, 0, back));
    forgetWritten(known, this.nestHeads.get(n) ?? 0);
    return known;
  }

  private block(n: Node, known: Knowledge): void {
    const { ir, table, callee } = n;
    const { insts } = ir;
    const back = branchBack(n);
    /** What holds in a loop of one block however its iterations were done. */
    const first = back === undefined ? known : known.copy();
    let skip: { label: number; known: Knowledge; chosen: boolean } | undefined;
    const reached = new Set<number>();
    const goes = (key: number, known: Knowledge): void => {
      // What of a copy is elsewhere is called, and comes back to where the copy does.
      const to = this.graph.byKey.get(key);
      if (n.back !== undefined && (!to || (to.order <= n.order && !dominates(to, n))))
        enters(n.back, Knowledge.nothing());
      if (n.sites && (!to || !canGoTo(to, n)))
        for (const site of n.sites) enters(site, Knowledge.nothing());
      enters(key, known);
    };
    const enters = (key: number, known: Knowledge): void => {
      let from = this.edges.get(key);
      if (!from) this.edges.set(key, (from = new Map()));
      const other = reached.has(key) ? from.get(n) : undefined;
      reached.add(key);
      from.set(n, other ? other.meet(known) : known.copy());
    };
    const leaves = (k: number): Knowledge => (back !== undefined && k <= back ? first : known);
    const forget = (): void => {
      known.forget();
      first.forget();
    };
    for (let k = 0; k < insts.length; k++) {
      const x = insts[k];
      if (skip?.label === k) {
        known = skip.known.meet(known);
        skip = undefined;
      }
      if (table?.first === k) {
        for (const to of table.targets) goes(keyAt(n, to), known);
        return;
      }
      if (x.op === Op.skip) {
        const chosen = this.chooses && isChosen(insts, k);
        skip = { label: x.label, known: known.copy(), chosen };
        continue;
      }
      if (endsKnowledge(insts, k)) {
        forget();
        if (x.op !== Op.svc) k = groupEnd(insts, k) - 1;
        continue;
      }
      if (x.op === Op.br || x.op === Op.bx) {
        if (isCall(ir, k)) {
          if (callee !== undefined && k === insts.length - 1) enters(callee, known);
          forget();
        } else {
          if (x.op === Op.br) goes(keyAt(n, x.to), leaves(k));
          else if (n.back !== undefined) enters(n.back, known);
          else {
            // What is gone to otherwise comes back there when it returns.
            const then = isReturn(insts, k) ? known : Knowledge.nothing();
            for (const site of n.sites ?? []) enters(site, then);
          }
          // Only who skips this is behind it.
          if (!skip) return;
          known = skip.known.copy();
        }
        continue;
      }
      if (x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) {
        goes(keyAt(n, x.to), leaves(k));
        if (k === back) known = first;
        continue;
      }
      this.op(x, known);
      const tested = skip?.chosen && isAccess(x) ? this.plan.get(x) : undefined;
      if (skip && tested && tested !== NOTHING) {
        const { low, high, store, aligned } = tested;
        skip.known.learn(x.a, skip.known.of(x.a).tested(low, high, store, aligned));
      }
    }
    if (skip) known = skip.known.meet(known);
    const next = keyBehind(n);
    if (next !== undefined) goes(next, known);
  }

  private op(x: Inst, known: Knowledge): void {
    const shape = accessOf(x);
    if (shape && !x.ka) this.access(x, shape, known);
    if (x.d !== NONE && x.e === NONE && x.op !== Op.ldm) {
      const literal =
        x.op === Op.ldr && x.ka && x.kb ? this.surroundings.literalAt((x.a + x.b) | 0) : undefined;
      known.write(x.d, literal === undefined ? resultOf(x, known) : exactly(literal));
      return;
    }
    const written = writtenBy([x], 0, 1);
    for (let r = 0; r < 32; r++) if (written & (1 << r)) known.write(r, UNKNOWN);
  }

  private access(x: Inst, { store, size, words, offset }: Shape, known: Knowledge): void {
    const { plan, wanted } = this;
    this.assumed.delete(x);
    const { readable } = this.surroundings;
    if (offset === undefined) return this.indexed(x, store, size, words, known);
    const of = known.of(x.a);
    const own = { low: offset, high: offset + size };
    if (of.allows(own.low, own.high, store, words, readable)) return void plan.set(x, NOTHING);
    if (this.assumes(x, store && !words, of.least + own.low, of.most + own.high))
      return void plan.set(x, NOTHING);
    const want = wanted.of(x);
    const asStore = store || (!!want?.store && contains(want.store, own));
    let { low, high } = (asStore ? want?.store : want?.read) ?? own;
    if (!contains({ low, high }, own)) ({ low, high } = own);
    // A look at alignment is about the low end.
    if (words) low = offset - ((offset - low + 3) & ~3);
    if (high - low > (asStore ? mostStored(x.a) : MAX_READ)) ({ low, high } = own);
    plan.set(x, { low, high, aligned: words, store: asStore });
    known.learn(x.a, of.tested(low, high, asStore, words));
  }

  /** Whether the code relies on being able to store to [low, high), which is where the access goes. */
  private assumes(x: Inst, store: boolean, low: number, high: number): boolean {
    if (!store || !isAssumed(this.surroundings, low, high)) return false;
    this.assumed.set(x, [low, high]);
    return true;
  }
  /** Whether iterations of a loop wait for a load. */
  private isAwaited(x: Inst): boolean {
    for (const { chain } of this.counted.values()) if (chain?.loads.has(x)) return true;
    return false;
  }
  /** How many stores with an index need no test, how many loads have a constant table, and how many short loops go round a known number of times. */
  private get worth(): number {
    const tables = [...this.assumed.keys()].filter((x) => !x.kb).length;
    return (
      this.tables.size +
      this.nests.size +
      tables +
      [...this.fixedLoops.values()].filter(({ times }) => times <= SHORT).length
    );
  }
  /** Ranges that the code relies on being able to store to: start, end, ... */
  get stores(): number[] {
    const inLoops = [...this.fixedLoops.values()].flatMap(({ stores }) => stores);
    const inNests = [...this.nests.values()].flatMap(({ stores }) => stores);
    return [...[...this.assumed.values()].flat(), ...inLoops, ...inNests];
  }

  /** An access of which the address is a sum of registers. */
  private indexed(x: Inst, store: boolean, size: number, words: boolean, known: Knowledge): void {
    const { plan } = this;
    const { readable } = this.surroundings;
    if (words) return void plan.delete(x);
    const shift = singleOf(x.op) ? x.i : 0;
    const [base, index] = [known.of(x.a), known.of(x.b)];
    const low = base.least + index.least * 2 ** shift;
    const high = base.most + index.most * 2 ** shift + size;
    this.tables.delete(x);
    if (this.isAwaited(x) && base.least === base.most && high <= 2 ** 32)
      this.tables.set(x, base.least);
    const key = pairOf(x.a, x.b, shift);
    const { read = 0, store: stored = 0 } = known.pair(key) ?? {};
    if (size <= stored || (!store && size <= read)) return void plan.set(x, NOTHING);
    if (!store && within(low, high, readable)) return void plan.set(x, NOTHING);
    if (this.assumes(x, store, low, high)) return void plan.set(x, NOTHING);
    const asStore = store || this.wanted.isStored(x);
    plan.set(x, { low: 0, high: size, aligned: false, store: asStore });
    known.learnPair(key, size, asStore);
  }
}

const contains = (a: { low: number; high: number }, b: { low: number; high: number }): boolean =>
  b.low >= a.low && b.high <= a.high;

/** The op by which a block comes back to itself. */
function branchBack(n: Node): number | undefined {
  const k = n.ir.insts.findLastIndex(
    (x) =>
      (x.op === Op.br || x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) &&
      keyAt(n, x.to) === n.key,
  );
  return k < 0 ? undefined : k;
}

function forgetWritten(known: Knowledge, written: number): void {
  for (let r = 0; r < 32; r++) if (written & (1 << r)) known.write(r, UNKNOWN);
}

const isExactly = ({ least, most }: Known, value: number): boolean =>
  least === value && most === value;

/** Registers that matter for tables and counted loops: bases, ends, and what these are made from. */
function guardable({ nodes }: Graph, loops: readonly CountedLoop[]): Set<number> {
  const all = new Set<number>();
  for (const { counter, end, places } of loops)
    for (const r of [counter, end.r, ...places.map(({ base }) => base)]) if (r !== NONE) all.add(r);
  for (const { ir } of nodes)
    for (const x of ir.insts) {
      if (isAccess(x) && !x.ka && !x.kb && x.b !== NONE) all.add(x.a);
      if (x.op === Op.mov && !x.kb && all.has(x.d)) all.add(x.b);
      if ((x.op === Op.add || x.op === Op.sub) && x.kb && !x.ka && all.has(x.d)) all.add(x.a);
    }
  return all;
}
