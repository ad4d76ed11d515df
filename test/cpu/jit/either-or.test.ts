/** Instructions for a condition and for its opposite, as MOVLS and MOVHI behind CMP: in step, at faults between them too. */
import { expect, test } from "bun:test";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { moduleOf } from "../golden/wasm.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const VALUES = [0, 1, 2, 5, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff];

/** Without their conditions; some write what was compared, one reads the carry, one accesses memory, one writes flags. */
const OPS = [
  0x03a06000, // mov r6, #0
  0x02800001, // add r0, r0, #1
  0x02611000, // rsb r1, r1, #0
  0x00a06001, // adc r6, r0, r1
  0x01a02001, // mov r2, r1
  0x00062190, // mul r6, r0, r1
  0x05942008, // ldr r2, [r4, #8]
  0x00900001, // adds r0, r0, r1
];

/** cmp r0, r1; one or two ops; ops of another condition; ldr r7, [r4, #4]; str r6, [r4]; add r5, r5, #1; cmp r5, r8; bcc back; svc */
const code = (cond: number, other: number, ops: readonly number[], more: readonly number[]) => [
  0xe1500001,
  ...ops.map((op) => (op | (cond << 28)) >>> 0),
  ...more.map((op) => (op | (other << 28)) >>> 0),
  ...[0xe5947004, 0xe5846000, 0xe2855001, 0xe1550008],
  (0x3affffff - (5 + ops.length + more.length)) >>> 0,
  0xef000000,
];

test("either or, beside guards and code, in slices of any length", () => {
  const random = new Random(SEED);
  const exits = new Set<Exit>();
  for (let cond = 0; cond < 14; cond++)
    for (let variant = 0; variant < 8; variant++) {
      const sides = (["interp", "jit"] as Engine[]).map(newSide);
      const some = () => Array.from({ length: 1 + (variant & 1) }, () => random.pick(OPS));
      const words = code(cond, cond ^ 1, some(), some());
      for (const { memory } of sides) words.forEach((word, k) => memory.st32(CODE + k * 4, word));
      for (let round = 0; round < 20; round++) {
        const numbers = Array.from({ length: 4 }, () => random.pick(VALUES));
        const r4 = random.once(4) ? random.pick([0, 0x607ffffc, AREA + 64]) : AREA;
        for (const { memory, cpu } of sides) {
          cpu.r.set([...numbers, r4, 0, 0, 0, round % 8]);
          cpu.cpsr = 0x13 | ((round & 15) << 28);
          cpu.jump(CODE);
          if (round === 14) memory.addGuard(AREA + 64, AREA + 68, cond);
        }
        const at = { seed: SEED, words, round, numbers, r4 };
        const units = (): number => random.pick([1, 2, 3, 500]);
        for (const { exit } of runInStep(sides, at, 40, units, [[AREA, 128]])) exits.add(exit);
      }
      for (const { memory } of sides) memory.dispose();
    }
  expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
}, 60_000);

test("the opposite of a condition is not asked again", () => {
  const size = (other: number): number => {
    const words = code(9, other, [0x03a06000], [0x03a06001]);
    return moduleOf({ code: new Uint8Array(new Uint32Array(words).buffer), thumb: false }).length;
  };
  expect(size(8)).toBeLessThan(size(3) - 4);
});

test("a load that is done always, beyond the end of memory: translated code is not left for it each time", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, true);
  // str r3, [r4]; cmp r4, #0; ldreq r6, [r4, #8]; add r3, r3, r6; subs r0, r0, #1; bne; svc
  const loop = [0xe5843000, 0xe3540000, 0x05946008, 0xe0833006, 0xe2500001, 0x1afffff9, 0xef000000];
  loop.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => false;
  let entered = 0;
  const run = (): number => {
    entered = 0;
    cpu.r.set([4000, 0, 0, 0, memory.end - 4, 0, 5]);
    cpu.jump(CODE);
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
    expect(cpu.r[3]).toBe(20_000);
    return entered;
  };
  const { regions } = cpu;
  run();
  const own = regions.enter;
  regions.enter = (key, units) => {
    entered++;
    return own(key, units);
  };
  expect(run()).toBeLessThan(20);
  memory.dispose();
});

test("a load through a base that is written on the same condition is not done when the condition does not hold", () => {
  const sides = (["interp", "jit"] as Engine[]).map(newSide);
  // ldr r2, [r4, #-64]; cmp r0, r5; subeq r4, r4, #64; ldreq r6, [r4]; add r3, r6, r2; svc
  const words = [0xe5142040, 0xe1500005, 0x02444040, 0x05946000, 0xe0863002, 0xef000000];
  for (const r5 of [1, 2]) {
    for (const { memory, cpu } of sides) {
      words.forEach((word, k) => memory.st32(CODE + k * 4, word));
      memory.st32(memory.end - 64, 9);
      cpu.r.set([1, 0, 0, 0, memory.end, r5, 5]);
      cpu.jump(CODE);
      cpu.onSvc = () => false;
    }
    const [{ exit }] = runInStep(sides, r5, 1, () => 500, []);
    expect([exit, sides[1].cpu.r[3]]).toEqual([Exit.Stop, r5 === 1 ? 18 : 14]);
  }
  for (const { memory } of sides) memory.dispose();
});

test("flags that only the instruction of the opposite condition writes", () => {
  const sides = (["interp", "jit"] as Engine[]).map(newSide);
  const on = (cond: number, op: number): number => (op | (cond << 28)) >>> 0;
  let start = CODE;
  for (let cond = 0; cond < 14; cond++)
    // mul r6, r0, r1; ldr r6, [r4, #8]
    for (const op of [0x00060190, 0x05946008])
      // adds r2, r0, r1; adcs r2, r0, r1
      for (const other of [0x00902001, 0x00b02001]) {
        // cmp r0, r1; the op; the other; svc
        const words = [0xe1500001, on(cond, op), on(cond ^ 1, other), 0xef000000];
        for (const [a, b] of [
          [0, 1],
          [1, 1],
          [0x80000000, 0x80000001],
          [0xffffffff, 2],
        ]) {
          for (const { memory, cpu } of sides) {
            words.forEach((word, k) => memory.st32(start + k * 4, word));
            cpu.r.set([a, b, 0, 0, AREA]);
            cpu.onSvc = () => false;
            cpu.jump(start);
          }
          const [{ exit }] = runInStep(sides, { words, a, b }, 1, () => 100, []);
          expect(exit).toBe(Exit.Stop);
        }
        start += 64;
      }
  for (const { memory } of sides) memory.dispose();
}, 60_000);
