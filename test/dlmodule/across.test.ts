/** C++ across modules: what one library throws is caught in another and in the program, as ISO C++ [except] and [expr.typeid] have it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(60_000);

const gxx = toolchain() !== undefined;
const SOURCES = join(import.meta.dir, "across");
const CORES = { a9: "-march=armv7-a -marm", thumb: "-mcpu=cortex-m4 -mthumb" };
/** Those of docs/building-modules.md. */
const FLAGS = `-msoft-float -O2 -mlong-calls -fPIC -D__RTTHREAD__ -I${SDK_INCLUDE} -shared -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4,--target2=got-rel`;

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "across-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function compile(core: string, source: string, ...flags: string[]): Uint8Array {
  const out = join(dir, "out");
  const words = [...core.split(" "), ...FLAGS.split(" "), ...flags, join(SOURCES, source)];
  const { stderr } = Bun.spawnSync(["arm-none-eabi-g++", ...words, "-o", out]);
  expect(stderr.toString()).toBe("");
  return new Uint8Array(readFileSync(out));
}

function files(core: string): Record<string, Uint8Array> {
  const library = (name: string) => compile(core, "library.cpp", "-e", "0", `-DNAME="${name}"`);
  return {
    "/one.so": library("one"),
    "/two.so": library("two"),
    "/across.mo": compile(core, "main.cpp", "-e", "main"),
  };
}

const UNTIL_CLOSED = `one made
two made
unwound one
main: int 42
unwound one
main: failure
unwound one
main: derived 7
unwound one
main: pointer to derived 9
unwound one
two catches 42
unwound one
two caught failure
two catches -1
unwound one
two catches 7
unwound one
unwound a frame of two
through two: 7
unwound one
thrown again by two: 7
qsort: derived 33
unwound one
exception_ptr: failure
unwound one
unwound two
in a handler: derived 7
types 1 1 0
dynamic_cast 1
unwound one
thread: derived 7
unwound one
timer: int 42
two destroyed
two is closed
`;

for (const [core, flags] of Object.entries(CORES)) {
  test.skipIf(!gxx)(
    `exceptions, types and statics of two libraries, ${core} (needs arm-none-eabi-g++)`,
    () => {
      const board = new WholeBoard(files(flags));
      try {
        for (let run = 0; run < 2; run++)
          expect(board.run("/across.mo", "across")).toBe(
            `${UNTIL_CLOSED}one destroyed\none is closed\n`,
          );
        expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
        // Nobody catches it: std::terminate, which is abort().
        expect(board.run("/across.mo", "across t")).toContain(
          "terminate called after throwing an instance of 'int'",
        );
        expect(board.machine.outcome.code).toBe(134);
        // Code of a library that is unloaded.
        board.run("/across.mo", "across u");
        expect(board.machine.outcome.code).not.toBe(0);
        expect(board.diagnostics.join("\n")).toContain("a module that is no longer loaded");
      } finally {
        board.machine.close();
      }
    },
  );
}
