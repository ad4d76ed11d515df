/** Calls of the C library and of POSIX at their odd ends, from a program. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import type { MachineOptions } from "../../../src/machine.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -marm -msoft-float -Os -w -I${here("../../../src/sdk/include")}`;

let work = "";
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "rtt-calls-"));
});
afterAll(() => rmSync(work, { recursive: true }));

function run(args: string, options: Partial<MachineOptions> = {}) {
  const program = new Uint8Array(readFileSync(here("calls.mo")));
  const board = new WholeBoard({ "/calls.mo": program }, { engine: "interp", ...options });
  try {
    const text = board.run("/calls.mo", `calls ${args}`);
    return { text, code: board.machine.outcome.code, said: board.diagnostics };
  } finally {
    board.machine.close();
  }
}

describe("raise", () => {
  // SIGINT, SIGKILL, SIGSEGV, SIGTERM, SIGUSR1
  for (const signal of [2, 9, 11, 15, 30])
    test(`signal ${signal} without a handler ends the program`, () => {
      const code = 128 + signal;
      const text = `thread:calls exit:${code}!\n`;
      expect(run(`raise ${signal}`)).toEqual({ text, code, said: [] });
    });

  test("a handler of sigaction, one that ignores, a signal held back and one that is harmless end nothing", () => {
    const end = "raise gave 0, errno 0\nexit handlers ran\n";
    expect(run("raise 15 caught").text).toBe(`caught 15\n${end}`);
    expect(run("raise 15 ignored").text).toBe(end);
    expect(run("raise 15 held").text).toBe(end);
    // SIGCHLD is ignored (POSIX.1 signal.h), SIGTSTP would stop the program.
    expect(run("raise 20").text).toStartWith("raise gave 0");
    expect(run("raise 18").text).toStartWith("raise gave -1");
  });

  test("in callbacks of timers there is no program to end: the system goes on", () => {
    const text = "raise gave -1\nraise gave -1\n";
    expect(run("callbacks")).toEqual({ text, code: 0, said: [] });
  });

  test("--compat 4.0.4: newlib's raise of the board fails", () => {
    const { text, code } = run("raise 15", { compat404: true });
    // ENOTSUP of newlib
    expect(text).toStartWith("raise gave -1, errno 134\n");
    expect(code).toBe(0);
  });
});

test("getcwd without a buffer makes one that free takes", () => {
  expect(run("getcwd")).toEqual({ text: "/d\n/d\n1 1\n", code: 0, said: [] });
});

test("tmpfile needs no /tmp on the disk; other files do need their directory", () => {
  expect(run("tmpfile")).toEqual({ text: "kept\n-1\n", code: 0, said: [] });
});

test("poll of no descriptors sleeps; no bytes at NULL are no fault", () => {
  const text = "poll 0 after 5 ticks\nread 0\ndone\n";
  expect(run("nothing")).toEqual({ text, code: 0, said: [] });
});

test("set_date refuses what is no date", () => {
  expect(run("dates").text).toBe("0 0 0 1\n");
});

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const file = join(work, "calls.mo");
  buildModule([here("calls.c")], FLAGS.split(" "), file);
  expect(readFileSync(file).equals(readFileSync(here("calls.mo")))).toBeTrue();
});
