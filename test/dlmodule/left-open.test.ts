/** What programs leave open through descriptors, however they end: leaks/descriptors.c. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const fresh = (): WholeBoard =>
  new WholeBoard({ "/descriptors.mo": fixture("test/dlmodule/leaks/descriptors.mo") });

/** Numbers of open descriptors, and the references of uart1 and uart0 as list_device shows them. */
function state(board: WholeBoard): unknown {
  const list = board.line("list_device");
  const references = (name: string) =>
    Number(new RegExp(`^${name} .*?(\\d+)\\s*$`, "m").exec(list)![1]);
  return {
    open: board.machine.vfs
      .openFiles()
      .map(({ fd }) => fd)
      .toSorted((a, b) => a - b),
    uart1: references("uart1"),
    uart0: references("uart0"),
  };
}

const BEFORE = { open: [3], uart1: 0, uart0: 2 };
const ENDS = "return exit abort assert RT_ASSERT raise fault overflow thread".split(" ");
const THINGS = "open twice both stream dup dup2 moved instead console pipe".split(" ");

for (const what of THINGS)
  test(`${what}: closed however the program ends`, () => {
    const board = fresh();
    expect(state(board)).toEqual(BEFORE);
    for (const how of ENDS) {
      board.run("/descriptors.mo", `descriptors ${what} ${how}`);
      expect({ how, ...(state(board) as object) }).toEqual({ how, ...BEFORE });
    }
  });

describe("while it runs", () => {
  const held: Readonly<Record<string, unknown>> = {
    twice: { open: [3, 4, 5], uart1: 2, uart0: 2 },
    dup: { open: [3, 4], uart1: 1, uart0: 2 },
    moved: { open: [3, 4], uart1: 1, uart0: 2 },
    pipe: { open: [3, 4, 5], uart1: 0, uart0: 2 },
  };
  for (const [what, open] of Object.entries(held))
    test(`${what}: held, and given back by kill`, () => {
      const board = fresh();
      const { loader, kernel } = board.machine;
      board.machine.runModule("/descriptors.mo", `descriptors ${what} wait`);
      const untilTick = kernel.tick + 200;
      let why = "";
      while (why !== "idle" && why !== "tick")
        ({ why } = kernel.run({ untilTick, skipIdle: true }));
      expect(state(board)).toEqual(open);
      expect(loader.modules()).toHaveLength(1);
      board.line("kill descriptors");
      expect(loader.modules()).toEqual([]);
      expect(state(board)).toEqual(BEFORE);
    });
});

test("the report names what was left, pipes as well", () => {
  const board = fresh();
  const left = (what: string): string => {
    board.diagnostics.length = 0;
    board.run("/descriptors.mo", `descriptors ${what}`);
    return board.diagnostics.join("\n").replace(/\+0x[0-9a-f]+/g, "+OFFSET");
  };
  expect(left("pipe")).toEndWith(":\n  2 descriptors 4 (pipe), 5 (pipe), from main+OFFSET");
  expect(left("both")).toEndWith(
    ":\n  descriptor 4 (/uart1), from main+OFFSET\n" +
      '  open device "uart1", from main+OFFSET, rt_device_open without rt_device_close',
  );
  // What stands for stderr goes with the program that put it there, as in POSIX.
  expect(left("moved")).toBe("");
});

describe("a device of a program, which a descriptor holds open", () => {
  const board = new WholeBoard({
    "/driver.mo": fixture("test/dlmodule/leaks/driver.mo"),
    "/user.mo": fixture("test/dlmodule/leaks/user.mo"),
  });
  const before = { heap: board.machine.kernel.heap.used, ...(state(board) as object) };
  const cases: readonly (readonly [line: string, says: string[], left: RegExp])[] = [
    ["driver open 10", ["opened", "descriptor 4", "driver ends", "closed"], /descriptor 4/],
    [
      "driver wait 200 /user.mo open 50",
      ["opened", "descriptor 4", "/user.mo ends", "closed", "driver ends"],
      /user\.mo left .*\n +descriptor 4 \(\/driven\)/,
    ],
    [
      "driver wait 50 /user.mo open 200",
      ["opened", "descriptor 4", "driver ends", "closed"],
      /program \/user\.mo.*\n +device "driven"/,
    ],
    // Registered by the thread of user.mo, it is in that one's list, where names are not looked for.
    [
      "user open 50 /driver.mo wait 200",
      ["descriptor -1", "user ends"],
      /device "driven".*\n +program \/driver\.mo/,
    ],
    [
      "user open 200 /driver.mo wait 50",
      ["descriptor -1", "/driver.mo ends", "user ends"],
      /driver\.mo left .*\n +device "driven"/,
    ],
  ];
  for (const [line, says, left] of cases)
    test(line, () => {
      board.diagnostics.length = 0;
      const [program] = line.split(" ");
      const printed = board.run(`/${program}.mo`, line);
      expect(
        printed.split("\n").filter((row) => /opened|closed|ends|descriptor/.test(row)),
      ).toEqual(says);
      expect(board.diagnostics.join("\n")).toMatch(left);
      expect(board.machine.loader.modules()).toEqual([]);
      const after = { heap: board.machine.kernel.heap.used, ...(state(board) as object) };
      expect(after).toEqual(before);
    });
});
