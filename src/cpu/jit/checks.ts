import { type Inst, NONE, Op } from "../ir/ops.ts";
import { AccessPlan, type Check, NOTHING } from "./access-plan.ts";
import { isChosen } from "./choices.ts";
import { type CountedLoop, countedLoop } from "./counted.ts";
import { flagReaders, isReturn, writtenBy } from "./facts.ts";
import { type FixedLoop, fixedLoop } from "./fixed.ts";
import { canGoTo, dominates, type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { exactly, type Known, Knowledge, UNKNOWN } from "./known.ts";
import { findNest, type Nest } from "./nests.ts";
import { resultOf } from "./numbers.ts";
import { accessOf, groupEnd, isAccess } from "./shapes.ts";
import type { Surroundings } from "./surroundings.ts";
import { endsKnowledge, WantedAccesses } from "./wants.ts";

/** Iterations of a short loop: what is asked before it is much of the work. */
const SHORT = 32;

/** The checks of the accesses of a region: follows what is known of registers along all ways, and around loops. */
export class Checks {
  /** Numbers that registers must have where the region is entered. */
  guards: ReadonlyMap<number, number> = new Map();
  private readonly accesses: AccessPlan;
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
    private readonly loadsAnyway: boolean,
  ) {
    this.accesses = new AccessPlan(surroundings, new WantedAccesses(graph), (x) =>
      this.isAwaited(x),
    );
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
    this.accesses.clear();
    this.edges.clear();
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
    return this.accesses.of(x);
  }

  /** The address of the table from which an access loads what iterations wait for; undefined: it does not, or that is not known. */
  tableOf(x: Inst): number | undefined {
    return this.accesses.tableOf(x);
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
        const chosen = this.chooses && isChosen(insts, k, this.loadsAnyway);
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
      const tested = skip?.chosen && isAccess(x) ? this.of(x) : undefined;
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
    if (shape && !x.ka) this.accesses.add(x, shape, known);
    if (x.d !== NONE && x.e === NONE && x.op !== Op.ldm) {
      const literal =
        x.op === Op.ldr && x.ka && x.kb ? this.surroundings.literalAt((x.a + x.b) | 0) : undefined;
      known.write(x.d, literal === undefined ? resultOf(x, known) : exactly(literal));
      return;
    }
    const written = writtenBy([x], 0, 1);
    for (let r = 0; r < 32; r++) if (written & (1 << r)) known.write(r, UNKNOWN);
  }

  /** Whether iterations of a loop wait for a load. */
  private isAwaited(x: Inst): boolean {
    for (const { chain } of this.counted.values()) if (chain?.loads.has(x)) return true;
    return false;
  }
  /** What guards are good for: `AccessPlan.worth`, and how many short loops go round a known number of times. */
  private get worth(): number {
    return (
      this.accesses.worth +
      this.nests.size +
      [...this.fixedLoops.values()].filter(({ times }) => times <= SHORT).length
    );
  }
  /** Ranges that the code relies on being able to store to: start, end, ... */
  get stores(): number[] {
    const inLoops = [...this.fixedLoops.values()].flatMap(({ stores }) => stores);
    const inNests = [...this.nests.values()].flatMap(({ stores }) => stores);
    return [...this.accesses.stores, ...inLoops, ...inNests];
  }
}

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
