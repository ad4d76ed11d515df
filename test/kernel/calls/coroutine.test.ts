/** A thread whose sp lies in memory of the program's, as the stack of a coroutine, has not overflowed its stack. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -marm -msoft-float -Os -w -I${here("../../../src/sdk/include")}`;

for (const engine of ["interp", "auto", "jit"] as const) {
  const run = (where: string) => {
    const program = new Uint8Array(readFileSync(here("coroutine.mo")));
    const board = new WholeBoard({ "/coroutine.mo": program }, { engine });
    try {
      const text = board.run("/coroutine.mo", `coroutine ${where}`);
      return { text, code: board.machine.outcome.code, said: board.diagnostics };
    } finally {
      board.machine.close();
    }
  };
  for (const where of ["above", "below", "variable", "variable-low", "variable-high"])
    test(`a stack ${where === "above" || where === "below" ? `${where} that of the thread` : `that is a ${where}`}, ${engine}`, () => {
      expect(run(where)).toEqual({ text: "0 1 2 3 4 end\n", code: 0, said: [] });
    });
  test(`a function too large for its stack has overflowed it, ${engine}`, () => {
    const { text, code } = run("too large");
    expect(text).toContain("thread:low stack overflow\n");
    expect(code).toBe(139);
  });
  test(`a static stack that is overflowed, ${engine}`, () => {
    const { text, code } = run("overflow");
    expect(text).toContain("thread:static stack overflow\n");
    expect(code).toBe(139);
  });
}

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-coroutine-"));
  try {
    const file = join(work, "coroutine.mo");
    buildModule([here("coroutine.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("coroutine.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
