/** Our engines against qemu-arm: random instruction sequences made from the decode tables. */
import { afterAll, expect, test } from "bun:test";
import { missingRows } from "./coverage.ts";
import { type Tally, newTally, runCases } from "./differential.ts";
import { engines } from "./engines.ts";
import type { State } from "./generate.ts";
import { explain, shrink } from "./report.ts";
import { noQemu, noToolchain } from "./tools.ts";

const absent = noQemu ?? noToolchain;
const FULL = process.env.RTT_SIM_FULL === "1";
/** Cases of about seven instructions each; an engine that translates makes a WebAssembly module of nearly each, which takes memory. */
const CASES = FULL ? 90_000 : 4500;
const TRANSLATED_CASES = 2500;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);

const tallies: Record<State, Tally> = { thumb: newTally(), a32: newTally() };

for (const engine of Object.keys(engines))
  for (const state of ["thumb", "a32"] as const) {
    test.skipIf(absent !== undefined)(
      `${engine}, ${state}: registers, flags and memory as under qemu-arm${absent ? ` (${absent})` : ""}`,
      () => {
        const tally = (tallies[state] = newTally());
        const cases = engine === "interpreter" ? CASES : TRANSLATED_CASES;
        runCases(engine, state, SEED, cases, tally);
        const found = tally.differences.slice(0, 3);
        const text = found.map((difference) => explain(shrink(engine, difference), state));
        expect(text.join("\n\n")).toBe("");
        expect(tally.differences.length).toBe(0);
        expect(tally.instructions).toBeGreaterThan(cases * 5);
      },
      FULL ? 900_000 : 60_000,
    );
  }

/** Where a difference was found once, with the cases around it. */
const FOUND: readonly (readonly [State, number])[] = [["a32", 741_646]];
for (const engine of Object.keys(engines))
  test.skipIf(absent !== undefined)(`${engine}: seeds that once differed`, () => {
    for (const [state, seed] of FOUND) {
      const tally = newTally();
      runCases(engine, state, seed - 30, 180, tally);
      expect(tally.differences.map((difference) => explain(difference, state))).toEqual([]);
    }
  });

test.skipIf(absent !== undefined)("every row of the decode tables was executed", () => {
  const missing = missingRows(new Map([...tallies.thumb.rows, ...tallies.a32.rows]));
  expect(missing).toEqual([]);
});

afterAll(() => {
  if (absent) return;
  const { thumb, a32 } = tallies;
  console.log(
    `compared with qemu-arm: ${thumb.instructions} Thumb and ${a32.instructions} A32 instructions`,
  );
});
