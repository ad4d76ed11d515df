/** exit(), abort(), assert() and faults in functions that the system calls: they end the program they belong to, and nothing else. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -marm -msoft-float -Os -w -I${here("../../../src/sdk/include")}`;
const PROGRAM = new Uint8Array(readFileSync(here("ends.mo")));

/** Exit code of a process, as sh has it for SIGABRT, and whether exit handlers run (ISO C 7.22.4). */
const ENDS = {
  exit: [3, 3, "exit handler\n"],
  // With the scheduler locked, interrupts off, and as if in one.
  inside: [4, 4, "exit handler\n"],
  abort: [1, 134, ""],
  assert: [1, 134, ""],
  quick: [5, 5, ""],
  _Exit: [6, 6, ""],
} as const;

const SYSTEM_THREADS = ["mmcsd_de", "sys_work", "tidle0", "timer", "tshell"];

const threadsOf = (board: WholeBoard) =>
  [...board.line("list_thread").matchAll(/^(\w+) +\d+ /gm)].map(([, name]) => name).sort();

for (const where of ["hard", "soft", "spin", "idle", "work"])
  for (const [how, [status, code, handlers]] of Object.entries(ENDS))
    for (const engine of ["interp", "jit"] as const)
      test(`${how} in what is called: ${where}, ${engine}`, () => {
        const board = new WholeBoard({ "/ends.mo": PROGRAM }, { engine });
        try {
          const free = board.line("free");
          for (let runs = 0; runs < 2; runs++) {
            const text = board.run("/ends.mo", `ends ${where} ${how}`);
            // What is the program's own thread has its handlers run before exit() is said.
            const said = `thread: exit:${status}!\n`;
            const end = where === "work" ? handlers + said : said + handlers;
            expect(text.replace(/assertion .*\n/, "").replace(/^thread:\w+ /m, "thread: ")).toBe(
              `called\n${end}`,
            );
            expect(board.machine.outcome.code).toBe(code);
            expect(threadsOf(board)).toEqual(SYSTEM_THREADS);
          }
          // The most there was may be more.
          const used = (text: string) => /used memory : (\d+)/.exec(text)?.[1];
          expect(used(board.line("free"))).toBe(used(free));
        } finally {
          board.machine.close();
        }
      });

/** What the console says, and the exit code: that of SIGSEGV or SIGABRT. */
const FAILURES = {
  store: ["data abort:", 139],
  jump: ["prefetch abort:", 139],
  undefined: ["undefined instruction:", 139],
  RT_ASSERT: ["(how == RT_NULL) assertion failed at function:end", 134],
} as const;

for (const where of ["hard", "soft", "spin", "idle"])
  for (const [how, [said, code]] of Object.entries(FAILURES))
    for (const engine of ["interp", "jit"] as const)
      test(`a failure in what is called ends its program alone: ${where} ${how}, ${engine}`, () => {
        const board = new WholeBoard({ "/ends.mo": PROGRAM }, { engine });
        try {
          const free = board.line("free");
          for (let runs = 0; runs < 2; runs++) {
            const text = board.run("/ends.mo", `ends ${where} ${how}`);
            expect(text).toStartWith("called\n");
            expect(text).toContain(said);
            expect(text).not.toContain("main goes on");
            expect(board.machine.outcome.code).toBe(code);
            expect(threadsOf(board)).toEqual(SYSTEM_THREADS);
          }
          const used = (text: string) => /used memory : (\d+)/.exec(text)?.[1];
          expect(used(board.line("free"))).toBe(used(free));
        } finally {
          board.machine.close();
        }
      });

test("in 4.0.4 the system stops at it, and nothing is executed any more", () => {
  const board = new WholeBoard({ "/ends.mo": PROGRAM }, { compat404: true });
  try {
    expect(board.run("/ends.mo", "ends hard store")).toEndWith(
      "(0) assertion failed at function:rt_hw_cpu_shutdown, line number:85 \n",
    );
    expect(board.line("echo there")).toBe("");
  } finally {
    board.machine.close();
  }
});

for (const how of ["interrupt", "critical", "masked"])
  test(`main returns without taking back what it did: ${how}`, () => {
    const board = new WholeBoard({ "/ends.mo": PROGRAM });
    try {
      expect(board.run("/ends.mo", `ends return ${how}`)).toBe("exit handler\n");
      expect(board.machine.outcome.code).toBe(7);
      expect(board.line("echo there")).toBe("there\n");
      expect(threadsOf(board)).toEqual(SYSTEM_THREADS);
    } finally {
      board.machine.close();
    }
  });

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-ends-"));
  try {
    const file = join(work, "ends.mo");
    buildModule([here("ends.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("ends.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
