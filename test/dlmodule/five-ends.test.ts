/** Programs for RT-Thread 5.x that end while their threads wait: struct rt_thread is another one there. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(60_000);

test("their threads end with them, and nothing is left", () => {
  const board = new WholeBoard(
    { "/ends.mo": fixture("test/dlmodule/leaks/five-ends.mo") },
    { abi: "5.x", leaks: "ignore" },
  );
  const { kernel, loader } = board.machine;
  const threads = (): string[] => board.line("list_thread").match(/^(forever|timed|ends)/gm) ?? [];
  board.run("/ends.mo", "ends return");
  const before = kernel.heap.used;
  for (const [how, code] of [
    ["return", 2],
    ["exit", 3],
    ["abort", 134],
    ["thread", 5],
    ["fault", 139],
  ] as const) {
    board.run("/ends.mo", `ends ${how}`);
    expect({ how, code: board.machine.outcome.code }).toEqual({ how, code });
    expect({ how, used: kernel.heap.used }).toEqual({ how, used: before });
    expect(loader.modules()).toEqual([]);
    expect(threads()).toEqual([]);
  }
});
