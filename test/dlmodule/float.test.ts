import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../disk/toolchain.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const DIR = "test/dlmodule/float";
const root = join(import.meta.dir, "../..");

/** The documented flags, but with floating-point instructions. */
const FLAGS =
  "-march=armv7-a -marm -mfpu=vfpv3 -mfloat-abi=softfp -O2 -ffp-contract=off -fno-math-errno -mlong-calls -fPIC -D__RTTHREAD__ " +
  "-DRT_USING_NEWLIB -DHAVE_CCONFIG_H -Wl,--gc-sections,-z,max-page-size=0x4 -shared -nostartfiles -nostdlib " +
  "-static-libgcc -Isrc/sdk/include -e main";

function build(out: string): void {
  const command = ["arm-none-eabi-gcc", ...FLAGS.split(" "), join(DIR, "float.c"), "-o", out];
  const compile = Bun.spawnSync(command, { cwd: root });
  expect(compile.stderr.toString()).toBe("");
  Bun.spawnSync(["arm-none-eabi-strip", "-R", ".hash", out], { cwd: root });
}

function logistic(x: number, r: number): number {
  for (let i = 0; i < 200_000; i++) x = r * x * (1 - x);
  return x;
}

test("threads of a softfp module keep their floating-point registers", () => {
  const board = new WholeBoard({ "/float.mo": fixture(`${DIR}/float.mo`) });
  const [first, second, turns] = board.run("/float.mo", "float").split("\n");
  expect(first.split(" ").map(Number)).toEqual([logistic(0.6, 3.8), logistic(0.3, 3.9)]);
  expect(second.split(" ").map(Number)).toEqual([
    Number(Math.fround(1 / 3).toPrecision(9)),
    Math.SQRT2,
    -2,
    3e9,
  ]);
  expect(turns).toBe("took turns: yes");
}, 60_000);

test.skipIf(toolchain() !== TOOLCHAIN)("float.mo is what its compiler makes", async () => {
  const out = mkdtempSync(join(tmpdir(), "rtt-float-"));
  const file = join(out, "float.mo");
  build(file);
  const made = Buffer.from(await Bun.file(file).arrayBuffer());
  rmSync(out, { recursive: true });
  expect(made.equals(Buffer.from(fixture(`${DIR}/float.mo`)))).toBe(true);
});
