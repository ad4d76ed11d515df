/** Breakpoints that are set before the code is in memory where it will be, and runs that the debugger ends or begins again in `test`. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

const skip = !gcc || !gdb;
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
let module = "";
let suite = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
  if (skip) return;
  module = compile(join(PROGRAMS, "stores.c"), join(dir, "stores.mo"));
  suite = join(dir, "suite");
  mkdirSync(suite);
  for (const name of ["a", "b", "c"]) cpSync(module, join(suite, `${name}.mo`));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const hits = (said: string): number => said.match(/hit Breakpoint \d+, main/g)?.length ?? 0;

describe.skipIf(skip)(`code that comes over a breakpoint${why}`, () => {
  test("monitor reset where nothing of main was executed", async () => {
    const { gdb: said, code } = await debug(
      ["run", module],
      ["break stores.c:11", "monitor reset", "continue", "print x", "continue"],
    );
    expect(hits(said)).toBe(1);
    expect(said).toContain("$1 = 4\n");
    expect(code).toBe(0);
  }, 60_000);

  test("break *ADDRESS and run", async () => {
    const { gdb: said, out } = await debug(
      ["run", module],
      ['eval "break *%u", (unsigned)$pc', "run", "delete", "continue"],
      { extended: true },
    );
    expect(hits(said)).toBe(1);
    expect(said).toContain("exited normally");
    expect(out).toBe("done 4 6\n");
  }, 60_000);

  test("the same line in each test of a folder, and no stop between them", async () => {
    const {
      gdb: said,
      err,
      out,
    } = await debug(
      ["test", suite],
      ["break stores.c:11", ...Array<string>(4).fill("continue"), "info breakpoints"],
    );
    expect(hits(said)).toBe(3);
    expect(said).toContain("already hit 3 times");
    expect(said).not.toContain("SIGTRAP");
    expect(out + err).toContain("3 passed, 0 failed");
  }, 60_000);
});

describe.skipIf(skip)(`tests and the end of them${why}`, () => {
  test("behind detach the other tests run without waiting", async () => {
    const { out, err, code } = await debug(
      ["test", suite],
      ["break stores.c:11", "continue", "detach"],
    );
    expect(out + err).toContain("3 passed, 0 failed");
    expect(code).toBe(0);
  }, 60_000);

  test("kill ends the tests, and is no defect", async () => {
    const { out, err, code } = await debug(
      ["test", suite],
      ["break stores.c:11", "continue", "kill"],
    );
    expect(out + err).not.toMatch(/internal error|defect|FAIL/);
    expect(code).toBe(137);
  }, 60_000);

  test.each([
    ["run", true],
    ["monitor reset", false],
  ] as const)(
    "%s begins with the first test again",
    async (again, extended) => {
      const {
        gdb: said,
        out,
        err,
        code,
      } = await debug(
        ["test", suite],
        [
          "break stores.c:11",
          "continue",
          again,
          ...(extended ? [] : ["continue"]),
          "delete",
          "continue",
        ],
        { extended },
      );
      expect(hits(said)).toBe(2);
      expect(out + err).not.toMatch(/internal error|defect|FAIL/);
      expect(out + err).toContain("3 passed, 0 failed");
      expect(code).toBe(0);
    },
    60_000,
  );
});
