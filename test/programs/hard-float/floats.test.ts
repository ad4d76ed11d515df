/** The two ways of passing floating-point values, on one board: floats.c built for each, against the same program under qemu-arm. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { floatEntries } from "../../../src/firmware/mod.ts";
import { ElfImage } from "../../../src/elf/mod.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildLinux, buildModule, buildObject, qemuArm, withoutTools } from "../build.ts";

const SOURCE = join(import.meta.dir, "floats.c");
const SDK = join(import.meta.dir, "../../../src/sdk/include");
const COMMON = "-O2 -ffp-contract=off -w -D_GNU_SOURCE".split(" ");
const BUILDS: Record<string, string> = {
  "a32-hard": "-march=armv7-a -marm -mfpu=vfpv3-d16 -mfloat-abi=hard",
  "m4-hard": "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
  "m7-hard": "-mcpu=cortex-m7 -mthumb -mfpu=fpv5-d16 -mfloat-abi=hard",
  softfp: "-march=armv7-a -marm -mfpu=vfpv3 -mfloat-abi=softfp",
  soft: "-march=armv7-a -marm -mfloat-abi=soft",
};

const FULL = process.env.RTT_SIM_FULL === "1";
const read = (name: string) => readFileSync(join(import.meta.dir, name));
/** What qemu-arm printed. */
const expected = read("floats.expected").toString();
let work = "";
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "rtt-hard-float-"));
});
afterAll(() => rmSync(work, { recursive: true }));

for (const build of Object.keys(BUILDS))
  for (const engine of ["interp", "jit"] as const) {
    // Translating everything at once takes seconds.
    if (engine === "jit" && !FULL && build !== "m7-hard") continue;
    test(`${build}, ${engine}: sin, strtod, frexp, cpow and a hundred others get and give the right values`, () => {
      const board = new WholeBoard(
        { "/floats.mo": new Uint8Array(read(`${build}.mo`)) },
        { engine },
      );
      try {
        expect(board.run("/floats.mo", "floats")).toBe(expected);
        expect(board.diagnostics).toEqual([]);
      } finally {
        board.machine.close();
      }
    });
  }

const HARD = BUILDS["a32-hard"].split(" ");
/** What is built besides, and what it prints. */
const OTHERS: Record<string, { readonly build: (out: string) => void; readonly output: string }> = {
  object: { build: (out) => buildObject(SOURCE, [...HARD, ...COMMON], out), output: expected },
  lookup: {
    build: (out) =>
      buildModule([join(import.meta.dir, "lookup.c")], [...HARD, "-O2", `-I${SDK}`], out),
    output: "1024 2.5 -8\n",
  },
};
for (const [name, { output }] of Object.entries(OTHERS))
  test(`${name}.mo: also of a relocatable object, and through dlsym and dlmodule_symbol_find`, () => {
    const board = new WholeBoard({ "/m.mo": new Uint8Array(read(`${name}.mo`)) });
    expect(board.run("/m.mo", "m")).toBe(output);
    board.machine.close();
  });

test("helpers of the compiler always take core registers: they have no other entry", () => {
  const entries = floatEntries(new ElfImage(read("../../../src/firmware/prebuilt/firmware.elf")));
  const helpers = [...entries.keys()].filter((name) => name.startsWith("__aeabi_"));
  expect(helpers).toEqual([]);
  expect(entries.has("printf")).toBe(false);
  expect(entries.has("qsort")).toBe(false);
});

test.skipIf(withoutTools !== undefined)(
  `qemu-arm prints what is expected here${withoutTools ? ` (${withoutTools})` : ""}`,
  () => {
    const file = join(work, "floats.elf");
    buildLinux([SOURCE], [...BUILDS.soft.split(" "), ...COMMON], file);
    expect(qemuArm(file)).toEqual({ status: 0, stdout: expected });
  },
  60_000,
);

test.skipIf(toolchain() !== TOOLCHAIN)(
  "the modules are what their compiler makes",
  () => {
    for (const [name, flags] of Object.entries(BUILDS)) {
      const file = join(work, `${name}.mo`);
      buildModule([SOURCE], [...flags.split(" "), ...COMMON], file);
      expect({ name, same: readFileSync(file).equals(read(`${name}.mo`)) }).toEqual({
        name,
        same: true,
      });
    }
    for (const [name, { build }] of Object.entries(OTHERS)) {
      const file = join(work, `${name}.mo`);
      build(file);
      expect({ name, same: readFileSync(file).equals(read(`${name}.mo`)) }).toEqual({
        name,
        same: true,
      });
    }
  },
  60_000,
);
