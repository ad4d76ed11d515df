import { type Inst, NONE, Op } from "../ir/ops.ts";
import { isFloatOp } from "./float.ts";
import { chooseTests } from "./float-choice.ts";
import { type Step, valueOf } from "./float-facts.ts";
import { FloatFlow, type Solution } from "./float-flow.ts";
import { rangeOf } from "./float-ranges.ts";
import type { FloatRegister, FloatRegisters } from "./float-registers.ts";
import { type Graph, isBranch, isCall, type Node } from "./graph.ts";
import { type FloatRow, type IterationRow, rowOf } from "./float-rows.ts";
import { groupEnd, needsInterpreter } from "./shapes.ts";
import type { Surroundings } from "./surroundings.ts";

// Which results of floating point in a region need a test. What is known of numbers is followed along all ways; where it does not follow
// from anything that a result is a normal number, the result is tested to be of moderate size, and so more is known behind it. The
// region relies on the flag for inexact being set and on the usual modes, and leaves when it is entered otherwise.

/** Blocks of a region that is looked at. */
const MOST_BLOCKS = 32;

/** A register that the region never writes, with what it held when the region was made: not zero. */
export interface FloatConstant extends FloatRegister {
  readonly value: number;
}
export class FloatPlan {
  private readonly steps = new Map<Node, readonly Step[]>();
  /** Blocks that are entered with the unit marked as used. */
  readonly touched: ReadonlySet<Node>;

  private constructor(
    graph: Graph,
    /** Registers that are tested when the region is entered. */
    readonly atEntry: readonly FloatRegister[],
    /** Registers that are compared then. */
    readonly constants: readonly FloatConstant[],
    private readonly flow: FloatFlow,
    private readonly solution: Solution,
  ) {
    for (const n of graph.nodes) this.steps.set(n, flow.block(n, solution).steps);
    this.touched = touchedBlocks(graph);
  }

  /** The plan, `rows` being what loops are that go round a known number of times; undefined where other code runs in between, after which nothing is known. */
  static make(
    graph: Graph,
    registers: FloatRegisters,
    { literalAt, holdsFloat }: Surroundings,
    rows: ReadonlyMap<Node, IterationRow>,
  ): FloatPlan | undefined {
    // What is found costs a translation more than it gives where nothing goes round, or much is in between.
    if (graph.nodes.length > MOST_BLOCKS || !graph.nodes.some(({ isLoop }) => isLoop))
      return undefined;
    if (graph.nodes.some(leaves) || !graph.nodes.some(({ ir }) => ir.insts.some(computes)))
      return undefined;
    const flow = new FloatFlow(graph, registers, literalAt);
    const first = readFirst(graph, registers);
    const values = holdsFloat ? constantsOf(first, registers, holdsFloat) : new Map();
    const { constants, solution } = chooseTests(graph, flow, rows, first, values);
    const atEntry = first.filter((x) => !constants.has(x));
    const compared = [...constants].map(([x, value]) => ({ ...x, value }));
    return new FloatPlan(graph, atEntry, compared, flow, solution);
  }

  /** Iterations in a row of a loop of one block; undefined when their results cannot be tested together. */
  row(n: Node, row: IterationRow): FloatRow | undefined {
    return rowOf(this.flow, this.solution, n, row);
  }

  /** What to do for op k of a block. */
  of(n: Node, k: number): Step {
    return this.steps.get(n)![k];
  }
}

/** The registers that the region never writes, and what they hold now, where that is a number of which something is known. */
function constantsOf(
  first: readonly FloatRegister[],
  registers: FloatRegisters,
  holds: (word: number) => number,
): Map<FloatRegister, number> {
  const found = new Map<FloatRegister, number>();
  for (const x of first) {
    const at = registers.at(x.size, x.v)!;
    const value = valueOf(x.size ? [holds(at), holds(at + 1)] : [holds(at)]);
    if (!registers.mayWrite(at) && value !== 0 && rangeOf(value)) found.set(x, value);
  }
  return found;
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
