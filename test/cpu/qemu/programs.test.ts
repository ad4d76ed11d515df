/** C programs, built for every instruction set and optimisation level: the same output as under qemu-arm. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engines } from "./engines.ts";
import { runLinux } from "./linux.ts";
import { noQemu, noToolchain, qemu, tool } from "./tools.ts";

const absent = noQemu ?? noToolchain;
const SOURCES = join(import.meta.dir, "programs");

const TARGETS: Record<string, string[]> = {
  a32: ["-march=armv7-a", "-marm", "-DTRAMPOLINES"],
  "thumb-2, cortex-m4": ["-mcpu=cortex-m4", "-mthumb"],
  "thumb-2, armv7-a": ["-march=armv7-a", "-mthumb", "-DTRAMPOLINES"],
  "a32, vfpv3": ["-march=armv7-a", "-marm", "-mfpu=vfpv3", "-mfloat-abi=softfp", "-DTRAMPOLINES"],
  "thumb-2, vfpv4": [
    "-mcpu=cortex-a7",
    "-mthumb",
    "-mfpu=vfpv4",
    "-mfloat-abi=softfp",
    "-DTRAMPOLINES",
  ],
  "thumb-1": ["-mcpu=cortex-m0", "-mthumb"],
};
const FULL: [string, string][] = Object.keys(TARGETS).flatMap((target) =>
  ["-O0", "-O1", "-O2", "-O3", "-Os"].map((level): [string, string] => [target, level]),
);
const QUICK: [string, string][] = [
  ["a32", "-O2"],
  ["thumb-2, cortex-m4", "-Os"],
  ["thumb-2, armv7-a", "-O0"],
  ["a32, vfpv3", "-O2"],
  ["thumb-2, vfpv4", "-O2"],
  ["thumb-1", "-O2"],
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rtt-sim-programs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds all programs into one executable, which runs them one after the other. */
function build(target: string, level: string): string {
  const file = join(folder, `${target}${level}.elf`.replace(/[ ,]/g, "_"));
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith(".c"));
  tool(
    "gcc",
    ...["-mfloat-abi=soft", ...TARGETS[target], level, "-w", "-nostartfiles", "-static"],
    ...["-Wl,-Ttext-segment=0x60010000", "-Wl,--no-warn-rwx-segments", "-o", file],
    ...[...sources.map((name) => join(SOURCES, name)), "-lm"],
  );
  return file;
}

const names = [...readFileSync(join(SOURCES, "programs.inc"), "latin1").matchAll(/\((\w+)\)/g)].map(
  ([, name]) => name,
);

/** The output by program: each starts with its name on a line. */
function sections(output: Uint8Array): Record<string, string> {
  const parts = Buffer.from(output)
    .toString("latin1")
    .split(/^(?=[a-z]+\n)/m);
  return Object.fromEntries(parts.filter(Boolean).map((part) => [part.split("\n")[0], part]));
}

for (const [target, level] of process.env.RTT_SIM_FULL === "1" ? FULL : QUICK) {
  test.skipIf(absent !== undefined)(
    `C programs, ${target} ${level}${absent ? ` (${absent})` : ""}`,
    () => {
      const file = build(target, level);
      const expected = qemu(file);
      expect(expected.status).toBe(0);
      const theirs = sections(expected.stdout);
      expect(Object.keys(theirs)).toEqual(names);
      for (const engine of Object.keys(engines)) {
        const got = runLinux(engine, new Uint8Array(readFileSync(file)));
        const ours = sections(got.stdout);
        for (const name of names)
          expect({ engine, output: ours[name] }).toEqual({ engine, output: theirs[name] });
        expect({ fault: got.fault, status: got.status }).toEqual({ fault: undefined, status: 0 });
      }
    },
    120_000,
  );
}
