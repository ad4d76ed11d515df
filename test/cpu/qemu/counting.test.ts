/** Instructions and units are counted as cpu/types.ts defines them; the second source is qemu-arm's trace. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SVC_UNITS } from "../../../src/cpu/mod.ts";
import { runQemu } from "./differential.ts";
import { engines } from "./engines.ts";
import { type GeneratedCase, type State, generateCase } from "./generate.ts";
import { buildImage, sharedDriver } from "./image.ts";
import { runLinux } from "./linux.ts";
import { noQemu, noToolchain, run } from "./tools.ts";

const absent = noQemu ?? noToolchain;
const SVC = 0xef000000;
const BASE = 0x60010000;

const SLICES = [undefined, 1, 7];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rtt-sim-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every pc at which qemu-arm executed an instruction, in order. */
function trace(elf: Uint8Array): number[] {
  const file = join(folder, "image.elf");
  const log = join(folder, "trace.log");
  writeFileSync(file, elf);
  chmodSync(file, 0o755);
  const options = ["-cpu", "max", "-singlestep", "-d", "exec,nochain", "-D", log];
  expect(run(["qemu-arm", ...options, file]).status).toBe(0);
  const lines = readFileSync(log, "latin1").matchAll(/^Trace \d+: \S+ \[\w+\/(\w+)\//gm);
  return [...lines].map(([, pc]) => parseInt(pc, 16));
}

/** Cases that do not fault: a signal handler is none of our business. */
function harmlessCases(state: State, seed: number, count: number): GeneratedCase[] {
  const cases = Array.from({ length: count }, (_, i) => generateCase(seed + i, i, state));
  const results = runQemu(buildImage(cases));
  return cases.filter((_, i) => results[i].registers[17] === 0);
}

for (const state of ["thumb", "a32"] as const) {
  test.skipIf(absent !== undefined)(
    `${state}: as in qemu-arm's trace${absent ? ` (${absent})` : ""}`,
    () => {
      const image = buildImage(harmlessCases(state, 5000, 600));
      const pcs = trace(image.elf);
      const driver = new DataView(sharedDriver().bytes.buffer);
      const isSvc = (pc: number) => pc < BASE + 0x1000 && driver.getUint32(pc - BASE, true) === SVC;
      const svcs = pcs.filter(isSvc).length;
      const backward = pcs.filter((pc, i) => i > 0 && pc <= pcs[i - 1]).length;

      for (const [engine, slice] of Object.keys(engines).flatMap((e) =>
        SLICES.map((n) => [e, n] as const),
      )) {
        const { stats, units, status } = runLinux(engine, image.elf, { slice });
        expect({ engine, status, instructions: stats.instructions, svcs: stats.svcs }).toEqual({
          engine,
          status: 0,
          instructions: pcs.length,
          svcs,
        });
        expect(units).toBe(backward + SVC_UNITS * svcs);
      }
    },
    120_000,
  );
}
