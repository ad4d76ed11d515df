/** Exceptions that are under way when their program ends: leaks/thrown.cpp. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(60_000);

/** Those of docs/building-modules.md. */
const FLAGS = `-march=armv7-a -marm -msoft-float -O1 -mlong-calls -fPIC -D__RTTHREAD__ -I${SDK_INCLUDE} -shared -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4,--target2=got-rel -w -e main`;

function compile(source: string): Uint8Array {
  const dir = mkdtempSync(join(tmpdir(), "thrown-"));
  try {
    const out = join(dir, "out");
    const file = join(import.meta.dir, "leaks", source);
    const { stderr } = Bun.spawnSync(["arm-none-eabi-g++", ...FLAGS.split(" "), file, "-o", out]);
    expect(stderr.toString()).toBe("");
    return new Uint8Array(readFileSync(out));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test.skipIf(toolchain() === undefined)(
  "the memory of an exception is given back when nobody comes to catch it, without a word",
  () => {
    const board = new WholeBoard({ "/thrown.mo": compile("thrown.cpp") });
    const { heap } = board.machine.kernel;
    for (const how of ["uncaught", "twice", "exit", "nested"]) {
      board.run("/thrown.mo", `thrown ${how}`);
      const before = heap.used;
      for (let n = 0; n < 3; n++) {
        board.diagnostics.length = 0;
        board.run("/thrown.mo", `thrown ${how}`);
        expect({ how, said: board.diagnostics.join().includes("heap block") }).toEqual({
          how,
          said: false,
        });
        expect({ how, used: heap.used }).toEqual({ how, used: before });
      }
    }
  },
);
