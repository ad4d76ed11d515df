import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../disk/toolchain.ts";
import { Board, fixture } from "./board.ts";

const DIR = "test/dlmodule/exceptions";
const root = join(import.meta.dir, "../..");

/** The documented flags, C++ exceptions, and the one way in which ld links a handler for an imported type into a module. */
const FLAGS =
  "-msoft-float -O1 -mlong-calls -fPIC -D_POSIX_C_SOURCE=199309L -D__RTTHREAD__ " +
  "-DRT_USING_NEWLIB -DHAVE_CCONFIG_H -Wl,--gc-sections,-z,max-page-size=0x4 -shared -nostartfiles -nostdlib " +
  "-static-libgcc -Wl,--target2=got-rel -e main";

/** A32 as the reference board, Thumb-2 for the M profile, whose PLT is Thumb code. */
const TARGETS = [
  { file: "exceptions.mo", core: ["-march=armv7-a", "-marm"] },
  { file: "exceptions.thumb.mo", core: ["-mcpu=cortex-m4", "-mthumb"] },
];

function build(core: readonly string[], out: string): void {
  const source = [join(DIR, "exceptions.cpp"), "-Isrc/sdk/include", "-lgcc", "-o", out];
  const compile = Bun.spawnSync(["arm-none-eabi-g++", ...core, ...FLAGS.split(" "), ...source], {
    cwd: root,
  });
  expect(compile.stderr.toString()).toBe("");
  Bun.spawnSync(["arm-none-eabi-strip", "-R", ".hash", out], { cwd: root });
}

for (const { file, core } of TARGETS) {
  test(`C++ exceptions are thrown and caught, types of the runtime included: ${file}`, () => {
    const board = new Board({ files: { "/exceptions.mo": fixture(`${DIR}/${file}`) } });
    expect(board.run("exceptions")).toBe(
      "unwound none\nunwound int 42\nunwound mine 7\nunwound string text\nunwound std std::bad_alloc\nunwound other\n",
    );
    expect(board.ended[0]).toMatchObject({ how: "returned", code: 9 });
  });

  test.skipIf(toolchain() !== TOOLCHAIN)(`${file} is what its compiler makes`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "rtt-exceptions-"));
    const out = join(folder, file);
    build(core, out);
    const made = Buffer.from(await Bun.file(out).arrayBuffer());
    rmSync(folder, { recursive: true });
    expect(made.equals(Buffer.from(fixture(`${DIR}/${file}`)))).toBe(true);
  });
}
