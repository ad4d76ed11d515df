/** Comparisons that are made only when one before them says so, and branches on both: in step, flags included. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { moduleOf } from "../golden/wasm.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const VALUES = [0, 1, 2, 5, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff];

const CMP_2_3 = 0x01520003;
const CMP_2_5 = 0x03520005;

/**
 * cmp r0, r1; cmp<first> r2, r3 (or #5); b<then> +3; str r6, [r4]; add r6, r6, #1; b +2; ldr r7, [r4, #4]; add r6, r6, #2; cmp r6, r8;
 * bcc back; svc
 */
const code = (first: number, then: number, constant: boolean): number[] => [
  0xe1500001,
  ((first << 28) | (constant ? CMP_2_5 : CMP_2_3)) >>> 0,
  ((then << 28) | 0x0a000002) >>> 0,
  0xe5846000,
  0xe2866001,
  0xea000001,
  0xe5947004,
  0xe2866002,
  0xe1560008,
  0x3afffff5,
  0xef000000,
];

test("every pair of conditions, beside guards and code, in slices of any length", () => {
  const random = new Random(SEED);
  const exits = new Set<Exit>();
  for (let first = 0; first < 14; first++)
    for (let then = 0; then < 14; then++) {
      const sides = (["interp", "jit"] as Engine[]).map(newSide);
      const words = code(first, then, random.once(2));
      for (const { memory } of sides) words.forEach((word, k) => memory.st32(CODE + k * 4, word));
      for (let round = 0; round < 30; round++) {
        const numbers = Array.from({ length: 4 }, () => random.pick(VALUES));
        const r4 = random.once(4) ? random.pick([0, 0x607ffffc, AREA + 64]) : AREA;
        for (const { memory, cpu } of sides) {
          cpu.r.set([...numbers, r4, 0, 0, 0, round % 8]);
          cpu.cpsr = 0x13 | ((round & 15) << 28);
          cpu.jump(CODE);
          if (round === 20) memory.addGuard(AREA + 64, AREA + 68, first);
        }
        const at = { seed: SEED, first, then, round, numbers, r4 };
        const units = (): number => random.pick([1, 2, 3, 500]);
        for (const { exit } of runInStep(sides, at, 40, units, [[AREA, 128]])) exits.add(exit);
      }
      for (const { memory } of sides) memory.dispose();
    }
  expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
}, 60_000);

test("a loop of one block that ends on such a pair leaves the flags of the last comparison", () => {
  const random = new Random(SEED);
  for (let first = 0; first < 14; first++)
    for (let then = 0; then < 14; then++) {
      const sides = (["interp", "jit"] as Engine[]).map(newSide);
      // ldrb r2, [r4], #1; cmp r2, r0; cmp<first> r2, r3; b<then> back; svc
      const pair = [((first << 28) | CMP_2_3) >>> 0, ((then << 28) | 0x0afffffb) >>> 0];
      for (const { memory } of sides)
        [0xe4d42001, 0xe1520000, ...pair, 0xef000000].forEach((word, k) =>
          memory.st32(CODE + k * 4, word),
        );
      for (let round = 0; round < 8; round++) {
        const numbers = Array.from({ length: 4 }, () => random.pick([0, 1, 2, 5]));
        const bytes = Array.from({ length: 64 }, () => random.pick([...numbers, 9]));
        for (const { memory, cpu } of sides) {
          bytes.forEach((byte, k) => memory.st8(AREA + k, byte));
          cpu.r.set([...numbers, AREA]);
          cpu.cpsr = 0x13 | ((round & 15) << 28);
          cpu.jump(CODE);
        }
        const units = (): number => random.pick([1, 3, 40, 100]);
        runInStep(sides, { seed: SEED, first, then, round, numbers }, 8, units, []);
      }
      for (const { memory } of sides) memory.dispose();
    }
}, 60_000);

test("no flag of such a pair is computed where the next comparison comes before any look at them", () => {
  const bytes = (words: readonly number[]) => new Uint8Array(new Uint32Array(words).buffer);
  const size = (words: readonly number[]): number =>
    moduleOf({ code: bytes(words), thumb: false }).length;
  // In place of the load: add r7, r7, r7, and adc.
  const plain = code(1, 0, false).with(6, 0xe0877007);
  const read = plain.with(6, 0xe0a77007);
  expect(size(plain)).toBeLessThan(size(read) - 50);
});
