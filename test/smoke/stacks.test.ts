/** Stacks are reported thread by thread, whatever the threads are called. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../src/embed.ts";
import { execute, load } from "../../src/cli/test-run.ts";
import { ROOT, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const FIRMWARE = join(ROOT, "src/firmware/prebuilt/firmware.elf");

/** embrace.mo, whose two threads are called "forwards" and "backward", with other names for them. */
function embrace(forwards: string, backwards: string): Uint8Array {
  const bytes = readFileSync(join(ROOT, "test/fixtures/smoke/embrace.mo"));
  for (const [old, name] of [
    ["forwards\0", forwards],
    ["backward\0", backwards],
  ]) {
    expect(bytes.indexOf(old)).toBeGreaterThan(0);
    bytes.write(name.padEnd(old.length, "\0"), bytes.indexOf(old), "latin1");
  }
  return bytes;
}

/** What the program used, by the names of its threads. */
function stacks(module: Uint8Array, name: string) {
  using machine = Machine.boot();
  return machine.run(module, { name }).stacks;
}

const names = (list: readonly { thread: string }[]): string[] =>
  list.map(({ thread }) => thread).toSorted();

test("a program may be called like a thread of the system", () => {
  const [as] = stacks(readFileSync(HELLO), "hello.mo");
  for (const thread of ["main", "timer", "tshell", "dlreap", "tidle0"])
    expect(stacks(readFileSync(HELLO), `${thread}.mo`)).toEqual([{ ...as, thread }]);
});

test("so may its threads, and two of them have one name", () => {
  const system = stacks(embrace("tidle0", "timer"), "main.mo");
  expect(names(system)).toEqual(["main", "tidle0", "timer"]);
  const same = stacks(embrace("w", "w"), "same.mo");
  expect(names(same)).toEqual(["same", "w", "w"]);
  // The source gives them 1024 bytes, and the program has what programs have.
  for (const list of [system, same])
    expect(list.map(({ size }) => size).toSorted()).toEqual([1024, 1024, 32_768]);
});

test("each run of a machine has its own threads only", () => {
  using machine = Machine.boot();
  expect(names(machine.run(embrace("w", "w"), { name: "a.mo" }).stacks)).toEqual(["a", "w", "w"]);
  expect(names(machine.run(readFileSync(HELLO), { name: "b.mo" }).stacks)).toEqual(["b"]);
  expect(machine.execute("list_thread").stacks).toEqual([]);
});

test("of very many threads not all are told", () => {
  using machine = Machine.boot({ ram: 16 << 20 });
  const { threads } = machine.board.kernel;
  machine.board.loader.onStart(() => {
    for (let n = 0; n < 2500; n++)
      threads.startup(threads.createTask("many", 512, 25, 5, function* () {}));
  });
  const { stacks } = machine.run(readFileSync(HELLO));
  expect(stacks).toHaveLength(1000);
  expect(names(stacks)).toContain("program");
});

test("a limit of the stack holds for a thread with a name of the system", () => {
  using dir = scratch();
  writeFileSync(dir.path("main.mo"), embrace("timer", "timer"));
  const file = dir.path("a.smoke.toml");
  const failures = (limit: number) => {
    writeFileSync(file, `run = "main.mo"\nbudget.stack = ${limit}\n`);
    const ref = { id: "a.smoke.toml", kind: "scenario", file } as const;
    const settings = { timeout: 1000, wallTimeout: 0, update: false, explore: 0, retry: 0 };
    const test = load(ref, readFileSync(FIRMWARE));
    return execute(test, { ...settings, wall: false, again: [] }).failures;
  };
  expect(failures(32_768)).toEqual([]);
  const said = failures(1).map(({ message }) => message);
  expect(said).toEqual([
    expect.stringMatching(/^stack of thread timer: \d+ bytes used, 1 allowed$/),
    expect.stringMatching(/^stack of thread main: \d+ bytes used, 1 allowed$/),
  ]);
});
