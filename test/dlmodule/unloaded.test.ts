/** Modules on their way out, and what others still have of them afterwards: leaks/build.sh makes the programs. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

test.each(["interp", "jit"] as const)(
  "a module_cleanup that fails costs its program, not the system (%s)",
  (engine) => {
    const board = new WholeBoard(
      {
        "/abortclean.mo": fixture("test/fixtures/dl/abortclean.mo"),
        "/faulty.so": fixture("test/dlmodule/leaks/faulty.so"),
        "/closer.mo": fixture("test/dlmodule/leaks/closer.mo"),
        "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
      },
      { engine },
    );
    board.run("/abortclean.mo", "abortclean");
    expect(board.machine.outcome).toMatchObject({ kind: "abort", code: 134 });
    board.run("/closer.mo", "closer");
    expect(board.machine.outcome).toMatchObject({ kind: "fault", code: 139 });
    expect(board.machine.loader.modules()).toEqual([]);
    expect(board.run("/hello.mo", "hello")).toContain("Hello, world");
    expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
  },
);

test("a call of code that was unloaded is a fault that names the module", () => {
  const board = new WholeBoard({ "/stale.mo": fixture("test/dlmodule/leaks/stale.mo") });
  board.machine.vfs.mkdir("/lib");
  board.machine.vfs.writeFile("/lib/libbase.so", fixture("test/dlmodule/libraries/libbase.so"));
  expect(board.run("/stale.mo", "stale")).toStartWith("base up\n11\nbase down 11\n");
  expect(board.machine.outcome.kind).toBe("fault");
  expect(board.diagnostics.join("\n")).toMatch(/libbase.*no longer loaded/);
});

test("variables that still hold a function of a library that is closed are named; they are no leak", () => {
  const held = { "/held.mo": fixture("test/dlmodule/leaks/held.mo") };
  const said = (arguments_: string, options = {}): string => {
    const board = new WholeBoard(held, options);
    board.machine.vfs.mkdir("/lib");
    board.machine.vfs.writeFile("/lib/libbase.so", fixture("test/dlmodule/libraries/libbase.so"));
    expect(board.run("/held.mo", `held${arguments_}`)).toContain("11\n");
    expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
    return board.diagnostics.join("\n").replace(/0x[0-9a-f]+/g, "ADDRESS");
  };
  const head = "/lib/libbase.so is unloaded, and others still have addresses of its functions:";
  const line = (name: string): string => `\n  base_next, held by held, variable ${name} at ADDRESS`;
  const both = said("", { leaks: "error" });
  expect(both).toStartWith(head);
  expect(both.split("\n").slice(1).toSorted().join("")).toBe(
    [line("kept"), line("other")].join("").replaceAll("\n", ""),
  );
  expect(said(" 1")).toBe(head + line("kept"));
  expect(said(" 1 2")).toBe("");
  // With its program the library goes as well, and nobody is left.
  expect(said(" 1 2 3")).toBe(
    "/held.mo left behind (given back now):\n  library /lib/libbase.so, from main+ADDRESS, open: 1 dlopen without dlclose",
  );
  expect(said("", { leaks: "ignore" })).toBe("");
  expect(said("", { compat404: true })).toBe("");
});
