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
  "-march=armv7-a -marm -msoft-float -O1 -mlong-calls -fPIC -D_POSIX_C_SOURCE=199309L -D__RTTHREAD__ " +
  "-DRT_USING_NEWLIB -DHAVE_CCONFIG_H -Wl,--gc-sections,-z,max-page-size=0x4 -shared -nostartfiles -nostdlib " +
  "-static-libgcc -Wl,--target2=got-rel -e main";

function build(out: string): void {
  const source = [join(DIR, "exceptions.cpp"), "-Isrc/sdk/include", "-lgcc", "-o", out];
  const compile = Bun.spawnSync(["arm-none-eabi-g++", ...FLAGS.split(" "), ...source], {
    cwd: root,
  });
  expect(compile.stderr.toString()).toBe("");
  Bun.spawnSync(["arm-none-eabi-strip", "-R", ".hash", out], { cwd: root });
}

test("C++ exceptions are thrown and caught, types of the runtime included", () => {
  const board = new Board({ files: { "/exceptions.mo": fixture(`${DIR}/exceptions.mo`) } });
  expect(board.run("exceptions")).toBe(
    "unwound none\nunwound int 42\nunwound mine 7\nunwound string text\nunwound std std::bad_alloc\nunwound other\n",
  );
  expect(board.ended[0]).toMatchObject({ how: "returned", code: 9 });
});

test.skipIf(toolchain() !== TOOLCHAIN)("exceptions.mo is what its compiler makes", async () => {
  const out = mkdtempSync(join(tmpdir(), "rtt-exceptions-"));
  const file = join(out, "exceptions.mo");
  build(file);
  const made = Buffer.from(await Bun.file(file).arrayBuffer());
  rmSync(out, { recursive: true });
  expect(made.equals(Buffer.from(fixture(`${DIR}/exceptions.mo`)))).toBe(true);
});
