/** A program compiled for RT-Thread 5.x finds the headers of 5.x before the blocks of the heap. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -marm -msoft-float -Os -w -DRTT_SIM_ABI=5 -I${here("../../../src/sdk/include")}`;
const PROGRAM = new Uint8Array(readFileSync(here("five-heap.mo")));

function on<T>(use: (board: WholeBoard) => T): T {
  const board = new WholeBoard({ "/five-heap.mo": PROGRAM }, { engine: "interp", abi: "5.x" });
  try {
    return use(board);
  } finally {
    board.machine.close();
  }
}

test("the heap of the system and one of the program, walked over by the structs of 5.x", () => {
  on((board) => {
    expect(board.run("/five-heap.mo", "five-heap walk")).toBe(
      "whole 1 whole 8 whole 4 1 0 1 0 1 0 1 0 1 whole 0\nwhole 3 1 116 116 1\n",
    );
    expect(board.line("memcheck")).toBe("");
  });
});

test("a header that was overwritten is told in the words of 5.x, and whose store it was", () => {
  on((board) => {
    expect(board.run("/five-heap.mo", "five-heap break")).toContain("broken\n");
    expect(board.diagnostics.join("\n")).toMatch(
      /header of the heap block at 0x[0-9a-f]+ was overwritten, most likely by a store beyond the end of the block before it: 20 bytes/,
    );
    expect(board.line("memcheck")).toMatch(
      /^Memory block wrong:\n   name: heap\naddress: 0x[0-9a-f]{8}\n   pool: 0x1010101\n   size: 20\n$/,
    );
  });
});

test("a block given back twice is told as that", () => {
  on((board) => {
    board.run("/five-heap.mo", "five-heap twice");
    expect(board.diagnostics.join("\n")).toContain("the block was given back twice");
    expect(board.machine.outcome.code).not.toBe(0);
  });
});

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-five-heap-"));
  try {
    const file = join(work, "five-heap.mo");
    buildModule([here("five-heap.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("five-heap.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
