import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import type { Engine } from "../../src/cpu/mod.ts";
import { type Cpu, CPSR_T, Exit } from "../../src/cpu/types.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";
import { ExecutionCounters } from "../../src/trace/counters.ts";
import type { TraceParts } from "../../src/trace/mod.ts";
import { WrappedCore } from "../../src/trace/mod.ts";
import { scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

// How often each instruction was passed, by a core that counts and by one that is stepped.

const root = join(import.meta.dir, "../..");
const firmware = readFileSync(join(root, "src/firmware/prebuilt/firmware.elf"));

type Histogram = Map<number, number>;

class Counting extends WrappedCore {
  readonly counters: ExecutionCounters;
  parts!: TraceParts;
  constructor(inner: Cpu) {
    super(inner);
    this.counters = new ExecutionCounters(inner, () => this.parts, false);
    expect(this.counters.start(inner)).toBe(true);
  }
  override run(): Exit {
    // What is counted stays at the addresses of the code in memory.
    return this.inner.run();
  }
}

/** Executes every instruction by itself and notes its address, and whether it went elsewhere than behind itself. */
class Stepping extends WrappedCore {
  readonly passed: Histogram = new Map();
  readonly taken: Histogram = new Map();
  override run(): Exit {
    for (;;) {
      if (this.inner.units <= 0) return Exit.Slice;
      const pc = this.r[15] >>> 0;
      const behind = pc + (this.cpsr & CPSR_T && this.memory.ld16(pc) >>> 11 < 0x1d ? 2 : 4);
      const before = this.inner.stats.instructions;
      const exit = this.inner.single();
      const ran = this.inner.stats.instructions - before;
      if (ran > 0) this.passed.set(pc, (this.passed.get(pc) ?? 0) + ran);
      if (ran > 0 && this.r[15] >>> 0 !== behind) this.taken.set(pc, (this.taken.get(pc) ?? 0) + 1);
      if (exit !== undefined) return exit;
    }
  }
}

function run(engine: Engine, module: Uint8Array, line: string, wrap: (cpu: Cpu) => Cpu): number {
  const machine = new Machine({
    firmware,
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
    engine,
    instrument: {
      core: wrap,
      attach: ({ cpu, kernel, loader, firmware }) => {
        if (cpu instanceof Counting)
          cpu.parts = { kernel, loader, firmware, prototypes: new Map() };
      },
    },
  });
  machine.boot("lines");
  machine.kernel.run({ skipIdle: false });
  machine.vfs.writeFile("/m.mo", module);
  machine.runModule("/m.mo", line);
  while (!machine.quiet) machine.kernel.run({ skipIdle: true });
  const { instructions } = machine.cpu.stats;
  machine.close();
  return instructions;
}

function counted(engine: Engine, module: Uint8Array, line: string) {
  let core!: Counting;
  const total = run(engine, module, line, (cpu) => (core = new Counting(cpu)));
  core.counters.end();
  const passed: Histogram = new Map();
  const executed: Histogram = new Map();
  const ways: Histogram = new Map();
  for (const [pc, execution] of core.counters.counts.get("")?.get("") ?? []) {
    if (execution.passed !== 0) passed.set(pc, execution.passed);
    if (execution.executed !== 0) executed.set(pc, execution.executed);
    const { branches, taken } = execution;
    if (branches !== 0) ways.set(pc, taken);
  }
  return { passed, executed, ways, total };
}

const sorted = <T>(map: ReadonlyMap<number, T>): [number, T][] =>
  [...map].sort(([a], [b]) => a - b);

const prebuilt = (target: string, name: string) =>
  readFileSync(join(root, "disk/prebuilt", target, `${name}.mo`));

const PROGRAMS: [name: string, module: () => Uint8Array, line: string][] = [
  ["the benchmark, A32", () => prebuilt("a9", "bench"), "m 2"],
  ["the benchmark, Thumb", () => prebuilt("thumb", "bench"), "m 2"],
  ["threads, Thumb", () => prebuilt("thumb", "threads"), "m"],
  ["md5 of a file, A32", () => prebuilt("a9", "md5"), "m /m.mo"],
  ["C++, exceptions, A32", () => prebuilt("a9", "cxx"), "m"],
];

function compare(module: Uint8Array, line: string): void {
  let core!: Stepping;
  const total = run("interp", module, line, (cpu) => (core = new Stepping(cpu)));
  const interpreted = counted("interp", module, line);
  const translated = counted("jit", module, line);
  expect(interpreted.total).toBe(total);
  expect(translated.total).toBe(total);
  expect(sorted(interpreted.passed)).toEqual(sorted(core.passed));
  expect(sorted(translated.passed)).toEqual(sorted(core.passed));
  expect(sorted(translated.executed)).toEqual(sorted(interpreted.executed));
  const taken = [...interpreted.ways.keys()].map((pc): [number, number] => [
    pc,
    core.taken.get(pc) ?? 0,
  ]);
  expect(sorted(interpreted.ways)).toEqual(sorted(new Map(taken)));
  expect(sorted(translated.ways)).toEqual(sorted(interpreted.ways));
}

describe("counted by instruction, as by single steps", () => {
  for (const [name, module, line] of PROGRAMS) test(name, () => compare(module(), line));
});

describe.skipIf(!gcc)("where a block is left in its middle (needs arm-none-eabi-gcc)", () => {
  for (const target of ["a9", "thumb"] as const)
    test(`${target}: a NULL behind a condition, an overflow of the stack, an odd address, an undefined instruction`, () => {
      using dir = scratch();
      const source = join(import.meta.dir, "programs/leaving.c");
      const file = compile(source, dir.path("m.mo"), { target, flags: ["-O2"] });
      for (const kind of ["", "null", "deep", "odd", "trap"])
        compare(readFileSync(file), `m ${kind}`);
    });
});
