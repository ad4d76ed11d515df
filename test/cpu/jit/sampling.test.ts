/** What "auto" finds hot: threads that block all the time too. */
import { expect, test } from "bun:test";
import { BUDGET, NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

const CODE = 0x60010000;

/** 1: mov r1, #20; 2: add r0, r0, r1; subs r1, r1, #1; bne 2b; svc #0; b 1b */
const PROGRAM = [0xe3a01014, 0xe0800001, 0xe2511001, 0x1afffffc, 0xef000000, 0xeafffff9];

test("a thread that blocks after twenty iterations is translated like one that never does", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, NO_BUDGET);
  PROGRAM.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => false;
  cpu.jump(CODE);
  for (let n = 1; n <= 1000; n++) {
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
    // Twenty iterations, the branch around but for the first time, and the call.
    expect(100_000 - cpu.units).toBe(19 + (n > 1 ? 1 : 0) + 4);
  }
  expect(cpu.r[0]).toBe(210_000);
  expect(cpu.stats.instructions).toBe(1000 * (1 + 60 + 1) + 999);
  // The loop; or what the thread goes on at, which is before the loop.
  expect(cpu.regions.has(CODE + 4) || cpu.regions.has(CODE + 20)).toBe(true);
  memory.dispose();
});

test("what the kernel takes from a thread at its calls is not counted as work", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, NO_BUDGET);
  PROGRAM.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => {
    cpu.units = 0;
    return false;
  };
  cpu.jump(CODE);
  // 24 units each time: two samples, not twenty, which would make it hot.
  for (let n = 0; n < 20; n++) {
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
  }
  expect(cpu.regions.has(CODE + 4)).toBe(false);
  memory.dispose();
});

/**
 * 1: cmp r2, #0; bne 2f; add r0, r0, #1; b 3f; 2: (200 times add r0, r0, #2); 3: subs r1, r1, #1; bne 1b; svc #0
 */
const COLD = 200;
const WITH_COLD_PATH = [
  0xe3520000,
  0x1a000001,
  0xe2800001,
  0xea000000 + COLD - 1,
  ...Array<number>(COLD).fill(0xe2800002),
  0xe2511001,
  0x1a000000 + (-(COLD + 7) & 0xffffff),
  0xef000000,
];

test("what was never executed is not translated, and does what it should when its time comes", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, NO_BUDGET);
  WITH_COLD_PATH.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => false;
  const run = (times: number, cold: number): void => {
    cpu.jump(CODE);
    cpu.r[0] = 0;
    cpu.r[1] = times;
    cpu.r[2] = cold;
    cpu.units = 1_000_000;
    expect(cpu.run()).toBe(Exit.Stop);
  };
  run(50_000, 0);
  expect(cpu.r[0]).toBe(50_000);
  expect(cpu.regions.has(CODE)).toBe(true);
  const { bytes } = cpu.regions.stats;
  // An addition is 6 bytes of WebAssembly at least.
  expect(bytes).toBeLessThan(COLD * 6);
  const before = cpu.stats.instructions;
  run(50_000, 1);
  expect(cpu.r[0]).toBe(50_000 * COLD * 2);
  expect(cpu.stats.instructions - before).toBe(50_000 * (COLD + 4) + 1);
  expect(cpu.regions.stats.bytes).toBeGreaterThan(bytes + COLD * 6);
  memory.dispose();
});

test("a program that is in one loop is translated earlier than one that is in many", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  // 1: subs r1, r1, #1; bne 1b; svc #0
  const loop = [0xe2511001, 0x1afffffd, 0xef000000];
  const places = Array.from({ length: 64 }, (_, k) => CODE + k * 64);
  for (const at of places) loop.forEach((word, k) => memory.st32(at + k * 4, word));
  const regionsAfter = (used: readonly number[]): number => {
    const cpu = new TieredCore(memory, false, { ...BUDGET, first: 1_000_000 });
    cpu.onSvc = () => false;
    for (let k = 0; k < 320; k++) {
      cpu.jump(used[k % used.length]);
      cpu.r[1] = 1000;
      cpu.units = 10_000_000;
      expect(cpu.run()).toBe(Exit.Stop);
    }
    return cpu.stats.translation?.regions ?? 0;
  };
  expect(regionsAfter(places)).toBe(0);
  expect(regionsAfter(places.slice(0, 1))).toBeGreaterThan(0);
  memory.dispose();
});

test("each byte of translations has to be paid for with work before the next", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const perByte = 1000;
  const cpu = new TieredCore(memory, false, { ready: 0, first: 100_000, perByte, focus: 0 });
  cpu.onSvc = () => false;
  // 1: subs r1, r1, #1; bne 1b; svc #0
  const loop = [0xe2511001, 0x1afffffd, 0xef000000];
  const run = (at: number, times: number): void => {
    cpu.jump(at);
    cpu.r[1] = times;
    cpu.units = 10_000_000;
    expect(cpu.run()).toBe(Exit.Stop);
  };
  for (const at of [CODE, CODE + 0x1000]) loop.forEach((word, k) => memory.st32(at + k * 4, word));
  run(CODE, 40_000);
  expect(cpu.stats.translation?.regions ?? 0).toBe(0);
  run(CODE, 40_000);
  expect(cpu.regions.has(CODE)).toBe(true);
  const due = 100_000 + perByte * cpu.regions.stats.bytes;
  while (cpu.stats.instructions < due - 20_000) {
    run(CODE + 0x1000, 5000);
    expect(cpu.regions.has(CODE + 0x1000)).toBe(false);
  }
  // Work of translated code pays as well, by the time it takes, which is an eighth; and what was hot still is.
  run(CODE, 20_000);
  run(CODE + 0x1000, 5000);
  expect(cpu.regions.has(CODE + 0x1000)).toBe(false);
  run(CODE, 160_000);
  run(CODE + 0x1000, 5000);
  expect(cpu.regions.has(CODE + 0x1000)).toBe(true);
  memory.dispose();
});
