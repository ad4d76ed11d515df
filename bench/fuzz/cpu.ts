/**
 * Compares the interpreter with qemu-arm on random instruction sequences for as long as one likes:
 *   bun bench/fuzz/cpu.ts [--seconds 60] [--seed 1] [--state thumb|a32] [--engine NAME] [--rows]
 * Ends with status 1 and an explanation at the first batch with a difference.
 */
import { parseArgs } from "node:util";
import { newTally, runCases } from "../../test/cpu/qemu/differential.ts";
import { engines } from "../../test/cpu/qemu/engines.ts";
import { explain, shrink } from "../../test/cpu/qemu/report.ts";
import type { State } from "../../test/cpu/qemu/generate.ts";
import { coverage } from "../../test/cpu/qemu/coverage.ts";
import { noQemu, noToolchain } from "../../test/cpu/qemu/tools.ts";

/** Cases: three images, one for each length of slices. */
const BATCH = 3 * 4096;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    state: { type: "string" },
    engine: { type: "string", default: Object.keys(engines)[0] },
    rows: { type: "boolean", default: false },
  },
});
const absent = noQemu ?? noToolchain;
if (absent) {
  console.error(absent);
  process.exit(2);
}

const states: State[] = values.state ? [values.state as State] : ["thumb", "a32"];
const tally = newTally();
const start = performance.now();
let seed = Number(values.seed);
for (; performance.now() - start < Number(values.seconds) * 1000; seed += BATCH) {
  for (const state of states) {
    runCases(values.engine, state, seed, BATCH, tally);
    if (tally.differences.length === 0) continue;
    for (const difference of tally.differences.slice(0, 5))
      console.log(`${explain(shrink(values.engine, difference), state)}\n`);
    console.log(
      `${tally.differences.length} differences in the ${BATCH} ${state} cases from seed ${seed}`,
    );
    process.exit(1);
  }
}
const seconds = Math.round((performance.now() - start) / 1000);
console.log(
  `${tally.cases} cases, ${tally.instructions} instructions, no difference, ${seconds} s; next seed ${seed}`,
);
if (values.rows) console.log(coverage(tally.rows));
