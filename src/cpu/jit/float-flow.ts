import { type Inst, NONE, NZCV, Op } from "../ir/ops.ts";
import { FloatFacts, type Step, type Wanted } from "./float-facts.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { type Graph, isBranch, keyAt, keyBehind, type Node } from "./graph.ts";

// What is known of floating-point numbers, followed along all ways through a region.

/** After so many looks at a block what still changes there is given up. */
const PATIENCE = 3;

/** What is known when some registers are tested wherever they were written last. */
export interface Solution {
  /** Where the region is entered. */
  readonly entry: FloatFacts;
  /** At the beginning of each block. */
  readonly begin: ReadonlyMap<Node, FloatFacts>;
  /** First words of those registers. */
  readonly tested: ReadonlySet<number>;
}

/** What is known where a block goes to. */
class Ways {
  private readonly known = new Map<number | undefined, FloatFacts>();

  /** `key`: of a block; undefined: it may be any. */
  add(key: number | undefined, facts: FloatFacts): void {
    const before = this.known.get(key);
    this.known.set(key, before ? before.meet(facts) : facts.copy());
  }
  to(key: number): FloatFacts {
    const all = [this.known.get(key), this.known.get(undefined)];
    return all.filter((facts) => facts !== undefined).reduce((a, b) => a.meet(b));
  }
}

/** A block followed from what is known at its beginning. */
interface Walk {
  readonly begin: FloatFacts;
  readonly tested: ReadonlySet<number>;
  readonly ways: Ways;
  /** What is to be done for its ops. */
  readonly steps: readonly Step[];
}

export class FloatFlow {
  /** Rounds in which registers that grow around loops are found; those that grow in the last are known to be nothing. */
  static mostRounds = 4;
  /** Walks through each block: what is tried differs from what was tried before in a few blocks only. */
  private readonly walks = new Map<Node, Walk[]>();
  /** First words of registers that are read before they are written, from the beginning of each block on. */
  private readonly live: ReadonlyMap<Node, ReadonlySet<number>>;

  constructor(
    private readonly graph: Graph,
    readonly registers: FloatRegisters,
    private readonly literalAt: (address: number) => number | undefined,
  ) {
    this.live = liveRegisters(graph, registers);
  }

  /** `entry`: what is known where the region is entered; at least the registers of `tested` are tested. */
  solve(entry: FloatFacts, tested: ReadonlySet<number>): Solution {
    for (let round = 1; ; round++) {
      const grows = new Set(tested);
      const begin = this.round(entry, tested, grows);
      // What was found holds with the tests that it was found with: of those that grew nothing is known, and that may be all.
      if (grows.size === tested.size || round >= FloatFlow.mostRounds)
        return { entry, begin, tested };
      tested = grows;
    }
  }
  /** What is known at the beginning of each block. Registers that grow around a loop are added to `grows`. */
  private round(
    entry: FloatFacts,
    tested: ReadonlySet<number>,
    grows: Set<number>,
  ): Map<Node, FloatFacts> {
    const { graph, live } = this;
    const begin = new Map<Node, FloatFacts>([[graph.entry, entry]]);
    const looks = new Map<Node, number>();
    for (let changed = true; changed;) {
      changed = false;
      for (const n of graph.nodes) {
        if (!begin.has(n)) continue;
        const { ways } = this.block(n, { begin, tested });
        for (const key of n.successors) {
          const to = graph.byKey.get(key);
          if (!to) continue;
          // What is written again before it is read must not seem to grow.
          const out = ways.to(key).only(live.get(to)!);
          const before = begin.get(to);
          const seen = looks.get(to) ?? 0;
          const next = before ? before.meet(out, seen < PATIENCE ? undefined : grows) : out;
          if (next === before) continue;
          looks.set(to, seen + 1);
          begin.set(to, next);
          changed = true;
        }
      }
    }
    return begin;
  }

  /** Follows a block. */
  block(n: Node, { begin, tested }: Pick<Solution, "begin" | "tested">): Walk {
    const facts = begin.get(n) ?? new FloatFacts(this.registers);
    let walks = this.walks.get(n);
    if (!walks) this.walks.set(n, (walks = []));
    let walk = walks.find((w) => isSame(w.tested, tested) && w.begin.isSame(facts));
    if (!walk) walks.push((walk = this.walk(n, facts, tested)));
    return walk;
  }
  private walk(n: Node, begin: FloatFacts, tested: ReadonlySet<number>): Walk {
    const ways = new Ways();
    const steps: Step[] = [];
    const wanted = (at: number, x?: Inst): boolean => this.isWanted(n, at, x);
    const branched = (x: Inst, facts: FloatFacts): void =>
      ways.add(isBranch(x) && !n.table ? keyAt(n, x.to) : undefined, facts);
    const end = this.ops(n.ir.insts, begin, tested, steps, wanted, branched);
    const behind = keyBehind(n);
    if (behind !== undefined) ways.add(behind, end);
    return { begin, tested, ways, steps };
  }
  /** Follows ops to their end; `branched` is told what is known where they branch. */
  ops(
    insts: readonly Inst[],
    begin: FloatFacts,
    tested: ReadonlySet<number>,
    steps?: Step[],
    wanted?: Wanted,
    branched?: (x: Inst, facts: FloatFacts) => void,
  ): FloatFacts {
    let facts = begin.copy();
    let skips: { label: number; facts: FloatFacts }[] = [];
    for (let k = 0; k < insts.length; k++) {
      const x = insts[k];
      if (isOpposite(insts, k)) {
        const [skip] = skips;
        skips = [{ label: x.label, facts }];
        ({ facts } = skip);
        continue;
      }
      if (skips.some(({ label }) => label === k)) {
        for (const skip of skips) if (skip.label === k) facts = facts.meet(skip.facts).copy();
        skips = skips.filter(({ label }) => label !== k);
      }
      if (x.op === Op.skip) skips.push({ label: x.label, facts: facts.copy() });
      else if (isBranch(x) || x.op === Op.bx) branched?.(x, facts);
      else {
        const step = facts.op(insts, k, tested, this.literalAt, wanted);
        if (steps && step) steps[k] = step;
      }
    }
    for (const skip of skips) facts = facts.meet(skip.facts);
    return facts;
  }

  /** What is known where a loop is entered from elsewhere. */
  outside(loop: Node, solution: Solution): FloatFacts {
    const { graph } = this;
    let facts = loop === graph.entry ? solution.entry : undefined;
    for (const p of graph.nodes) {
      if (p === loop || !solution.begin.has(p) || !p.successors.includes(loop.key)) continue;
      const out = this.block(p, solution).ways.to(loop.key);
      facts = facts ? facts.meet(out) : out;
    }
    return facts!;
  }
  /** Whether somebody reads a register where an op of a block branches to, or behind the block, before it is written. */
  private isWanted(n: Node, at: number, x: Inst | undefined): boolean {
    const sure = x === undefined ? keyBehind(n) : isBranch(x) && !n.table ? keyAt(n, x.to) : NONE;
    const keys = sure === NONE ? n.successors : [sure];
    return keys.some((key) => {
      const to = key === undefined ? undefined : this.graph.byKey.get(key);
      return to !== undefined && this.live.get(to)!.has(at);
    });
  }
  /** First words of registers that somebody reads behind op k of a block before they are written. */
  wantedBehind(n: Node, k: number): ReadonlySet<number> {
    const wanted = this.registers.flowOf(n.ir.insts.slice(k)).reads;
    for (const key of n.successors) {
      const to = this.graph.byKey.get(key);
      for (const at of (to && this.live.get(to)) ?? []) wanted.add(at);
    }
    return wanted;
  }
}

/** Whether op k skips under one condition what comes where that before it, which skips under the opposite one, goes on: one of both is done. */
function isOpposite(insts: readonly Inst[], k: number): boolean {
  const { op, cond } = insts[k];
  if (op !== Op.skip) return false;
  const open = insts.flatMap((x, j) => (x.op === Op.skip && j < k && x.label >= k ? [j] : []));
  const [first] = open;
  if (open.length !== 1 || insts[first].label !== k || insts[first].cond !== (cond ^ 1))
    return false;
  return insts.slice(first + 1, k).every((x) => {
    const setsFlags = (x.set & NZCV) !== 0 || (x.op === Op.vmrs && x.d === NONE);
    return !setsFlags && !isBranch(x) && x.op !== Op.bx;
  });
}

const isSame = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a === b || (a.size === b.size && a.isSubsetOf(b));

function liveRegisters(graph: Graph, registers: FloatRegisters): Map<Node, Set<number>> {
  const flows = new Map(graph.nodes.map((n) => [n, registers.flowOf(n.ir.insts)]));
  const live = new Map(graph.nodes.map((n) => [n, new Set(flows.get(n)!.reads)]));
  for (let changed = true; changed;) {
    changed = false;
    for (const n of graph.nodes.toReversed()) {
      const now = live.get(n)!;
      const before = now.size;
      for (const key of n.successors) {
        const to = graph.byKey.get(key);
        for (const at of (to && live.get(to)) ?? []) if (!flows.get(n)!.writes.has(at)) now.add(at);
      }
      if (now.size > before) changed = true;
    }
  }
  return live;
}
