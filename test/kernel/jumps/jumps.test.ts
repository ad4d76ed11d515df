/** setjmp and longjmp of modules that compute in floating-point registers, against qemu-arm with a setjmp that keeps all of them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildLinux, buildModule, qemuArm, withoutTools } from "../../programs/build.ts";

const here = (name: string) => join(import.meta.dir, name);
const SDK = here("../../../src/sdk/include");
const COMMON = "-O2 -ffp-contract=off -w -D_GNU_SOURCE".split(" ");
const ARM = "-march=armv7-a -marm -mfpu=vfpv3-d16";
const BUILDS: Record<string, string> = {
  hard: `${ARM} -mfloat-abi=hard`,
  softfp: `${ARM} -mfloat-abi=softfp`,
  m4: "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
};

/** Translating everything at once takes seconds. */
const ENGINES = (
  process.env.RTT_SIM_FULL === "1" ? ["interp", "jit", "auto"] : ["interp", "auto"]
) as ("interp" | "jit" | "auto")[];

const read = (name: string) => readFileSync(here(name));
const expected = read("jumps.expected").toString();
let work = "";
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "rtt-jumps-"));
});
afterAll(() => rmSync(work, { recursive: true }));

for (const build of Object.keys(BUILDS))
  for (const engine of ENGINES)
    test(`${build}, ${engine}: s16 to s31 are after a longjmp what they were at the setjmp`, () => {
      const board = new WholeBoard(
        { "/jumps.mo": new Uint8Array(read(`${build}.mo`)) },
        { engine },
      );
      try {
        expect(board.run("/jumps.mo", "jumps")).toBe(expected);
        expect(board.diagnostics).toEqual([]);
      } finally {
        board.machine.close();
      }
    });

for (const engine of ENGINES)
  test(`${engine}: d8 to d15 are kept for setjmps of which coroutines in the heap know nothing`, () => {
    const board = new WholeBoard(
      { "/co.mo": new Uint8Array(read("coroutines.softfp.mo")) },
      { engine },
    );
    try {
      expect(board.run("/co.mo", "co")).toContain("d10 is 42.25, heap above\n");
      expect(board.diagnostics).toEqual([]);
    } finally {
      board.machine.close();
    }
  });

test.skipIf(withoutTools !== undefined)(
  `qemu-arm prints what is expected here${withoutTools ? ` (${withoutTools})` : ""}`,
  () => {
    const file = join(work, "jumps.elf");
    const sources = [here("jumps.c"), here("reference.s")];
    buildLinux(sources, [...BUILDS.hard.split(" "), ...COMMON, "-DREFERENCE"], file);
    expect(qemuArm(file)).toEqual({ status: 0, stdout: expected });
  },
  60_000,
);

const build = (name: string, file: string, source = "jumps.c") =>
  buildModule(
    [here(source)],
    [...BUILDS[name].split(" "), ...COMMON, "-DTHREADS", `-I${SDK}`],
    file,
  );

test.skipIf(toolchain() !== TOOLCHAIN)(
  "the modules are what their compiler makes",
  () => {
    const coroutines = "coroutines.softfp";
    for (const name of [...Object.keys(BUILDS), coroutines]) {
      const file = join(work, `${name}.mo`);
      if (name === coroutines) build("softfp", file, "coroutines.c");
      else build(name, file);
      expect({ name, same: readFileSync(file).equals(read(`${name}.mo`)) }).toEqual({
        name,
        same: true,
      });
    }
  },
  60_000,
);
