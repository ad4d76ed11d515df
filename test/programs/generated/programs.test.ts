/**
 * Generated C programs: they check themselves, and our engines against qemu-arm. Some are prebuilt; with the toolchain a few others
 * are built. All builds of many programs: matrix.test.ts.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { engines } from "../../cpu/qemu/engines.ts";
import { runLinux } from "../../cpu/qemu/linux.ts";
import { withoutTools } from "../build.ts";
import { buildPrograms } from "./builds.ts";
import { byProgram, compare } from "./compare.ts";
import { PREBUILT, PREBUILT_COUNT } from "./prebuilt.ts";

const FULL = process.env.RTT_SIM_FULL === "1";
const SEED = Number(process.env.RTT_SIM_SEED ?? 1000);
const QUICK = 6;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rtt-sim-generated-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

for (const [target, level] of PREBUILT)
  for (const engine of Object.keys(engines))
    test(`prebuilt ${target} ${level}, ${engine}: ${PREBUILT_COUNT} programs print what they did under qemu-arm`, () => {
      const prebuilt = join(import.meta.dir, "prebuilt", `${target}${level}`);
      const file = new Uint8Array(readFileSync(`${prebuilt}.elf`));
      const expected = readFileSync(`${prebuilt}.expected`, "latin1");
      expect(Object.keys(byProgram(expected))).toHaveLength(PREBUILT_COUNT);
      const { stdout, status, fault } = runLinux(engine, file);
      const ours = byProgram(Buffer.from(stdout).toString("latin1"));
      expect({ engine, fault, ours }).toEqual({
        engine,
        fault: undefined,
        ours: byProgram(expected),
      });
      expect(status).toBe(0);
    });

const skip = withoutTools ? ` (${withoutTools})` : "";
for (const [k, [target, level]] of PREBUILT.entries())
  test.skipIf(withoutTools !== undefined)(
    `${QUICK} programs, ${target} ${level}, as under qemu-arm${skip}`,
    async () => {
      const file = buildPrograms(folder, SEED + k * QUICK, QUICK, target, level);
      await compare(file, QUICK, Object.keys(engines));
    },
    60_000,
  );

test.skipIf(!FULL || toolchain() !== TOOLCHAIN)(
  "the prebuilt programs are what generator and compiler make (with RTT_SIM_FULL=1)",
  () => {
    for (const [target, level] of PREBUILT) {
      const file = buildPrograms(folder, 0, PREBUILT_COUNT, target, level);
      const prebuilt = readFileSync(join(import.meta.dir, "prebuilt", `${target}${level}.elf`));
      expect({ target, same: readFileSync(file).equals(prebuilt) }).toEqual({ target, same: true });
    }
  },
  60_000,
);
