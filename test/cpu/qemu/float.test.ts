/** Floating point against qemu-arm: random instructions of every row of vfp.table.ts, all registers, memory and the FPSCR. */
import { afterAll, expect, test } from "bun:test";
import { tables } from "./encodings.ts";
import { engines, newMachine } from "./engines.ts";
import { explainFloat, newFloatTally, runFloatCases } from "./float-differential.ts";
import { noQemu, noToolchain } from "./tools.ts";

const absent = noQemu ?? noToolchain;
const CASES = Number(
  process.env.RTT_SIM_FLOAT_CASES ?? (process.env.RTT_SIM_FULL === "1" ? 6000 : 3000),
);
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);

const total = newFloatTally();

for (const engine of Object.keys(engines))
  for (const state of ["thumb", "a32"] as const) {
    test.skipIf(absent !== undefined)(
      `${engine}, ${state}: floating point as under qemu-arm${absent ? ` (${absent})` : ""}`,
      () => {
        const machine = newMachine(engine);
        // Translating code that runs once takes long.
        const count = engine === "jit" ? CASES / 32 : CASES;
        const tally = { ...newFloatTally(), rows: total.rows };
        runFloatCases(machine, state, SEED * 1_000_000, count, tally);
        expect(tally.differences.slice(0, 3).map(explainFloat).join("\n\n")).toBe("");
        total.instructions += tally.instructions;
        machine.memory.dispose();
      },
      process.env.RTT_SIM_FULL === "1" ? 900_000 : 60_000,
    );
  }

test.skipIf(absent !== undefined)("every floating-point row was executed", () => {
  const all = Object.values(tables).flat();
  expect(all.filter((e) => e.mnemonic.startsWith("V") && !total.rows.has(e.id))).toEqual([]);
});

afterAll(() => {
  const { instructions } = total;
  if (instructions)
    console.log(`compared with qemu-arm: ${instructions} floating-point instructions`);
});
