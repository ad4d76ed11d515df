import { type Inst, NONE, Op } from "../ir/ops.ts";
import { isFloatOp } from "./float.ts";
import { FloatFacts, type Step } from "./float-facts.ts";
import { carriedWords, type FloatRegisters } from "./float-registers.ts";
import { type Graph, isBranch, isCall, type Node } from "./graph.ts";
import { accessOf, groupEnd, isAccess, needsInterpreter } from "./shapes.ts";

// Which results of floating point in a region need a test. What is known of numbers is followed along all ways; where it does not follow
// from anything that a result is a normal number, the result is tested to be of moderate size, and so more is known behind it. The
// region relies on the flag for inexact being set and on the usual modes, and leaves when it is entered otherwise.

/** Blocks of a region that is looked at. */
const MOST_BLOCKS = 32;
/** After so many looks at a block what still changes there is given up. */
const PATIENCE = 3;
/** Rounds in which registers that grow around loops are found. */
const MOST_ROUNDS = 4;

/** A register: its size, and its number among those of that size. */
export interface FloatRegister {
  readonly size: number;
  readonly v: number;
}

/** Iterations whose results are tested together. */
export interface FloatRow {
  /** What to do for the ops of each iteration. */
  readonly steps: readonly (readonly Step[])[];
  /** Registers that are tested at the end. */
  readonly ends: readonly FloatRegister[];
  /** First words of registers that an iteration writes and may have read before: nobody sees the others before they are written again. */
  readonly kept: ReadonlySet<number>;
}
const NO_GROWTH: ReadonlySet<number> = new Set();
/** Ops that need more than a test of their result, or leave something behind besides it. */
const leavesByItself = new Set([Op.vcmp, Op.vcvti, Op.vmrs, Op.vmsr, Op.vldn, Op.vstn]);
/** A double from a single of which nothing is known. */
const asksItself = ({ op, i }: Inst): boolean => op === Op.vcvt && (i & 1) === 1;

export class FloatPlan {
  private readonly steps = new Map<Node, Step[]>();
  /** Blocks that are entered with the unit marked as used. */
  readonly touched: ReadonlySet<Node>;

  private constructor(
    graph: Graph,
    /** Registers that are tested when the region is entered. */
    readonly atEntry: readonly FloatRegister[],
    facts: FloatFacts,
    private readonly begin: ReadonlyMap<Node, FloatFacts>,
    private readonly grows: ReadonlySet<number>,
    private readonly literalAt: (address: number) => number | undefined,
    private readonly registers: FloatRegisters,
  ) {
    for (const n of graph.nodes) {
      const steps: Step[] = [];
      follow(n, begin.get(n) ?? facts.nothing(), grows, literalAt, steps);
      this.steps.set(n, steps);
    }
    this.touched = touchedBlocks(graph);
  }

  /** The plan; undefined where other code runs in between, after which nothing is known. */
  static make(
    graph: Graph,
    registers: FloatRegisters,
    literalAt: (address: number) => number | undefined,
  ): FloatPlan | undefined {
    // What is found costs a translation more than it gives where nothing goes round, or much is in between.
    if (graph.nodes.length > MOST_BLOCKS || !graph.nodes.some(({ isLoop }) => isLoop))
      return undefined;
    if (graph.nodes.some(leaves) || !graph.nodes.some(({ ir }) => ir.insts.some(computes)))
      return undefined;
    const none = new FloatFacts(registers);
    const atEntry = readFirst(graph, registers);
    const entry = none.nothing();
    for (const { size, v } of atEntry) entry.pass(size, v);
    const grows = new Set<number>();
    let begin = new Map<Node, FloatFacts>();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = grows.size;
      begin = solve(graph, entry, grows, literalAt);
      if (grows.size === before) break;
    }
    return new FloatPlan(graph, atEntry, none, begin, grows, literalAt, registers);
  }

  /**
   * Iterations in a row of a loop of one block, ops [0, branch), whose results are tested together; undefined when that cannot be: it stores,
   * or leaves for other reasons, or hands on a register that is not in a local. Of results that follow from others in it none are tested but those that are wanted behind it: there as much
   * is known as behind an iteration with tests of its own.
   */
  row(n: Node, branch: number, times: number): FloatRow | undefined {
    const insts = n.ir.insts.slice(0, branch);
    if (insts.some((x) => leavesByItself.has(x.op) || (isAccess(x) && accessOf(x)!.store)))
      return undefined;
    const begin = this.begin.get(n);
    if (!begin) return undefined;
    const { literalAt, registers } = this;
    const end = followOps(insts, begin, this.grows, literalAt);
    const steps: Step[][] = [];
    let facts = begin;
    for (let k = 0; k < times; k++) {
      const list: Step[] = [];
      facts = followOps(insts, facts, NO_GROWTH, literalAt, list);
      steps.push(list);
    }
    const ends = facts.unlike(end).map((at) => {
      const size = registers.sizeAt(at);
      return { at, size, v: size ? at >> 1 : at };
    });
    for (const { size, v } of ends) facts.pass(size, v);
    if (facts.unlike(end).length > 0) return undefined;
    if (steps.some((list) => list.some((step, k) => step && !step.sure && asksItself(insts[k]))))
      return undefined;
    const kept = new Set<number>();
    for (const word of carriedWords(insts)) {
      const first = registers.firstOf(word);
      if (first === undefined) return undefined;
      kept.add(first);
    }
    return { steps, ends, kept };
  }

  /** What to do for op k of a block. */
  of(n: Node, k: number): Step {
    return this.steps.get(n)![k];
  }
}

const computing = new Set([Op.vadd, Op.vsub, Op.vmul, Op.vnmul, Op.vdiv, Op.vsqrt, Op.vcmp]);
/** Whether its result depends on how large numbers are. */
function computes({ op }: Inst): boolean {
  return computing.has(op) || (op >= Op.vmla && op <= Op.vfnms);
}

/** Whether code of other regions or the host runs in the middle of it, or it is a copy, of which the rest may be elsewhere. */
function leaves(n: Node): boolean {
  const { insts } = n.ir;
  if (n.base !== 0 || n.callee !== undefined) return true;
  return insts.some((x, k) => {
    if (x.op === Op.svc || ((x.op === Op.br || x.op === Op.bx) && isCall(n.ir, k))) return true;
    const first = k === 0 || insts[k - 1].at !== x.at || insts[k - 1].op === Op.skip;
    return first && x.op !== Op.skip && needsInterpreter(insts, k, groupEnd(insts, k));
  });
}

/** What is known at the beginning of each block. Registers that grow around a loop are added to `grows`. */
function solve(
  graph: Graph,
  entry: FloatFacts,
  grows: Set<number>,
  literalAt: (address: number) => number | undefined,
): Map<Node, FloatFacts> {
  const begin = new Map<Node, FloatFacts>([[graph.entry, entry]]);
  const looks = new Map<Node, number>();
  const known = new Set(grows);
  for (let changed = true; changed;) {
    changed = false;
    for (const n of graph.nodes) {
      const at = begin.get(n);
      if (!at) continue;
      const out = follow(n, at, known, literalAt);
      for (const key of n.successors) {
        const to = graph.byKey.get(key);
        if (!to) continue;
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

/** Follows a block; returns what is known wherever it branches to. */
function follow(
  { ir: { insts } }: { readonly ir: { readonly insts: readonly Inst[] } },
  begin: FloatFacts,
  grows: ReadonlySet<number>,
  literalAt: (address: number) => number | undefined,
  steps?: Step[],
): FloatFacts {
  let facts = begin.copy();
  let out: FloatFacts | undefined;
  let skips: { label: number; facts: FloatFacts }[] = [];
  for (let k = 0; k < insts.length; k++) {
    for (const skip of skips) if (skip.label === k) facts = facts.meet(skip.facts).copy();
    skips = skips.filter(({ label }) => label !== k);
    const x = insts[k];
    if (x.op === Op.skip) skips.push({ label: x.label, facts: facts.copy() });
    else if (isBranch(x) || x.op === Op.bx) out = out ? out.meet(facts) : facts.copy();
    else {
      const step = facts.op(insts, k, grows, literalAt);
      if (steps && step) steps[k] = step;
    }
  }
  for (const skip of skips) facts = facts.meet(skip.facts);
  return out ? out.meet(facts) : facts;
}

/** Follows ops of a loop of one block up to the branch back, which nothing skips. */
function followOps(
  insts: readonly Inst[],
  begin: FloatFacts,
  grows: ReadonlySet<number>,
  literalAt: (address: number) => number | undefined,
  steps?: Step[],
): FloatFacts {
  return follow({ ir: { insts } }, begin, grows, literalAt, steps);
}

/** Registers that some op computes with before the region has written them. */
function readFirst(graph: Graph, registers: FloatRegisters): FloatRegister[] {
  const found = new Map<number, FloatRegister>();
  const live = new Map<Node, Set<number>>();
  const liveIn = (n: Node): Set<number> => {
    const now = new Set<number>();
    for (const key of n.successors) {
      const to = graph.byKey.get(key);
      if (to) for (const at of live.get(to) ?? []) now.add(at);
    }
    const { insts } = n.ir;
    let guarded = insts.length;
    for (let k = insts.length - 1; k >= 0; k--) {
      const x = insts[k];
      const skip = insts.findLastIndex((y, j) => j < k && y.op === Op.skip && y.label > k);
      guarded = skip < 0 ? insts.length : skip;
      if (guarded === insts.length) for (const at of registers.written(x)) now.delete(at);
      if (!isFloatOp(x) || !computes(x)) continue;
      const size = x.i & 1;
      const reads = x.op === Op.vsqrt ? [x.va] : [x.va, x.vb];
      if (x.op >= Op.vmla && x.op <= Op.vfnms) reads.push(x.vd);
      for (const v of reads) {
        const at = v === NONE ? undefined : registers.at(size, v);
        if (at === undefined) continue;
        now.add(at);
        found.set(at, { size, v });
      }
    }
    return now;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const n of [...graph.nodes].reverse()) {
      const now = liveIn(n);
      if (now.size === (live.get(n)?.size ?? -1)) continue;
      live.set(n, now);
      changed = true;
    }
  }
  return [...live.get(graph.entry)!].map((at) => found.get(at)!);
}

/** Blocks to which all ways lead through an op of floating-point registers. */
function touchedBlocks(graph: Graph): Set<Node> {
  const touches = (n: Node): boolean => {
    const { insts } = n.ir;
    let guarded = 0;
    for (let k = 0; k < insts.length; k++) {
      const x = insts[k];
      // What branches before it may not come to it.
      if (isBranch(x) || x.op === Op.bx) return false;
      if (x.op === Op.skip) guarded = Math.max(guarded, x.label);
      else if (k >= guarded && x.op >= Op.vadd && x.op <= Op.vmsr) return true;
    }
    return false;
  };
  const touching = new Set(graph.nodes.filter(touches));
  const touched = new Set(graph.nodes.filter((n) => n !== graph.entry));
  for (let changed = true; changed;) {
    changed = false;
    for (const n of graph.nodes) {
      if (touched.has(n) || touching.has(n)) continue;
      for (const key of n.successors) {
        const to = graph.byKey.get(key);
        if (to && touched.delete(to)) changed = true;
      }
    }
  }
  return touched;
}
