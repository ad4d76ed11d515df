/** Regions that come with the program: they do and count what others do, and are used for the code they were made of only. */
import { afterEach, expect, test } from "bun:test";
import { BUDGET, NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import {
  createCpu,
  type Cpu,
  executedBlocks,
  Exit,
  offerRegions,
  prebuildRegions,
} from "../../../src/cpu/mod.ts";
import { GuestMemory, READ, WRITE } from "../../../src/memory/mod.ts";
import { seen } from "./side.ts";

const CODE = 0x60001000;
const MAIN = 0x60002000;
const STACK = 0x60010000;

/**
 * A library, Thumb. add: (r0 + r1) with a loop in it; its flags live when it is left at the end of a slice.
 *
 *   f: push {r4, lr}; movs r4, #40; 1: adds r0, r0, r1; adcs r0, r2; bl g; subs r4, #1; bne 1b; pop {r4, pc}
 *   g: movs r3, #2; 1: subs r3, #1; bne 1b; cmp r0, #0; it mi; addmi r0, #3; bx lr
 */
const LIBRARY = [
  0xb510, 0x2428, 0x1840, 0x4150, 0xf000, 0xf803, 0x3c01, 0xd1f9, 0xbd10, 0x2302, 0x3b01, 0xd1fd,
  0x2800, 0xbf48, 0x3003, 0x4770,
];
const F = CODE | 1;
const G = (CODE + 18) | 1;
/** 1: blx r6 (f); blx r7 (g); subs r5, #1; bne 1b; svc 0; b 1b. With its loop g does not become part of what calls it. */
const PROGRAM = [0x47b0, 0x47b8, 0x3d01, 0xd1fb, 0xdf00, 0xe7f9];

function prepare(library: readonly number[] = LIBRARY): GuestMemory {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });
  library.forEach((halfword, k) => memory.st16(CODE + 2 * k, halfword));
  PROGRAM.forEach((halfword, k) => memory.st16(MAIN + 2 * k, halfword));
  memory.protect(CODE, CODE + 0x1000, READ);
  return memory;
}

/** Runs the program in slices of so many units; all that can be seen at their ends. */
function run(cpu: Cpu, slice: number, calls = 300): unknown[] {
  const svcs: string[] = [];
  cpu.onSvc = () => false;
  cpu.r[0] = 1;
  cpu.r[1] = 0x7ffffff1;
  cpu.r[2] = 5;
  cpu.r[5] = calls;
  cpu.r[6] = F;
  cpu.r[7] = G;
  cpu.r[13] = STACK;
  cpu.jump(MAIN | 1);
  const all: unknown[] = [];
  for (let exit: Exit = Exit.Slice; exit === Exit.Slice;) {
    cpu.units = slice;
    exit = cpu.run();
    all.push(seen({ cpu, memory: cpu.memory, svcs }, exit));
  }
  return all;
}

function regionsOf(library?: readonly number[]): Uint8Array {
  const memory = prepare(library);
  const cpu = createCpu(memory, "interp");
  run(cpu, 1e6);
  const executed = new Set(executedBlocks(cpu));
  const made = prebuildRegions({ memory, functions: [F, G], executed });
  memory.dispose();
  return made;
}

function offered(library?: readonly number[]): { cpu: TieredCore; memory: GuestMemory } {
  const memory = prepare(library);
  return { memory, cpu: new TieredCore(memory, false, NO_BUDGET) };
}

const made = regionsOf();
afterEach(() => offerRegions(undefined));

test("the same code gives the same bytes", () => {
  expect(Buffer.compare(regionsOf(), made)).toBe(0);
});

test("they do and count what the interpreter does, wherever a slice ends", () => {
  for (const slice of [7, 50, 333, 1_000_000]) {
    offerRegions(() => made);
    const { cpu, memory } = offered();
    const plain = createCpu(prepare(), "interp");
    expect(run(cpu, slice)).toEqual(run(plain, slice));
    expect(cpu.stats.translation?.prebuilt).toBeGreaterThan(0);
    expect(cpu.regions.has(F)).toBe(true);
    memory.dispose();
    plain.memory.dispose();
  }
});

test("one process with two machines, the second of which has translated before", () => {
  const first = offered();
  run(first.cpu, 1e6);
  expect(first.cpu.stats.translation?.prebuilt).toBe(0);
  offerRegions(() => made);
  const second = offered();
  const plain = createCpu(prepare(), "interp");
  expect(run(second.cpu, 333)).toEqual(run(plain, 333));
  expect(second.cpu.stats.translation?.prebuilt).toBeGreaterThan(0);
  for (const { memory } of [first, second, plain]) memory.dispose();
});

test("other code at their place is translated as ever", () => {
  // adds r0, r0, r2 in f.
  const other = LIBRARY.with(2, 0x1880);
  offerRegions(() => made);
  const { cpu, memory } = offered(other);
  const plain = createCpu(prepare(other), "interp");
  expect(run(cpu, 333, 2000)).toEqual(run(plain, 333, 2000));
  // g is what it was.
  expect(cpu.stats.translation).toMatchObject({ prebuilt: 1 });
  memory.dispose();
  plain.memory.dispose();
});

test("code that can be written to is not theirs", () => {
  offerRegions(() => made);
  const { cpu, memory } = offered();
  memory.protect(CODE, CODE + 0x1000, READ | WRITE);
  run(cpu, 333);
  expect(cpu.stats.translation?.prebuilt).toBe(0);
  memory.dispose();
});

test("code that is written over is forgotten", () => {
  offerRegions(() => made);
  const { cpu, memory } = offered();
  run(cpu, 333);
  expect(cpu.regions.has(F)).toBe(true);
  memory.poke(CODE + 4, new Uint8Array([0x80, 0x18]));
  expect(cpu.regions.has(F)).toBe(false);
  const plain = createCpu(prepare(LIBRARY.with(2, 0x1880)), "interp");
  const { instructions } = cpu.stats;
  expect(run(cpu, 1e6).map((x) => (x as { r: number[] }).r)).toEqual(
    run(plain, 1e6).map((x) => (x as { r: number[] }).r),
  );
  expect(cpu.stats.instructions - instructions).toBe(plain.stats.instructions);
  memory.dispose();
  plain.memory.dispose();
});

test("they are not used where other memory can be read", () => {
  offerRegions(() => made);
  const { cpu, memory } = offered();
  memory.protect(0x600f0000, 0x60100000, 0);
  run(cpu, 333);
  expect(cpu.stats.translation?.prebuilt).toBe(0);
  memory.dispose();
});

test("they are not looked at before a program has worked for some time, nor when everything is translated or counted", () => {
  let looked = 0;
  const offer = (): void => offerRegions(() => void looked++ as undefined);
  offer();
  // Two arenas do not fit into one memory: each core has its own.
  const cores = [
    new TieredCore(prepare(), false, { ...BUDGET, ready: 1_000_000 }),
    new TieredCore(prepare(), true),
    new TieredCore(prepare(), false, NO_BUDGET),
  ] as const;
  const [patient, eager, counting] = cores;
  run(patient, 1e6, 20);
  run(eager, 1e6);
  counting.countingPlan = () => undefined;
  run(counting, 1e6);
  expect(looked).toBe(0);
  run(patient, 1e6, 3000);
  expect(looked).toBe(1);
  for (const { memory } of cores) memory.dispose();
});

test("bytes of another version are ignored", () => {
  const other = made.slice();
  other[3]++;
  offerRegions(() => other);
  const { cpu, memory } = offered();
  run(cpu, 333);
  expect(cpu.stats.translation?.prebuilt).toBe(0);
  memory.dispose();
});
