/** Libraries whose DT_NEEDED lead back to them: ends/build.sh makes them. */
import { describe, expect, test } from "bun:test";
import { findCircle } from "../../src/dlmodule/circle.ts";
import { CirclePlacer } from "../../src/dlmodule/circle-placer.ts";
import { HostModules } from "../../src/dlmodule/mod.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const end = (name: string): Uint8Array => fixture(`test/dlmodule/ends/${name}`);

function boardWith(options = {}): WholeBoard {
  const programs = ["circle.mo", "pair.mo", "around.mo", "hold.mo"].map((name) => [
    `/${name}`,
    end(name),
  ]);
  const board = new WholeBoard(Object.fromEntries(programs), options);
  board.machine.vfs.mkdir("/lib");
  for (const name of ["round.so", "about.so", "self.so"])
    board.machine.vfs.writeFile(`/lib/${name}`, end(name));
  return board;
}

function pass({ machine: { kernel } }: WholeBoard, ticks: number): void {
  const end = kernel.tick + ticks;
  while (kernel.tick < end) kernel.run({ untilTick: end, skipIdle: true });
}

/** They start as glibc's dynamic linker starts the same sources: what is needed first, the one that was opened last. They end in reverse. */
const ROUND_UP = "about up 6\nround up 76\n";
const ROUND_DOWN = "round down 76\nabout down 6\nround cleanup 76\nabout cleanup 6\n";
const ABOUT_UP = "round up 76\nabout up 6\n";
const ABOUT_DOWN = "about down 6\nround down 76\nabout cleanup 6\nround cleanup 76\n";

describe("libraries that need each other", () => {
  const CASES: readonly (readonly [what: string, line: string, output: string])[] = [
    [
      "come and go together",
      "circle +/lib/round.so =/lib/round.so -/lib/round.so",
      `${ROUND_UP}calls 76\n${ROUND_DOWN}closed /lib/round.so 0\n`,
    ],
    [
      "start with what is needed, whichever is opened",
      "circle +/lib/about.so =/lib/about.so -/lib/about.so",
      `${ABOUT_UP}calls 76\n${ABOUT_DOWN}closed /lib/about.so 0\n`,
    ],
    [
      "stay until the last handle of either is closed",
      "circle +/lib/round.so +/lib/about.so +/lib/about.so -/lib/round.so =/lib/about.so -/lib/about.so -/lib/about.so",
      `${ROUND_UP}closed /lib/round.so 0\ncalls 76\nclosed /lib/about.so 0\n${ROUND_DOWN}closed /lib/about.so 0\n`,
    ],
    [
      "are not closed by who has not opened them",
      "circle +/lib/round.so +/lib/about.so -/lib/about.so -/lib/about.so =/lib/round.so -/lib/round.so",
      `${ROUND_UP}closed /lib/about.so 0\n` +
        "closed /lib/about.so -1 /lib/about.so: no dlopen of it is left to close: round needs it (DT_NEEDED)\n" +
        `calls 76\n${ROUND_DOWN}closed /lib/round.so 0\n`,
    ],
    [
      "are there for a program that is linked with one",
      "around",
      `${ROUND_UP}linked 76\n${ROUND_DOWN}`,
    ],
    [
      "one that needs itself",
      "circle +/lib/self.so =/lib/self.so -/lib/self.so",
      "calls 8\nclosed /lib/self.so 0\n",
    ],
  ];
  for (const [what, line, output] of CASES)
    test(what, () => {
      const board = boardWith({ leaks: "error" });
      const file = `/${line.split(" ", 1)}.mo`;
      board.run(file, line);
      const before = board.machine.kernel.heap.used;
      for (let n = 0; n < 3; n++) {
        board.diagnostics.length = 0;
        expect(board.run(file, line)).toBe(output);
        expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
        expect(board.diagnostics).toEqual([]);
        expect(board.machine.loader.modules()).toEqual([]);
        expect(board.machine.kernel.heap.used).toBe(before);
      }
    });
  test("one closes another in its module_init, and itself: the last reference stays", () => {
    const board = boardWith({ leaks: "error" });
    for (const name of ["turn.so", "back.so"])
      board.machine.vfs.writeFile(`/lib/${name}`, end(name));
    expect(board.run("/circle.mo", "circle +/lib/turn.so -/lib/turn.so")).toBe(
      "/lib/back.so 0 closed\n" +
        "/lib/back.so -1 /lib/back.so: no dlopen of it is left to close: turn needs it (DT_NEEDED)\n" +
        "/lib/turn.so 0 closed\n" +
        "/lib/turn.so -1 /lib/turn.so: it is still being loaded: its constructors or module_init have not returned\n" +
        "closed /lib/turn.so 0\n",
    );
    expect(board.diagnostics).toEqual([]);
    expect(board.machine.loader.modules()).toEqual([]);
  });
  test("two threads that open one each have both", () => {
    const board = boardWith();
    const said = board.run("/pair.mo", "pair");
    expect(said).toContain("76 76\n");
    expect(said.match(/ up /g)).toHaveLength(2);
    expect(said.match(/ down /g)).toHaveLength(2);
    expect(board.machine.loader.modules()).toEqual([]);
    expect(board.diagnostics).toEqual([]);
  });
  test("left open: named with the call of dlopen, and both go", () => {
    const board = boardWith();
    expect(board.run("/circle.mo", "circle +/lib/round.so")).toBe(ROUND_UP + ROUND_DOWN);
    expect(board.diagnostics.join("\n")).toMatch(
      /^\/circle\.mo left behind \(given back now\):\n  library \/lib\/round\.so, from main\+0x[0-9a-f]+, open: 1 dlopen without dlclose$/,
    );
    expect(board.machine.loader.modules()).toEqual([]);
  });
  test("a constructor that fails: nothing is left of any", () => {
    const board = boardWith();
    const { kernel, loader } = board.machine;
    board.run("/circle.mo", "circle +/lib/round.so -/lib/round.so");
    const modules = new HostModules(loader, kernel);
    const text = (value: string): number => {
      const at = kernel.heap.alloc(16);
      kernel.memory.write(at, new TextEncoder().encode(`${value}\0`));
      return at;
    };
    expect(modules.call(modules.symbolFind("setenv")!, text("FAIL_ABOUT"), text("1"), 1)).toBe(0);
    const figures = (): unknown => [kernel.heap.used, loader.modules()];
    const host = () => expect(() => modules.dlopen("round.so")).toThrow(/round\.so: .*data abort/);
    host();
    board.settle();
    const before = figures();
    for (let n = 0; n < 3; n++) {
      host();
      board.settle();
      expect(board.run("/circle.mo", "circle +/lib/about.so")).toContain(
        "round up 76\nabout up 6\n",
      );
      expect(board.machine.outcome.kind).toBe("fault");
      board.settle();
      expect(figures()).toEqual(before);
    }
  });
  test("the program that has loaded them ends, and another user goes on", () => {
    const board = boardWith();
    const { kernel, loader } = board.machine;
    board.run("/circle.mo", "circle +/lib/round.so -/lib/round.so");
    const before = kernel.heap.used;
    const modules = new HostModules(loader, kernel);
    board.machine.runModule("/hold.mo", "hold /lib/round.so");
    pass(board, 20);
    expect(
      loader
        .modules()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(["about", "hold", "round"]);
    const about = modules.dlopen("about.so");
    board.settle();
    expect(
      loader
        .modules()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(["about", "round"]);
    expect(modules.call(modules.dlsym(about, "in_about")!)).toBe(6);
    modules.dlclose(about);
    board.settle();
    expect(loader.modules()).toEqual([]);
    expect(kernel.heap.used).toBe(before);
  });
  test("the thread that loads them is ended in a constructor: nothing is left of any", () => {
    const board = boardWith();
    const { kernel, loader } = board.machine;
    const modules = new HostModules(loader, kernel);
    board.run("/circle.mo", "circle +/lib/round.so -/lib/round.so");
    const text = (value: string): number => {
      const at = kernel.heap.alloc(16);
      kernel.memory.write(at, new TextEncoder().encode(`${value}\0`));
      return at;
    };
    expect(modules.call(modules.symbolFind("setenv")!, text("SLOW_ABOUT"), text("1"), 1)).toBe(0);
    const before = kernel.heap.used;
    for (let n = 0; n < 3; n++) {
      board.machine.runModule("/hold.mo", "hold /lib/round.so");
      pass(board, 20);
      const hold = loader.modules().find(({ name }) => name === "hold")!;
      expect(loader.modules()).toHaveLength(3);
      expect(modules.exit(hold.address)).toBeTrue();
      board.settle();
      expect(loader.modules()).toEqual([]);
      expect(kernel.heap.used).toBe(before);
    }
  });
  test("a partner that cannot be loaded is named, and nothing is left", () => {
    const board = boardWith();
    const { kernel, loader, vfs } = board.machine;
    const modules = new HostModules(loader, kernel);
    const before = kernel.heap.used;
    const about = end("about.so");
    // The table of relocations has a type that does not exist.
    const broken = Buffer.from(about);
    const at = broken.indexOf(Buffer.from([0x17, 0, 0, 0]));
    broken[at] = 0xee;
    vfs.writeFile("/lib/about.so", broken);
    expect(() => modules.dlopen("round.so")).toThrow(
      "it needs the library /lib/about.so (DT_NEEDED), which cannot be loaded",
    );
    expect(board.diagnostics.join("\n")).toMatch(/\/lib\/about\.so cannot be loaded/);
    expect(loader.modules()).toEqual([]);
    vfs.writeFile("/lib/about.so", about);
    modules.dlclose(modules.dlopen("round.so"));
    board.settle();
    expect(kernel.heap.used).toBeLessThanOrEqual(before + 2048);
    expect(loader.modules()).toEqual([]);
  });
});

test("the thread ends while it gives back what a circle that is refused needs: all of it goes", () => {
  const given: string[] = [];
  const libraries = {
    *require(_names: readonly string[], found: string[]) {
      yield* [];
      found.push(`needed ${found.length}`, "needed too");
    },
    *release(these: readonly string[]) {
      try {
        yield;
      } finally {
        given.push(...these);
      }
    },
    releaseLater: (these: readonly string[]) => void given.push(...these),
    lookup: () => 0,
  };
  const draft = { plan: { needed: [], exports: new Map(), hardFloat: false } };
  const preparer = {
    read: () => new Uint8Array(),
    draft: () => draft,
    plan: () => draft,
    bind: () => {
      throw new Error("a symbol that is missing");
    },
  };
  const placer = new CirclePlacer(preparer as never, {} as never, libraries as never, () => {});
  const task = placer.place([
    { path: "/a.so", needs: ["/b.so"] },
    { path: "/b.so", needs: ["/a.so"] },
  ]);
  expect(task.next().done).toBe(false);
  task.return(undefined);
  expect(given).toEqual(["needed 0", "needed too", "needed 0", "needed too"]);
});

describe("which files form a circle", () => {
  const names = (graph: Record<string, string>, root: string): string[] | undefined =>
    findCircle(root, (path) => [...(graph[path] ?? "")])?.map(({ path }) => path);
  test.each([
    ["nothing", {}, undefined],
    ["a chain", { a: "b", b: "c" }, undefined],
    ["a circle further on is that file's", { a: "b", b: "c", c: "b" }, undefined],
    ["two", { a: "b", b: "a" }, ["b", "a"]],
    ["itself", { a: "a" }, ["a"]],
    ["three, with one outside", { a: "bx", b: "c", c: "a", x: "y" }, ["c", "b", "a"]],
    ["two ways", { a: "bc", b: "d", c: "d", d: "a" }, ["d", "b", "c", "a"]],
    ["an inner circle", { a: "b", b: "c", c: "ba" }, ["c", "b", "a"]],
    ["letters of both sizes are one", { a: "b", b: "A" }, ["b", "a"]],
  ] as const)("%s", (_, graph, order) => {
    expect(names(graph, "a")).toEqual(order as unknown as string[]);
  });
  test("a chain of 100,000 files, and back", () => {
    const count = 100_000;
    const found = findCircle("0", (path) => [String((Number(path) + 1) % count)]);
    expect(found?.length).toBe(count);
  });
});
