/**
 * Generated C programs: they check themselves against the compiler's own arithmetic, and our engines against qemu-arm. A few are
 * prebuilt; with the toolchain others are built; with RTT_SIM_FULL=1 for every target and level, other programs for each, or with
 * RTT_SIM_PROGRAMS=320 the same 320 for all.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { engines } from "../../cpu/qemu/engines.ts";
import { runLinux } from "../../cpu/qemu/linux.ts";
import { qemuArm, withoutTools } from "../build.ts";
import { buildPrograms, TARGETS } from "./builds.ts";
import { PREBUILT, PREBUILT_COUNT } from "./prebuilt.ts";

const FULL = process.env.RTT_SIM_FULL === "1";
const SEED = Number(process.env.RTT_SIM_SEED ?? 1000);
const ALL = Number(process.env.RTT_SIM_PROGRAMS ?? 0);
/** Programs of one executable; translated, each takes about 20 MB of the host. */
const BATCH = 40;
const QUICK = 3;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rtt-sim-generated-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The output by program, so that a failure names one. */
function byProgram(output: string): Record<string, string> {
  const parts = output.split(/^== /m).filter(Boolean);
  return Object.fromEntries(parts.map((part) => [part.split("\n")[0], part]));
}

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

function compare(first: number, count: number, target: string, level: string): void {
  const file = buildPrograms(folder, first, count, target, level);
  const { status, stdout } = qemuArm(file);
  const theirs = byProgram(stdout);
  expect(Object.keys(theirs)).toHaveLength(count);
  // A failed self-check would be a defect of qemu-arm, of the compiler, or of the program.
  expect({ status, failed: stdout.match(/.*\n +FAILED.*/g) }).toEqual({ status: 0, failed: null });
  for (const engine of Object.keys(engines)) {
    const run = Bun.spawnSync([process.execPath, join(import.meta.dir, "run.ts"), engine, file]);
    expect(run.stderr.toString()).toBe("");
    const ours = byProgram(run.stdout.toString("latin1"));
    for (const name of Object.keys(theirs))
      expect({ engine, target, level, output: ours[name] }).toEqual({
        engine,
        target,
        level,
        output: theirs[name],
      });
    expect(run.exitCode).toBe(0);
  }
  rmSync(file);
}

const skip = withoutTools ? ` (${withoutTools})` : "";
const builds = Object.keys(TARGETS).flatMap((target) =>
  (target === "neon" ? ["-O3"] : ["-O0", "-Os", "-O2", "-O3"]).map((level) => [target, level]),
);
if (FULL)
  for (const [k, [target, level]] of builds.entries()) {
    const first = ALL ? SEED : SEED + k * BATCH;
    const count = ALL || BATCH;
    test.skipIf(withoutTools !== undefined)(
      `${count} programs from seed ${first}, ${target} ${level}, as under qemu-arm${skip}`,
      () => {
        for (let at = 0; at < count; at += BATCH)
          compare(first + at, Math.min(BATCH, count - at), target, level);
      },
      900_000,
    );
  }
else
  for (const [k, [target, level]] of PREBUILT.entries())
    test.skipIf(withoutTools !== undefined)(
      `${QUICK} programs, ${target} ${level}, as under qemu-arm${skip}`,
      () => compare(SEED + k * QUICK, QUICK, target, level),
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
