/** A test finds nothing of the one before it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../src/embed.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(join(root, path)));

/** RAM of a booted machine, before anything ran. */
function ram(machine: Machine): Buffer {
  const { memory } = machine.board;
  return Buffer.from(memory.u8.subarray(memory.base, memory.end));
}

/** Programs that leave traces: by stores of every kind, by overflows, faults, and by the loader. */
const PROGRAMS = [
  "test/fixtures/smoke/scribble.mo",
  "test/fixtures/dl/overflow.mo",
  "test/fixtures/transcripts/t_leak.mo",
  "test/fixtures/transcripts/t_fault.mo",
  "test/fixtures/dl/forever.mo",
  "disk/prebuilt/a9/cxx.mo",
  "disk/prebuilt/thumb/threads.mo",
];

for (const engine of ["interp", "jit"] as const)
  test(`memory that is used again is as new (${engine})`, () => {
    using first = Machine.boot({ engine });
    const clean = ram(first);
    for (const program of PROGRAMS) {
      const run = Machine.boot({ engine });
      run.run(bytes(program));
      const dirty = ram(run);
      run.close();
      expect(dirty.equals(clean)).toBe(false);
      // Takes the memory that was just given back.
      using next = Machine.boot({ engine });
      expect(`${program}: ${Buffer.compare(ram(next), clean)}`).toBe(`${program}: 0`);
    }
  });

test("a machine after seven others is that of a new process: all memory, lists, figures", () => {
  const state = (...programs: string[]): unknown => {
    const run = Bun.spawnSync([process.execPath, join(import.meta.dir, "fresh.ts"), ...programs], {
      cwd: root,
      stdout: "pipe",
      stderr: "inherit",
    });
    return JSON.parse(run.stdout.toString());
  };
  for (const what of ["disk/prebuilt/a9/threads.mo", "disk/prebuilt/a9/cxx.mo"]) {
    const fresh = state(what);
    expect(state(what, ...PROGRAMS)).toEqual(fresh);
    // The comparison sees a difference when there is one.
    expect(state("disk/prebuilt/a9/hello.mo")).not.toEqual(fresh);
  }
}, 60_000);

test("a program that stores all over the heap runs as ever", () => {
  using machine = Machine.boot();
  expect(machine.run(bytes(PROGRAMS[0]))).toMatchObject({
    exitCode: 0,
    output: `${Math.ceil((0x607e0000 - 0x60100000) / 0x1234)} places\n`,
  });
});
