import { NONE } from "../ir/ops.ts";
import { FloatFacts, type Step } from "./float-facts.ts";
import type { FloatFlow, Solution } from "./float-flow.ts";
import type { FloatRegister } from "./float-registers.ts";
import { type IterationRow, rowOf } from "./float-rows.ts";
import { type Graph, loopBodies, type Node } from "./graph.ts";

// Which registers of a region are tested where they are written, and which are compared with what they held when it was made: what is found by
// trying, one after another, whether there are fewer tests then where code is executed often.

/** Registers of which it is tried. */
const MOST_TRIES = 8;
/** A loop is taken to go round so often, loops within loops that are deeper than that do not count. */
const ROUNDS = 8;
const MOST_WEIGHT = ROUNDS ** 3;

interface Choice {
  readonly constants: ReadonlyMap<FloatRegister, number>;
  readonly solution: Solution;
}

/**
 * `first`: registers that the region calculates with before it has written them, all of which are tested or compared at its entry; `values`:
 * what those of them hold that can be compared.
 */
export function chooseTests(
  graph: Graph,
  flow: FloatFlow,
  rows: ReadonlyMap<Node, IterationRow>,
  first: readonly FloatRegister[],
  values: ReadonlyMap<FloatRegister, number>,
): Choice {
  const weights = weightsOf(graph);
  const entryWith = (constants: ReadonlyMap<FloatRegister, number>): FloatFacts => {
    const entry = new FloatFacts(flow.registers);
    for (const x of first)
      if (constants.has(x)) entry.holds(x.size, x.v, constants.get(x)!);
      else entry.pass(x.size, x.v);
    return entry;
  };
  const look = (solution: Solution): Cost => costOf(flow, solution, weights, rows);
  let constants = values;
  let best = flow.solve(entryWith(constants), new Set());
  let { cost, operands } = look(best);
  // What a register holds may be another number each time that the region is entered: only what saves a test is compared.
  for (const x of [...values.keys()].slice(0, MOST_TRIES)) {
    const fewer = new Map(constants);
    fewer.delete(x);
    const other = flow.solve(entryWith(fewer), new Set());
    const found = look(other);
    if (found.cost <= cost) (({ cost, operands } = found), (best = other), (constants = fewer));
  }
  // A test of one result, which itself is well, may be the end of tests of several others.
  for (const at of [...operands].slice(0, MOST_TRIES)) {
    if (best.tested.has(at)) continue;
    const other = flow.solve(best.entry, new Set(best.tested).add(at));
    const found = look(other);
    if (found.cost < cost) (({ cost } = found), (best = other));
  }
  return { constants, solution: best };
}

/** How often blocks are executed, roughly. */
function weightsOf(graph: Graph): ReadonlyMap<Node, number> {
  const weights = new Map<Node, number>(graph.nodes.map((n) => [n, 1]));
  for (const body of loopBodies(graph))
    for (const n of body) weights.set(n, Math.min(weights.get(n)! * ROUNDS, MOST_WEIGHT));
  return weights;
}

/** What they cost: one whether a number is none is two instructions of the host, others are five. */
const testsOf = ({ tests, sure, sureSum, isNumber }: Step): number =>
  tests.length + (sure ? 0 : 1) + (sureSum ? 0 : 1) - (isNumber ? 0.5 : 0);

interface Cost {
  readonly cost: number;
  /** First words of registers which the ops that are tested within loops calculate with. */
  readonly operands: ReadonlySet<number>;
}
/** What the tests cost. */
function costOf(
  flow: FloatFlow,
  solution: Solution,
  weights: ReadonlyMap<Node, number>,
  rows: ReadonlyMap<Node, IterationRow>,
): Cost {
  let cost = 0;
  const operands = new Set<number>();
  for (const [n, weight] of weights) {
    if (!solution.begin.has(n)) continue;
    const { steps } = flow.block(n, solution);
    const row = rows.get(n);
    const together = row && rowOf(flow, solution, n, row);
    if (together) {
      const inside = together.steps.flat().reduce((sum, step) => sum + testsOf(step), 0);
      cost += (weight / ROUNDS) * (inside + together.ends.length);
    }
    steps.forEach((step, k) => {
      if (together && k < row.branch) return;
      const times = row ? weight / ROUNDS : weight;
      const count = testsOf(step);
      cost += times * count;
      if (count === 0 || times <= 1) return;
      const { va, vb, i } = n.ir.insts[k];
      for (const v of [va, vb]) {
        const at = v === NONE ? undefined : flow.registers.at(i & 1, v);
        if (at !== undefined) operands.add(at);
      }
    });
  }
  return { cost, operands };
}
