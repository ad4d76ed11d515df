/** Whole programs with regions of the firmware that were made beforehand: nothing but the speed is another. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firmwareRegions } from "../../../src/cli/prebuild-regions.ts";
import { offerRegions } from "../../../src/cpu/mod.ts";
import { Machine } from "../../../src/embed.ts";
import { useBudget } from "../budget.ts";

const root = join(import.meta.dir, "../../..");
const PRINT = join(root, "bench/shell/programs/print.mo");
const CORPUS = join(root, "disk/prebuilt/a9/corpus.mo");
const BENCH = join(root, "disk/prebuilt/a9/bench.mo");
/** The whole corpus takes the build some seconds. */
const programs = process.env.RTT_SIM_FULL ? undefined : [BENCH, PRINT];

let bytes: Uint8Array;
let back: () => void;
beforeAll(() => {
  back = useBudget({ ready: 1_000_000, first: 4_000_000 });
  bytes = firmwareRegions(programs);
  // As it is in the binary: in a buffer of its own.
  expect(bytes.byteOffset).toBe(0);
});
afterAll(() => {
  back();
  offerRegions(undefined);
});

function run(file: string, engine: "auto" | "interp") {
  using machine = Machine.boot({ disk: "default", engine });
  // By itself it is too short to come to what was made beforehand.
  if (file === CORPUS) {
    machine.writeFile("/print.mo", readFileSync(PRINT));
    machine.run("/print.mo");
  }
  machine.writeFile("/program.mo", readFileSync(file));
  const { result, exitCode, output, nanoseconds, instructions, heapMaximum } =
    machine.run("/program.mo");
  const { stats } = machine.board.cpu;
  const { tick } = machine.board.kernel;
  const seen = { result, exitCode, output, nanoseconds, instructions, heapMaximum, tick };
  const { prebuilt = 0, regions = 0 } = stats.translation ?? {};
  return { seen, svcs: stats.svcs, prebuilt, regions };
}

for (const file of [PRINT, BENCH, CORPUS]) {
  test(`${file.slice(root.length + 1)}: output, instructions, ticks and virtual time are those of the interpreter`, () => {
    const plain = run(file, "interp");
    offerRegions(() => bytes);
    const ready = run(file, "auto");
    offerRegions(undefined);
    const translated = run(file, "auto");
    expect(ready.seen).toEqual(plain.seen);
    expect(ready.svcs).toBe(plain.svcs);
    expect(translated.seen).toEqual(plain.seen);
    expect(translated.prebuilt).toBe(0);
    expect(translated.regions).toBeGreaterThan(0);
    // All its time is in loops of its own.
    if (file !== BENCH) expect(ready.prebuilt).toBeGreaterThan(0);
  });
}
