/** What is kept of translated code: bounded, dropped with the memory it was made from, translated again when it comes back. */
import { expect, test } from "bun:test";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

const CODE = 0x60010000;
const END = 0x60000100;

function core(eager: boolean): TieredCore {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, eager, NO_BUDGET);
  cpu.onSvc = (imm) => imm !== 0;
  memory.st32(END, 0xef000000);
  return cpu;
}
/** f: add r0, r0, #k; subs r1, r1, #1; bne f; bx lr */
function put({ memory }: TieredCore, at: number, k: number): void {
  [0xe2800000 | k, 0xe2511001, 0x1afffffc, 0xe12fff1e].forEach((w, n) =>
    memory.st32(at + n * 4, w),
  );
}
function call(cpu: TieredCore, at: number, times: number): number {
  cpu.r[0] = 0;
  cpu.r[1] = times;
  cpu.r[14] = END;
  cpu.jump(at);
  cpu.units = 1_000_000;
  expect(cpu.run()).toBe(Exit.Stop);
  return cpu.r[0];
}

test("code that writes to itself all the time is left to the interpreter, with --engine jit too", () => {
  // loop: ldr r1, other; eor r1, r1, #1; str r1, other; str r1, here; add r3, r3, #1; here: add r2, r2, #1; b loop; other: add r2, r2, #1
  const words = [0xe59f1014, 0xe2211001, 0xe58f100c, 0xe58f1000];
  words.push(0xe2833001, 0xe2822001, 0xeafffff8, 0xe2822001);
  const cpu = core(true);
  words.forEach((word, k) => cpu.memory.st32(CODE + 4 * k, word));
  cpu.jump(CODE);
  while (cpu.r[3] < 1000) {
    cpu.units = 10;
    expect(cpu.run()).toBe(Exit.Slice);
  }
  // The instruction adds 0, 1, 0, 1, ...
  expect(cpu.r[2]).toBe(cpu.r[3] >> 1);
  const { regions, dropped } = cpu.stats.translation!;
  expect(dropped).toBeGreaterThan(30);
  expect(regions).toBeLessThan(words.length * 40);
  cpu.memory.dispose();
});

test("more functions than the cache holds: it stays within its limits, and all of them work", () => {
  const cpu = core(true);
  const { regions } = cpu;
  regions.limits = { bytes: 30_000, regions: 20, targets: 60, states: 1000 };
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 100; n++) {
      const at = CODE + n * 64;
      if (round === 0) put(cpu, at, n);
      expect(call(cpu, at, 3)).toBe(3 * n);
      const { bytes, regions: count, targets } = regions.held;
      expect(count).toBeLessThanOrEqual(20);
      // One translation more than fits, at most.
      expect(bytes).toBeLessThan(40_000);
      expect(targets).toBeLessThan(80);
    }
  }
  expect(regions.stats.dropped).toBeGreaterThan(100);
  cpu.memory.dispose();
});

test("memory that is freed and used again: nothing is left, however often", () => {
  const cpu = core(false);
  for (let n = 1; n <= 40; n++) {
    // As the loader does: the new program is written, the old one's translations are forgotten.
    put(cpu, CODE, n);
    cpu.invalidate(CODE, CODE + 64);
    expect(cpu.regions.held.regions).toBe(0);
    expect(call(cpu, CODE, 20_000)).toBe(20_000 * n);
    expect(cpu.regions.held.regions).toBeGreaterThan(0);
  }
  cpu.memory.dispose();
});

test("code that the guest writes all the time is left to the interpreter", () => {
  const cpu = core(false);
  const { memory } = cpu;
  put(cpu, CODE, 1);
  // patch: str r2, [r3]; bx lr
  memory.st32(CODE + 256, 0xe5832000);
  memory.st32(CODE + 260, 0xe12fff1e);
  for (let n = 0; n < 30; n++) {
    cpu.r[2] = 0xe2800000 | (n & 255) | 0;
    cpu.r[3] = CODE;
    cpu.r[14] = END;
    cpu.jump(CODE + 256);
    cpu.units = 100;
    expect(cpu.run()).toBe(Exit.Stop);
    expect(call(cpu, CODE, 20_000)).toBe(20_000 * n);
  }
  expect(cpu.regions.stats.regions).toBeLessThan(25);
  memory.dispose();
});

test("memory that cannot be read any more faults in translated code too", () => {
  const cpu = core(true);
  const { memory } = cpu;
  // loop: ldr r2, [r3]; subs r1, r1, #1; bne loop; bx lr
  [0xe5932000, 0xe2511001, 0x1afffffc, 0xe12fff1e].forEach((w, n) => memory.st32(CODE + n * 4, w));
  cpu.r[3] = 0x60780000;
  call(cpu, CODE, 10);
  memory.protect(0x60700000, 0x60800000, 0);
  cpu.r[14] = END;
  cpu.r[1] = 10;
  cpu.jump(CODE);
  cpu.units = 1000;
  expect(cpu.run()).toBe(Exit.Fault);
  expect(cpu.fault).toMatchObject({
    address: 0x60780000,
    access: "read",
    why: "unmapped",
    pc: CODE,
  });
  memory.dispose();
});

test("a guard against loads, set while translated code runs, stops them; its neighbours can be read", () => {
  const cpu = core(true);
  const { memory } = cpu;
  // loop: ldr r2, [r3]; svc #1; subs r1, r1, #1; bne loop; bx lr
  [0xe5932000, 0xef000001, 0xe2511001, 0x1afffffb, 0xe12fff1e].forEach((w, n) =>
    memory.st32(CODE + n * 4, w),
  );
  let calls = 0;
  cpu.onSvc = (imm) => {
    if (++calls === 50) memory.addGuard(0x60400010, 0x60400014, "watch", true);
    if (calls === 80) cpu.r[3] = 0x60400010;
    return imm !== 0;
  };
  cpu.r[1] = 100;
  cpu.r[3] = 0x60400014;
  cpu.r[14] = END;
  cpu.jump(CODE);
  cpu.units = 10_000;
  expect(cpu.run()).toBe(Exit.Fault);
  expect(calls).toBe(80);
  expect(cpu.fault).toMatchObject({ address: 0x60400010, why: "guard", guard: "watch", pc: CODE });
  memory.removeGuard(0x60400010);
  expect(cpu.run()).toBe(Exit.Stop);
  expect(calls).toBe(101);
  memory.dispose();
});

test("a loop that is mostly what only the interpreter can do is not translated", () => {
  const cpu = core(false);
  // loop: mrs r0, cpsr; mrs r2, cpsr; subs r1, r1, #1; bne loop; bx lr
  [0xe10f0000, 0xe10f2000, 0xe2511001, 0x1afffffb, 0xe12fff1e].forEach((w, n) =>
    cpu.memory.st32(CODE + n * 4, w),
  );
  call(cpu, CODE, 50_000);
  expect(cpu.regions.held.regions).toBe(0);
  put(cpu, CODE + 64, 1);
  call(cpu, CODE + 64, 50_000);
  expect(cpu.regions.held.regions).toBe(1);
  cpu.memory.dispose();
});
