/** What a run of a program came to, with other programs and libraries around it: ends/build.sh makes the programs. */
import { describe, expect, test } from "bun:test";
import { HostModules } from "../../src/dlmodule/mod.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const files = {
  "/ends.mo": fixture("test/dlmodule/ends/ends.mo"),
  "/ends.so": fixture("test/dlmodule/ends/ends.so"),
  "/early.mo": fixture("test/dlmodule/ends/early.mo"),
  "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
};

/** Exit codes of `rtt-sim run` (cli.md: 139 fault, 134 abort, otherwise what main or exit() gave). */
const CASES: readonly (readonly [what: string, args: string, code: number])[] = [
  ["a fault after a child that ended well", "child-fault", 139],
  ["abort() after a child that ended well", "child-abort", 134],
  ["exit(7) after a child that ended well", "child-exit", 7],
  ["0 after a child that ended well", "child-", 0],
  ["a child that faults", "started-fault", 139],
  ["a child that faults, and a return value of its own", "started-fault 5", 5],
  ["a child that aborts", "started-abort", 134],
  ["a child's exit(7) is the child's", "started-exit", 0],
  ["a module that it could not load", "unloadable", 4],
  ["a fault in an exit handler", "atexit-fault", 139],
  ["abort() in an exit handler", "atexit-abort", 134],
  ["exit(7) in an exit handler", "atexit-exit", 7],
  ["a fault in a destructor", "destructor-fault", 139],
  ["abort() in a destructor", "destructor-abort", 134],
  ["exit(7) in a destructor", "destructor-exit", 7],
  ["a fault in the destructor of a library that it closes", "closed-fault", 139],
  ["abort() in the destructor of a library that it closes", "closed-abort", 134],
  ["exit(7) in the destructor of a library that it closes", "closed-exit", 7],
  ["a fault in the destructor of a library that it has open", "open-fault", 139],
  ["abort() in the destructor of a library that it has open", "open-abort", 134],
  ["exit(7) in the destructor of a library that it has open", "open-exit", 7],
];

describe("the exit code of a run", () => {
  for (const [what, args, code] of CASES)
    test(`${what}: ${code}`, () => {
      const board = new WholeBoard(files);
      board.run("/ends.mo", `ends ${args}`);
      expect(board.machine.outcome.code).toBe(code);
      // The board goes on, and nothing of the program is left.
      expect(board.machine.loader.modules()).toEqual([]);
      expect(board.run("/hello.mo", "hello")).toContain("Hello, world");
      expect(board.machine.outcome.code).toBe(0);
    });
});

describe("a program that is started and has not had its first turn", () => {
  const board = (options = {}): WholeBoard =>
    new WholeBoard({ ...files, "/queued.mo": fixture("test/dlmodule/ends/queued.mo") }, options);
  test("is not freed: RT_EBUSY, and it runs", () => {
    const started = board();
    expect(started.run("/queued.mo", "queued")).toBe("destroy -7\nHello, world\n");
    expect(started.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
    expect(started.machine.loader.modules()).toEqual([]);
  });
  test("by the host neither", () => {
    const { machine } = board();
    const host = new HostModules(machine.loader, machine.kernel);
    machine.kernel.lock();
    const handle = machine.loader.exec("/hello.mo", "hello");
    handle.next();
    const [{ address }] = machine.loader.modules();
    machine.kernel.unlock();
    expect(host.destroy(address)).toBe(false);
  });
});

test("a fault in a thread whose module nobody knows is no success", () => {
  const board = new WholeBoard({ "/queued.mo": fixture("test/dlmodule/ends/queued.mo") });
  board.run("/queued.mo", "queued fault");
  expect(board.diagnostics.join()).toContain("data abort");
  expect(board.machine.outcome).toMatchObject({ kind: "fault", code: 139 });
});

describe("modules that start inside of one another without end", () => {
  const nest = fixture("test/dlmodule/ends/nest.mo");
  test.each(["/nest.mo", "/ping.mo"])("%s", (path) => {
    const board = new WholeBoard(
      { "/nest.mo": nest, "/ping.mo": nest, "/pong.mo": nest, "/hello.mo": files["/hello.mo"] },
      { leaks: "ignore" },
    );
    board.run("/hello.mo", "hello");
    const { used } = board.machine.kernel.heap;
    expect(board.run(path, "nest")).toBe("no more\nmain\n");
    expect(board.diagnostics).toEqual([
      expect.stringMatching(
        /^\/\w+\.mo cannot be loaded: it is loaded inside of the start of 16 modules, each of which loads the next one: .*\?$/,
      ),
    ]);
    expect(board.machine.outcome.code).toBe(0);
    expect(board.machine.loader.modules()).toEqual([]);
    expect(board.machine.kernel.heap.used).toBe(used);
  });
});

describe("a module is not freed under its own code", () => {
  // RT_EBUSY is 7 (rtdef.h of RT-Thread 4.0.4).
  const INIT = "destroy -7\n";
  test("dlmodule_destroy and dlclose in module_init and module_cleanup of a program", () => {
    const board = new WholeBoard(files);
    const said = board.run("/early.mo", "early");
    expect(said).toBe(
      `${INIT}close -1: early was not opened with dlopen\nmain\ncleanup: destroy -7\n`,
    );
    expect(board.machine.outcome.code).toBe(3);
    expect(board.run("/hello.mo", "hello")).toContain("Hello, world");
  });
  test("the same of a library", () => {
    const board = new WholeBoard(files);
    const modules = new HostModules(board.machine.loader, board.machine.kernel);
    const library = modules.dlopen("/early.mo");
    expect(board.said()).toBe(
      `${INIT}close -1: /early.mo: it is still being loaded: its constructors or module_init have not returned\n`,
    );
    modules.dlclose(library);
    expect(board.said()).toBe("cleanup: destroy -7\n");
    expect(board.machine.loader.modules()).toEqual([]);
    expect(board.run("/hello.mo", "hello")).toContain("Hello, world");
  });
});

test("threads of one program that open a library at once all have it constructed", () => {
  const board = new WholeBoard({
    "/threads.mo": fixture("test/dlmodule/ends/threads.mo"),
    "/slow.so": fixture("test/dlmodule/ends/slow.so"),
  });
  const lines = board.run("/threads.mo", "threads").trim().split("\n");
  expect(lines.sort()).toEqual(["0: 1", "1: 1", "2: 1"]);
  expect(board.diagnostics).toEqual([]);
  expect(board.machine.loader.modules()).toEqual([]);
});

describe("module_init in the thread of the shell", () => {
  const all = {
    "/opens.mo": fixture("test/dlmodule/ends/opens.mo"),
    "/waits.mo": fixture("test/dlmodule/ends/waits.mo"),
    "/slow.so": fixture("test/dlmodule/ends/slow.so"),
  };
  test("what it opens is the module's: reported, and closed", () => {
    const board = new WholeBoard(all);
    const { vfs, loader } = board.machine;
    const before = vfs.openFiles().length;
    board.run("/opens.mo", "opens");
    const said = board.diagnostics.join("\n").replace(/\+0x[0-9a-f]+/g, "+OFFSET");
    expect(said.replace(/descriptor \d+/g, "descriptor N")).toBe(
      "/opens.mo left behind (given back now):\n" +
        "  library /slow.so, from module_init+OFFSET, open: 1 dlopen without dlclose\n" +
        "  stream of descriptor N (/stream.txt), from module_init+OFFSET\n" +
        "  descriptor N (/file.txt), from module_init+OFFSET",
    );
    expect(vfs.openFiles().length).toBe(before);
    expect(Buffer.from(vfs.readFile("/stream.txt")).toString()).toBe("written\n");
    expect(loader.modules()).toEqual([]);
  });
  test("what it loads and starts is the module's, and goes with it", () => {
    const board = new WholeBoard({
      "/loads.mo": fixture("test/dlmodule/ends/loads.mo"),
      "/slow.so": fixture("test/dlmodule/ends/slow.so"),
      "/t_spin.mo": fixture("test/fixtures/transcripts/t_spin.mo"),
    });
    const { kernel, loader } = board.machine;
    board.run("/loads.mo", "loads");
    const before = kernel.heap.used;
    for (let n = 0; n < 3; n++) {
      board.diagnostics.length = 0;
      board.run("/loads.mo", "loads");
      expect(board.diagnostics.join("\n").replace(/\+0x[0-9a-f]+/g, "+OFFSET")).toBe(
        "/loads.mo left behind (given back now):\n" +
          "  program /t_spin.mo, from module_init+OFFSET, which it started and which still ran\n" +
          "  module /slow.so, from module_init+OFFSET, dlmodule_load without dlmodule_destroy",
      );
      expect(loader.modules()).toEqual([]);
      expect(kernel.heap.used).toBe(before);
    }
  });
  test("when it waits for ever, the deadlock report says who loads what", () => {
    const board = new WholeBoard(all);
    board.run("/waits.mo", "waits");
    expect(board.machine.reports.waiting()).toContain(
      "thread tshell is loading /waits.mo, and module_init of it has not returned",
    );
  });
});

test("what dlopen was given that is no file, and a long path, leave room for the reason", () => {
  const board = new WholeBoard({ "/open.mo": fixture("test/dlmodule/ends/open.mo") });
  const reason = (name: string) => board.run("/open.mo", `open ${name}`).trim();
  expect(reason("/")).toBe("/: it is a directory");
  expect(reason('""')).toBe("the name of the library is empty");
  const long = `/${"long".repeat(45)}`;
  expect(reason(`${long}/end.so`)).toMatch(/^\/long.*\.\.\..*\/end\.so: no such file$/);
});

test("a message of dlerror that is too long ends with a word, and says that there is more", () => {
  const board = new WholeBoard({
    "/open.mo": fixture("test/dlmodule/ends/open.mo"),
    "/lacks.so": fixture("test/dlmodule/ends/lacks.so"),
  });
  const said = board.run("/open.mo", "open /lacks.so").trim().split("\n").at(-1)!;
  expect(said.length).toBeLessThan(128);
  expect(said).toMatch(
    /^\/lacks\.so: a_function_with_a_long_name_\w+: not exported by the kernel and not defined in the module\.\.\.$/,
  );
});
