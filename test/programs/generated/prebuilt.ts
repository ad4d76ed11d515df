/**
 * The executables that need no toolchain, and what qemu-arm prints for them. `bun test/programs/generated/prebuilt.ts` makes them
 * again.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { qemuArm } from "../build.ts";
import { buildPrograms } from "./builds.ts";

export const PREBUILT: readonly (readonly [target: string, level: string])[] = [
  ["a32", "-O2"],
  ["thumb-2", "-Os"],
  ["thumb-1", "-O0"],
  ["hard-a32", "-O2"],
  ["hard-thumb-2", "-O3"],
  ["neon", "-O3"],
];
/** Programs of each, from seed 0: every theme twice. */
export const PREBUILT_COUNT = 36;

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-prebuilt-"));
  for (const [target, level] of PREBUILT) {
    const file = buildPrograms(folder, 0, PREBUILT_COUNT, target, level);
    const { status, stdout } = qemuArm(file);
    if (status !== 0) throw new Error(`${target} ${level}: status ${status}\n${stdout}`);
    const out = join(import.meta.dir, "prebuilt", `${target}${level}`);
    copyFileSync(file, `${out}.elf`);
    writeFileSync(`${out}.expected`, stdout);
  }
  rmSync(folder, { recursive: true });
}
