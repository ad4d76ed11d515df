/** What a debugger must be able to go on from: looks at other threads, and programs that have ended or were started again. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

const skip = !gcc || !gdb;
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
let module = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
  if (!skip) module = compile(join(PROGRAMS, "demo.c"), join(dir, "demo.mo"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const hits = (said: string): number => said.match(/hit Breakpoint \d+, compare/g)?.length ?? 0;

describe.skipIf(skip)(`going on with gdb-multiarch${why}`, () => {
  test("behind info threads, thread N and thread apply all it stops where the program is", async () => {
    const look = ["continue", "backtrace 1"];
    const { gdb: said, code } = await debug(
      ["run", module],
      [
        "break compare",
        ...look,
        "info threads",
        ...look,
        "thread 2",
        ...look,
        "thread apply all -q backtrace 1",
        "delete",
        "continue",
      ],
    );
    expect(hits(said)).toBe(3);
    expect(said.match(/^#0 +compare \(a=/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(said).toContain("exited with code 011");
    expect(code).toBe(9);
  }, 60_000);

  test("extended-remote: run after the end and after kill", async () => {
    const {
      gdb: said,
      out,
      code,
    } = await debug(
      ["run", module],
      [
        "continue",
        "info threads",
        "monitor reset",
        "run",
        "break main",
        "run",
        "kill",
        "run",
        "continue",
      ],
      { extended: true },
    );
    expect(said).toContain("the program has ended: 'run' starts it again");
    expect(said.match(/exited with code 011/g)?.length).toBe(3);
    // gdb stops where it was told to, and nowhere else.
    expect(said.match(/hit Breakpoint 1, main/g)?.length).toBe(2);
    expect(said).not.toContain("SIGTRAP");
    expect(out).toBe("value 9\n".repeat(3));
    expect(code).toBe(9);
  }, 60_000);

  test("run gives the arguments of the command line, or those of set args", async () => {
    const { gdb: said } = await debug(
      ["run", module, "own"],
      [
        "break main",
        "run",
        "print argc",
        "set args one two three",
        "run",
        "print argc",
        "set args",
        "run",
        "print argc",
        "kill",
      ],
      { extended: true },
    );
    expect(said).toContain("$1 = 2\n");
    expect(said).toContain("$2 = 4\n");
    expect(said).toContain("$3 = 2\n");
  }, 60_000);

  test("monitor reset at a breakpoint, then continue, stepi or info threads", async () => {
    const { gdb: said, code } = await debug(
      ["run", module],
      [
        "break compare",
        "continue",
        "monitor reset",
        "continue",
        "monitor reset",
        "info threads",
        "continue",
        "monitor reset",
        "stepi",
        "continue",
        "delete",
        "continue",
      ],
    );
    expect(hits(said)).toBe(4);
    expect(said).toMatch(/"start" \(nothing has run yet\)/);
    expect(said).toContain("exited with code 011");
    expect(code).toBe(9);
  }, 60_000);
});
