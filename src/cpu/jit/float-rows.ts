import { type Inst, Op } from "../ir/ops.ts";
import type { Step } from "./float-facts.ts";
import type { FloatFlow, Solution } from "./float-flow.ts";
import { carriedWords, type FloatRegister } from "./float-registers.ts";
import type { Node } from "./graph.ts";
import { accessOf, isAccess } from "./shapes.ts";

// Iterations of a loop in a row, whose results are tested together.

export interface IterationRow {
  /** Of ops [0, branch) each. */
  readonly branch: number;
  readonly times: number;
  /** The row is entered from elsewhere, and not where the loop goes round: its iterations are all that there are. */
  readonly all: boolean;
}
export interface FloatRow {
  /** What to do for the ops of each iteration. */
  readonly steps: readonly (readonly Step[])[];
  /** Registers that are tested at the end. */
  readonly ends: readonly FloatRegister[];
  /** First words of registers that an iteration writes and may have read before: nobody sees the others before they are written again. */
  readonly kept: ReadonlySet<number>;
}

const NONE_TESTED: ReadonlySet<number> = new Set();
/** Ops that need more than a test of their result, or leave something behind besides it. */
const leavesByItself = new Set([Op.vcmp, Op.vcvti, Op.vmrs, Op.vmsr, Op.vldn, Op.vstn]);
/** A double from a single of which nothing is known. */
const asksItself = ({ op, i }: Inst): boolean => op === Op.vcvt && (i & 1) === 1;

/**
 * The row; undefined when its results cannot be tested together: it stores, or leaves for other reasons, or hands on a register that is not in
 * a local. Of results that follow from others in
 * it none are tested but those that are wanted behind it: there as much is known as behind an iteration with tests of its own.
 */
export function rowOf(
  flow: FloatFlow,
  solution: Solution,
  n: Node,
  { branch, times, all }: IterationRow,
): FloatRow | undefined {
  const { registers } = flow;
  const insts = n.ir.insts.slice(0, branch);
  if (insts.some((x) => leavesByItself.has(x.op) || (isAccess(x) && accessOf(x)!.store)))
    return undefined;
  const begin = solution.begin.get(n);
  if (!begin) return undefined;
  const wanted = flow.wantedBehind(n, branch);
  const end = flow.ops(insts, begin, solution.tested).only(wanted);
  const steps: Step[][] = [];
  let facts = all ? flow.outside(n, solution) : begin;
  for (let k = 0; k < times; k++) {
    const list: Step[] = [];
    facts = flow.ops(insts, facts, NONE_TESTED, list);
    steps.push(list);
  }
  const ends = facts.unlike(end).map((at) => {
    const size = registers.sizeAt(at);
    return { size, v: size ? at >> 1 : at };
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
