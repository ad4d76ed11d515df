import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WholeBoard } from "./whole-board.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dir, "static", name)));
const files = { "/static.mo": fixture("static.mo"), "/room.mo": fixture("room.mo") };

/** Where control block and stack are: both in the module, the stack on the heap, the block there, both (rt_thread_create). */
const KINDS = ["static", "tcb", "heap", "created"];

/** Exit codes, and what the report begins with. */
const ENDINGS: readonly (readonly [ending: string, code: number, report: string])[] = [
  ["exit", 7, ""],
  ["abort", 134, "abort() in thread th, module static (/static.mo)"],
  ["rt_assert", 134, "failed assertion in thread th, module static (/static.mo)"],
  ["assert", 134, "in thread th, module static (/static.mo)"],
  ["null", 139, "data abort in thread th, module static (/static.mo)"],
  ["undefined", 139, "undefined instruction in thread th, module static (/static.mo)"],
  ["overflow", 139, "stack overflow in thread th, module static (/static.mo)"],
  ["returns", 0, ""],
];

/** What the shell shows before and after. */
const state = (board: WholeBoard): string =>
  board.line("list_thread").replaceAll(/0x[0-9a-f]+|\d+%/g, "") +
  board.line("list_module") +
  board.line("list_timer").replace(/current tick.*/, "") +
  board.line("free").replaceAll(/maximum.*/g, "");

function check(kind: string, ending: string, code: number, report: string, options = {}): void {
  const board = new WholeBoard(files, { leaks: "ignore", ...options });
  board.run("/static.mo", `static ${kind} return`);
  const before = state(board);
  board.diagnostics.length = 0;
  const said = board.run("/static.mo", `static ${kind} ${ending}`);
  expect(said).not.toContain("rt_thread_detach");
  expect(board.machine.outcome.code).toBe(code);
  expect(board.diagnostics.join("\n")).toContain(report);
  if (report !== "") expect(board.diagnostics.join("\n").match(/ in thread /g)?.length).toBe(1);
  expect(board.machine.loader.modules()).toEqual([]);
  expect(board.line("echo alive")).toBe("alive\n");
  // A stack of rt_malloc lies behind the header of its block, which such an overflow takes.
  if (kind !== "tcb" || ending !== "overflow") expect(state(board)).toBe(before);
}

for (const kind of KINDS)
  describe(`a thread of kind ${kind} ends its program, and the shell goes on`, () => {
    for (const [ending, code, report] of ENDINGS)
      test(`${ending}: ${code}`, () => check(kind, ending, code, report));
    for (const ending of ["exit", "abort", "rt_assert", "null"])
      test(`${ending} in RT-Thread 4.0.4`, () => {
        const [, code, report] = ENDINGS.find(([name]) => name === ending) ?? ["", 0, ""];
        const board = new WholeBoard(files, {
          compat404: true,
          board: { compat404: true },
        } as object);
        board.run("/static.mo", `static ${kind} ${ending}`);
        expect(board.diagnostics.join("\n")).toContain(report);
        expect(board.machine.outcome.code).toBe(code);
        expect(board.line("echo alive")).toBe("alive\n");
      });
    for (const wait of ["delete", "take"])
      if (kind === "created")
        test(`${wait}: to wait after rt_thread_delete of itself is the program's mistake`, () =>
          check(kind, wait, 134, "the thread was deleted"));
  });

test("a control block that the program has overwritten does not stop the system", () => {
  const board = new WholeBoard(files);
  board.run("/static.mo", "static static overwritten");
  expect(board.machine.outcome.code).toBe(139);
  expect(board.line("echo alive")).toBe("alive\n");
});

describe("a switch of threads on a stack that has no room for the registers", () => {
  for (const left of [0, 8, 32, 56])
    test(`${left} bytes: an overflow, and what lies below is whole`, () => {
      const board = new WholeBoard(files);
      expect(board.run("/room.mo", `room ${left}`)).toBe(
        "0 bytes lost\nthread:low stack overflow\n",
      );
      expect(board.diagnostics[0]).toContain("stack overflow in thread low, module room");
      expect(board.machine.outcome.code).toBe(139);
    });
  test("128 bytes are enough", () => {
    const board = new WholeBoard(files);
    expect(board.run("/room.mo", "room 128")).toBe("0 bytes lost\nback\n");
    expect(board.machine.outcome.code).toBe(0);
  });
});
