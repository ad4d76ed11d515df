/** Modules whose start fails: halfway/build.sh makes them; what they do depends on what the file is called. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostModules, ModuleError } from "../../src/dlmodule/mod.ts";
import { ObjectClass } from "../../src/kernel/types.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const ENDS = {
  fault: { kind: "fault", code: 139 },
  exit: { kind: "exit", code: 3 },
  abort: { kind: "abort", code: 134 },
  assert: { kind: "assert", code: 134 },
  stack: { kind: "stack overflow", code: 139 },
} as const;
const PHASES = ["init", "ctor"];

function fresh(...names: string[]): WholeBoard {
  const program = fixture("test/dlmodule/halfway/half.mo");
  const library = fixture("test/dlmodule/halfway/half.so");
  return new WholeBoard({
    "/opener.mo": fixture("test/dlmodule/halfway/opener.mo"),
    "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
    "/quiet.so": library,
    ...Object.fromEntries(
      names.map((name) => [`/${name}`, name.endsWith(".so") ? library : program]),
    ),
  });
}

/** What a start that failed must not change. */
function figures({ machine: { kernel, loader } }: WholeBoard): unknown {
  const lists = Object.values(ObjectClass)
    .filter((cls) => cls !== ObjectClass.Null && cls <= ObjectClass.Module)
    .map((cls) => kernel.objects.list(cls).length);
  return { used: kernel.heap.used, lists, modules: loader.modules().map(({ path }) => path) };
}

describe("in the dlopen of a program, the program ends and the library goes with it", () => {
  for (const phase of PHASES)
    for (const [what, end] of Object.entries(ENDS))
      test(`${phase}-${what}`, () => {
        const name = `/${phase}-${what}.so`;
        const board = fresh(name.slice(1));
        board.run("/opener.mo", "opener /quiet.so");
        const before = figures(board);
        // Not once only: the second run must not be given what the first one has left.
        for (let n = 0; n < 2; n++) {
          expect(board.run("/opener.mo", `opener ${name}`)).toStartWith(`${what}.so\n`);
          expect(board.machine.outcome).toMatchObject(end);
          expect(figures(board)).toEqual(before);
        }
        expect(board.run("/hello.mo", "hello")).toContain("Hello, world");
      });
  test("a thread that deletes itself in module_init", () => {
    const board = fresh("init-delete.so");
    board.run("/opener.mo", "opener /quiet.so");
    const before = figures(board);
    board.run("/opener.mo", "opener /init-delete.so");
    expect(figures(board)).toEqual(before);
  });
  test("a thread that is deleted meanwhile: the next dlopen of the same program starts the library again", () => {
    const board = fresh("init-sleep.so");
    board.run("/opener.mo", "opener /init-sleep.so");
    const before = figures(board);
    expect(board.run("/opener.mo", "opener /init-sleep.so thread")).toBe(
      "sleep.so\nsleep.so\nstarted 1\ncleanup 1\n",
    );
    expect(figures(board)).toEqual(before);
  });
});

test("two programs that open one library at once are both given a started one", () => {
  const board = fresh("init-sleep.so");
  const { machine } = board;
  board.run("/opener.mo", "opener /init-sleep.so");
  const before = figures(board);
  board.said();
  for (let n = 0; n < 2; n++) machine.runModule("/opener.mo", "opener /init-sleep.so");
  board.settle();
  expect(board.said()).toBe("sleep.so\nstarted 1\nstarted 1\ncleanup 1\n");
  expect(figures(board)).toEqual(before);
});

describe("in the shell's thread, only the load ends", () => {
  for (const [what, how] of [
    ["fault", /data abort/],
    ["exit", /module_init called exit\(3\)/],
    ["abort", /module_init called abort/],
    ["assert", /assertion failed/],
    ["delete", /module_init deleted the thread/],
    ["stack", /stack/],
  ] as const)
    test(`init-${what}.mo and the shell goes on`, () => {
      const board = fresh(`init-${what}.mo`);
      board.line("hello");
      const before = figures(board);
      expect(board.line(`/init-${what}.mo`)).toContain(`${what}.mo\n`);
      expect(board.diagnostics.at(-1)).toStartWith(`/init-${what}.mo is not loaded: `);
      expect(board.diagnostics.at(-1)).toMatch(how);
      expect(board.line("hello")).toContain("Hello, world");
      // Neither the scheduler is locked nor the thread gone.
      expect(board.line("list_thread")).toContain("tshell");
      expect(figures(board)).toEqual(before);
      const { machine } = board;
      const host = new HostModules(machine.loader, machine.kernel);
      machine.vfs.writeFile(`/init-${what}.so`, fixture("test/dlmodule/halfway/half.so"));
      expect(() => host.dlopen(`/init-${what}.so`)).toThrow(how);
      expect(host.modules()).toEqual([]);
      expect(() => host.load(`/init-${what}.so`)).toThrow(ModuleError);
      expect(figures(board)).toEqual(before);
    });
});

test.each(["leave", "remove_me", "stop"])(
  "a command of a module ends its module, not the shell: %s",
  (command) => {
    const board = fresh();
    board.machine.vfs.writeFile("/leave.mo", fixture("test/dlmodule/halfway/leave.mo"));
    board.line("hello");
    const before = figures(board);
    board.line("leave.mo &");
    expect(board.machine.loader.modules()).toHaveLength(1);
    board.line(command);
    expect(board.line("list_thread")).toContain("tshell");
    expect(board.line("hello")).toContain("Hello, world");
    expect(figures(board)).toEqual(before);
  },
);

test("dlclose from the host of a library whose module_cleanup faults: the library is gone", () => {
  const board = fresh();
  const { machine } = board;
  machine.vfs.writeFile("/faulty.so", fixture("test/dlmodule/leaks/faulty.so"));
  const host = new HostModules(machine.loader, machine.kernel);
  const before = figures(board);
  host.dlclose(host.dlopen("/faulty.so"));
  expect(board.diagnostics.join()).toContain("data abort in thread host");
  expect(figures(board)).toEqual(before);
});

test.each([
  ["fault", { kind: "fault", code: 139 }],
  ["exit", { kind: "exit", code: 3 }],
  ["abort", { kind: "abort", code: 134 }],
  ["assert", { kind: "assert", code: 134 }],
  ["stack", { kind: "stack overflow", code: 139 }],
  ["delete", { kind: "killed", code: 255 }],
])("how a program ends whose module_init does that: %s", (what, outcome) => {
  const board = fresh(`init-${what}.mo`);
  board.run(`/init-${what}.mo`, `init-${what}`);
  expect(board.machine.outcome).toMatchObject(outcome);
});

test("the report of a time-out names the module whose module_init does not return", () => {
  const folder = join(import.meta.dir, "halfway");
  const copy = join(tmpdir(), `init-loop-${process.pid}.mo`);
  copyFileSync(join(folder, "half.mo"), copy);
  const { exitCode, stderr } = Bun.spawnSync(
    [process.execPath, "src/main.ts", "run", "--timeout", "200", copy],
    { cwd: join(import.meta.dir, "../..") },
  );
  rmSync(copy);
  expect(stderr.toString()).toMatch(
    /time-out[^]*is loading \/init-loop-\d+\.mo, and module_init of it has not returned/,
  );
  expect(exitCode).toBe(124);
}, 30_000);
