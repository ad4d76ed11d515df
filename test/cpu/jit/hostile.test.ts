/** Guest code that makes the host keep something makes it keep a bounded number of them. */
import { afterEach, describe, expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import { createCpu, type Engine } from "../../../src/cpu/mod.ts";
import type { CacheLimits } from "../../../src/cpu/jit/regions.ts";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/types.ts";
import { garbage, GRANULE_SHIFT, GuestMemory } from "../../../src/memory/mod.ts";

const CODE = 0x60010000;
const FUNCTIONS = 0x60100000;
const END = 0x60000100;
const NO_LIMITS: CacheLimits = { bytes: 1e9, regions: 1e9, targets: 16384, states: 32768 };

const { used, collect } = garbage;
const memories: GuestMemory[] = [];
afterEach(() => {
  Object.assign(garbage, { used, collect });
  for (const memory of memories.splice(0)) memory.dispose();
});

/** From now on garbage is collected at each look, whatever the process has. */
function collectAlways(): { looks: number } {
  const found = { looks: 0 };
  let size = 0;
  garbage.used = () => (size += 2 ** 30);
  garbage.collect = () => {
    found.looks++;
    collect();
  };
  garbage.look();
  found.looks = 0;
  return found;
}
function newMemory(): GuestMemory {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  memories.push(memory);
  memory.st32(END, 0xef000000);
  return memory;
}
function newCore(limits: Partial<CacheLimits> = {}): TieredCore {
  const cpu = new TieredCore(newMemory(), true, NO_BUDGET);
  cpu.onSvc = (imm) => imm !== 0;
  cpu.regions.limits = { ...NO_LIMITS, ...limits };
  return cpu;
}
function put(memory: GuestMemory, at: number, words: readonly number[]): void {
  words.forEach((word, n) => memory.st32(at + n * 4, word));
}
function call(cpu: ReturnType<typeof createCpu>, at: number, r0: number, r1 = 0): number {
  cpu.r[0] = r0;
  cpu.r[1] = r1;
  cpu.r[14] = END;
  cpu.jump(at);
  cpu.units = 1_000_000_000;
  expect(cpu.run()).toBe(Exit.Stop);
  return cpu.r[0];
}
/** add r0, r0, #k; bx lr */
const adds = (k: number): number[] => [0xe2800000 | k, 0xe12fff1e];
/** So many things of a type are in the host's memory, those that nothing leads to any more among them. */
function count(type: string): number {
  return heapStats().objectTypeCounts[type] ?? 0;
}

describe("modules of WebAssembly", () => {
  test("of code that is forgotten, because there is too much, are gone at the next collection", () => {
    // So many that they are old when they are forgotten.
    const cpu = newCore({ regions: 300 });
    collectAlways();
    const before = count("WebAssembly.Instance");
    for (let n = 0; n < 900; n++) {
      put(cpu.memory, FUNCTIONS + n * 64, adds(n & 255));
      expect(call(cpu, FUNCTIONS + n * 64, 1)).toBe(1 + (n & 255));
    }
    expect(cpu.regions.stats.regions).toBeGreaterThanOrEqual(900);
    // A collection comes after some 200 of these.
    expect(count("WebAssembly.Instance") - before).toBeLessThan(300 + 300);
  });

  test("of code that is written over are gone when it is translated again", () => {
    const cpu = newCore();
    collectAlways();
    const before = count("WebAssembly.Instance");
    for (let n = 0; n < 600; n++) {
      // As a program does that is loaded there: `invalidate`, so that it is translated each time.
      put(cpu.memory, FUNCTIONS, adds(n & 255));
      cpu.invalidate(FUNCTIONS, FUNCTIONS + 8);
      expect(call(cpu, FUNCTIONS, 1)).toBe(1 + (n & 255));
    }
    expect(cpu.regions.stats.regions).toBeGreaterThanOrEqual(600);
    expect(count("WebAssembly.Instance") - before).toBeLessThan(300);
  });

  test("of which only a stub is left count as long as it is: code that moves through memory stays within the limit", () => {
    const limit = 20_000;
    const cpu = newCore({ bytes: limit });
    collectAlways();
    const before = count("WebAssembly.Instance");
    let largest = 0;
    for (let n = 0; n < 600; n++) {
      const at = FUNCTIONS + n * 64;
      put(cpu.memory, at, adds(n & 255));
      const { bytes } = cpu.regions.stats;
      expect(call(cpu, at, 1)).toBe(1 + (n & 255));
      largest = Math.max(largest, cpu.regions.stats.bytes - bytes);
      cpu.memory.st32(at, 0);
      expect(cpu.regions.held.regions).toBeLessThan(3);
    }
    expect(cpu.regions.held.bytes).toBeLessThanOrEqual(limit + largest);
    expect(count("WebAssembly.Instance") - before).toBeLessThan(300);
  });
});

test("states in which code leaves the flags: forgotten with all code when there are too many, and the flags are right", () => {
  const cpu = newCore({ states: 40 });
  const other = createCpu(newMemory(), "interp");
  other.onSvc = () => false;
  for (let n = 0; n < 600; n++) {
    const at = FUNCTIONS + n * 64;
    const k = n & 255;
    // loop: sub r1, r1, #1; cmp r1, #k, rotated; bne loop; bx lr
    const words = [0xe2411001, 0xe3510000 | ((n >>> 8) << 8) | k, 0x1afffffc, 0xe12fff1e];
    const value = n < 256 ? k : (k >>> (2 * (n >>> 8))) | (k << (32 - 2 * (n >>> 8))) | 0;
    for (const each of [cpu, other]) {
      put(each.memory, at, words);
      call(each, at, n, (value + 3) | 0);
      expect(each.r[1]).toBe(value);
    }
    expect(cpu.cpsr).toBe(other.cpsr);
    expect(cpu.regions.held.states).toBeLessThan(60);
  }
  expect(cpu.regions.stats.dropped).toBeGreaterThan(500);
});

test("a region that is there already is one region, and goes with its code", () => {
  const cpu = newCore();
  const { regions, memory } = cpu;
  put(memory, FUNCTIONS, adds(3));
  expect(call(cpu, FUNCTIONS, 1)).toBe(4);
  const { regions: held, bytes } = regions.held;
  expect(regions.translate(FUNCTIONS)).toBeTrue();
  expect(regions.translate(FUNCTIONS)).toBeTrue();
  expect(call(cpu, FUNCTIONS, 1)).toBe(4);
  expect(regions.held.regions).toBe(held);
  expect(regions.held.bytes).toBeLessThan(bytes * 3);
  regions.clear();
  expect(regions.holds(FUNCTIONS >>> GRANULE_SHIFT)).toBeFalse();
  put(memory, FUNCTIONS, adds(5));
  expect(call(cpu, FUNCTIONS, 1)).toBe(6);
});

describe.each(["interp", "jit"] satisfies Engine[])("%s: garbage is looked for", (engine) => {
  function newCpu(): ReturnType<typeof createCpu> {
    const cpu = createCpu(newMemory(), engine);
    cpu.onSvc = (imm) => imm !== 0;
    return cpu;
  }

  test("when code stores beside itself", () => {
    const cpu = newCpu();
    // loop: str r1, [pc, #8]; subs r1, r1, #1; bne loop; bx lr; 0
    put(cpu.memory, CODE, [0xe58f1008, 0xe2511001, 0x1afffffc, 0xe12fff1e, 0]);
    call(cpu, CODE, 0, 1000);
    const found = collectAlways();
    call(cpu, CODE, 0, 400_000);
    expect(found.looks).toBeGreaterThan(1);
  });

  test("when it faults again and again", () => {
    const cpu = newCpu();
    put(cpu.memory, CODE, [0xe5900000]);
    const found = collectAlways();
    for (let n = 0; n < 50_000; n++) {
      cpu.r[0] = 0;
      cpu.jump(CODE);
      cpu.units = 1000;
      expect(cpu.run()).toBe(Exit.Fault);
    }
    expect(found.looks).toBeGreaterThan(1);
  });

  test("when it is always other code", () => {
    const cpu = newCpu();
    const found = collectAlways();
    for (let n = 0; n < (engine === "jit" ? 600 : 20_000); n++) {
      put(cpu.memory, FUNCTIONS, adds(n & 255));
      call(cpu, FUNCTIONS, 1);
    }
    expect(found.looks).toBeGreaterThan(2);
  });
});

test("stores beside code, which the engine has to look at, make no garbage", () => {
  const memory = newMemory();
  const cpu = createCpu(memory, "interp");
  cpu.onSvc = () => false;
  put(memory, CODE, [0xe58f1008, 0xe2511001, 0x1afffffc, 0xe12fff1e, 0]);
  call(cpu, CODE, 0, 10_000);
  garbage.collect();
  const before = count("Array");
  call(cpu, CODE, 0, 300_000);
  expect(count("Array") - before).toBeLessThan(100_000);
});
