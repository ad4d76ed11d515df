/**
 * Random loops of the shapes that translated code does at once, writes twice or leaves out: the interpreter and translated code in
 * lock-step, at ends of memory, guards and code, with slices of any length; and against qemu-arm. `bun run fuzz:cpu --kind loops` goes on.
 */
import { expect, test } from "bun:test";
import type { Graph, Node } from "../../../src/cpu/jit/graph.ts";
import { buildGraph } from "../../../src/cpu/jit/inline.ts";
import { boundedLoop } from "../../../src/cpu/jit/bounded.ts";
import { countedLoop } from "../../../src/cpu/jit/counted.ts";
import { noQemu, noToolchain } from "../qemu/tools.ts";
import { ISAS } from "./items.ts";
import { compareWithQemu } from "./qemu.ts";
import type { Case } from "./case.ts";
import { caseOf, newTally, runLoops } from "./run.ts";

const FULL = process.env.RTT_SIM_FULL === "1";
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const LOOPS = FULL ? 1500 : 40;
const UNDER_QEMU = FULL ? 300 : 24;

test("random loops: registers, flags, memory, units, instructions and faults are those of the interpreter", () => {
  const tally = newTally();
  expect(runLoops(SEED, LOOPS, tally).join("\n\n")).toBe("");
  // They end, are cut, and fault.
  for (const count of tally.exits) expect(count).toBeGreaterThan(LOOPS / 10);
}, 900_000);

const absent = noQemu ?? noToolchain;
test.skipIf(absent !== undefined)(
  `random loops: registers, flags and memory are those of qemu-arm${absent ? ` (${absent})` : ""}`,
  () => {
    expect(compareWithQemu(SEED, UNDER_QEMU).found.join("\n\n")).toBe("");
  },
  900_000,
);

/** What the translator takes a block for. */
function kindOf(graph: Graph, n: Node): string[] {
  const counted = countedLoop(graph, n, false);
  if (counted) return ["counted", ...(counted.bulk ? ["bulk"] : [])];
  const bounded = boundedLoop(graph, n, false);
  return bounded ? ["bounded", ...(bounded.stream ? ["left out"] : [])] : ["plain"];
}
function graphOf({ loop, start, code }: Case): Graph {
  const view = new DataView(code.buffer);
  const fetch = (address: number): number | undefined => {
    const at = (address >>> 0) - start;
    return at >= 0 && at + 2 <= code.length ? view.getUint16(at, true) : undefined;
  };
  return buildGraph(fetch, start | (loop.isa === "a32" ? 0 : 1))!;
}

test("random loops are of all kinds that the translator knows, in each instruction set", () => {
  const found = new Map<string, number>();
  for (let seed = 1; seed <= 900; seed++) {
    const test = caseOf(seed);
    const graph = graphOf(test);
    for (const n of graph.nodes)
      for (const kind of n.isLoop ? kindOf(graph, n) : []) {
        const name = `${test.loop.isa}, ${kind}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
  }
  const least = { counted: 30, bounded: 30, "left out": 10, bulk: 1, plain: 30 };
  for (const isa of ISAS)
    for (const [kind, count] of Object.entries(least))
      expect([isa, kind, (found.get(`${isa}, ${kind}`) ?? 0) >= count]).toEqual([isa, kind, true]);
});
