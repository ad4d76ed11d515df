/** A test finds nothing of the one before it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BootOptions, Machine } from "../../src/embed.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { rttSim, scratch } from "../cli/binary.ts";

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

/** Settings of a scenario that give another machine. */
const BOARDS: Readonly<Record<string, string>> = {
  plain: "",
  abi: 'abi = "5.x"',
  compat: 'compat = "4.0.4"',
  default: 'disk = "default"',
  disk: 'disk = "disk.img"',
  ram: 'ram = "32M"',
  seed: "seed = 9",
  stack: 'stack = "64K"',
};

test("environment, folder, date, random numbers, files, objects, devices: each test begins anew, whatever machine the ones before it had", () => {
  using dir = scratch();
  const image = makeDisk([{ path: "/a.txt", bytes: new Uint8Array(3000).fill(1) }]).image();
  writeFileSync(dir.path("disk.img"), image);
  copyFileSync(join(root, "test/fixtures/smoke/leave.mo"), dir.path("leave.mo"));
  for (const [name, setting] of Object.entries(BOARDS))
    for (const round of [1, 2])
      writeFileSync(
        dir.path(`${round}-${name}.smoke.toml`),
        `${setting}\nbudget.leaks = 99\n[[step]]\nrun = "leave.mo"\n[[step]]\nrun = "leave.mo"\nargs = "look"\n`,
      );
  const tests = (...argv: string[]): Readonly<Record<string, unknown>>[] =>
    JSON.parse(rttSim(["test", "--json", ...argv], "", dir.path(".")).out).tests;
  const told = ({ id: _, name: __, ...test }: Readonly<Record<string, unknown>>) => test;
  for (const options of [[], ["--ram", "16M"], ["--abi", "5.x"]]) {
    // All in one process, one after the other; and two processes.
    const all = tests("--jobs", "1", ...options, ".");
    expect(all.length).toBe(2 * Object.keys(BOARDS).length);
    if (options.length === 0) expect(tests("--jobs", "2", ".")).toEqual(all);
    for (const name of options.length === 0 ? Object.keys(BOARDS) : ["plain", "disk"]) {
      const [alone] = tests(...options, `2-${name}.smoke.toml`);
      expect(alone).toMatchObject({ status: "passed", failures: [] });
      for (const round of [1, 2]) {
        const among = all.find(({ id }) => id === `${round}-${name}.smoke.toml`)!;
        expect(told(among)).toEqual(told(alone));
      }
    }
    // The program sees what is left, where it is left: in its own machine.
    const [first, second] = String(all.find(({ id }) => id === "1-plain.smoke.toml")!.output)
      .split(/^(?=env)/m)
      .map((text) =>
        Object.fromEntries(
          text
            .trim()
            .split("\n")
            .map((line) => line.split(/ +/)),
        ),
      );
    expect(first).toMatchObject({ cwd: "/", file: "-1", sem: "0", device: "0" });
    expect(second).toMatchObject({ cwd: "/folder", file: "0" });
    expect(Number(second.date)).toBeLessThan(Number(first.date));
  }
  expect(readFileSync(dir.path("disk.img")).equals(image)).toBe(true);
}, 120_000);

test("the machine of the next test is there within a millisecond, also with an image or other settings", () => {
  const disk = makeDisk([{ path: "/a.txt", bytes: new Uint8Array([1]) }]).image();
  const boards: readonly BootOptions[] = [
    {},
    { disk },
    { disk: "default" },
    { ram: 32 << 20 },
    { abi: "5.x" },
    { compat404: true },
    { stack: 65536, seed: 7 },
  ];
  for (const board of boards) {
    let last = Machine.boot(board);
    let least = Infinity;
    // The host's compiler needs some; what the machine of the tests does besides is in all but the least.
    for (let n = 0; n < 600 && (n < 60 || least > 1); n++) {
      expect(last.execute("echo used /file").exitCode).toBe(0);
      const start = performance.now();
      last.close();
      last = Machine.boot(board);
      least = Math.min(least, performance.now() - start);
      expect(last.exists("/file")).toBe(false);
    }
    last.close();
    expect(least).toBeLessThanOrEqual(1);
  }
});

test("a program that stores all over the heap runs as ever", () => {
  using machine = Machine.boot();
  expect(machine.run(bytes(PROGRAMS[0]))).toMatchObject({
    exitCode: 0,
    output: `${Math.ceil((0x607e0000 - 0x60100000) / 0x1234)} places\n`,
  });
});
