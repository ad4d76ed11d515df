/**
 * Loops of random shape that count to an end, which is known beforehand or not: in step with the interpreter in registers, flags, memory,
 * units and faults, with guards and code in what they touch and in slices of any length.
 */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import type { Random as Numbers } from "../qemu/random.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 4096;
const RAM_END = 0x60800000;
const ENGINES: Engine[] = ["interp", "jit", "auto"];
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 1500 : 250;

const [EQ, NE, CS, CC, HI, LS, GE, LT, GT, LE, AL] = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14];
const COUNTER = 3;
const END = 12;
/** Bases of what is loaded and of what is stored to. */
const [FROM, TO] = [8, 4];

/** A32, by its encodings (A8.8). */
const imm = (op: number, d: number, n: number, value: number, cond = AL): number =>
  ((cond << 28) | 0x02000000 | (op << 20) | (n << 16) | (d << 12) | value) >>> 0;
const reg = (op: number, d: number, n: number, m: number, cond = AL): number =>
  ((cond << 28) | (op << 20) | (n << 16) | (d << 12) | m) >>> 0;
const [AND, SUB, ADD, ADDS, SUBS, CMP, EOR, ADC, MOV] = [0, 4, 8, 9, 5, 21, 2, 10, 26];
const wide = (r: number, value: number): number[] => [
  (0xe3000000 | ((value & 0xf000) << 4) | (r << 12) | (value & 0xfff)) >>> 0,
  (0xe3400000 | (((value >>> 16) & 0xf000) << 4) | (r << 12) | ((value >>> 16) & 0xfff)) >>> 0,
];
const branch = (cond: number, words: number): number =>
  ((cond << 28) | 0x0a000000 | ((words - 2) & 0xffffff)) >>> 0;
const access = (op: number, t: number, n: number, rest: number): number =>
  (0xe0000000 | op | (n << 16) | (t << 12) | rest) >>> 0;

/** Of the body: an access or two, sums, perhaps one that is skipped. */
function body(random: Numbers): number[] {
  const step = random.pick([1, 2, 4, 8, 12]);
  const pieces: (() => number[])[] = [
    () => [access(0x04900000, 6, FROM, step), reg(ADDS, 2, 2, 6)], // ldr r6, [r8], #; adds r2, r2, r6
    () => [access(0x04d00000, 6, FROM, step), reg(EOR, 2, 2, 6)], // ldrb
    () => [access(0x04800000, 2, TO, step)], // str r2, [r4], #
    () => [access(0x04400000, 2, TO, step)], // strb r2, [r4], #-
    () => [access(0x05800000, 2, TO, 4 * random.below(16)), imm(ADD, TO, TO, 4)], // str r2, [r4, #]; add r4, r4, #4
    () => [access(0x07800000, 2, TO, (2 << 7) | COUNTER)], // str r2, [r4, r3, lsl #2]
    () => [access(0x07900000, 6, FROM, COUNTER), reg(ADC, 1, 1, 6)], // ldr r6, [r8, r3]; adc r1, r1, r6
    () => [imm(AND, 7, 2, 63), access(0x07800000, 1, TO, (2 << 7) | 7)], // and r7, r2, #63; str r1, [r4, r7, lsl #2]
    () => [access(0x00c000d0, 6, FROM, 8), access(0x00c000f0, 6, TO, 8)], // ldrd r6, [r8], #8; strd r6, [r4], #8
    () => [imm(CMP, 0, 2, 200), imm(ADD, 2, 2, 3, CC), imm(SUB, 1, 1, 1, CS)],
    () => [imm(ADD, 2, 2, 1)],
  ];
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(pieces)()).flat();
}

/** The same around a loop that goes round a known number of times. */
function rounds(random: Numbers): number[] {
  const [before, inner, behind] = [body(random), body(random), body(random)];
  return [
    ...(random.once(2) ? before : []),
    imm(MOV, 14, 0, random.pick([2, 3, 4, 7, 8])), // mov lr, #; ...; subs lr, lr, #1; bne
    ...inner,
    imm(SUBS, 14, 14, 1),
    branch(NE, -inner.length - 1),
    ...(random.once(2) ? behind : []),
  ];
}

interface Loop {
  readonly code: readonly number[];
  /** What the counter begins with, and its end. */
  readonly first: number;
  readonly end: number;
}

function loop(random: Numbers): Loop {
  const step = random.pick([1, 1, 2, 3, 4, 8, 40]);
  const up = random.once(2);
  const times = random.pick([1, 2, 3, 4, 7, 8, 9, 16, 24, 31, 64, 100, 300]);
  const middle = random.pick([0, 1, 8, 100, AREA + 1024, 0x7fffffff - 20, 0xffffffff - 20]);
  const way = step * times + random.pick([0, 0, 0, 1]);
  const first = middle >>> 0;
  const end = (up ? first + way : first - way) >>> 0;
  const cond = random.pick(up ? [NE, NE, CC, LS, LT, LE] : [NE, NE, HI, CS, GT, GE]);
  const nested = random.once(3);
  const inner = nested ? rounds(random) : body(random);
  const back = [imm(up ? ADD : SUB, COUNTER, COUNTER, step)];
  // Down to 0 by the flags of the subtraction itself, or against a register.
  if (!up && end === 0 && cond === NE) back[0] = imm(SUBS, COUNTER, COUNTER, step);
  else back.push(reg(CMP, 0, COUNTER, END));
  // The comparison may come before the rest.
  const whole =
    !nested && random.once(4)
      ? [...back, ...inner.filter((x) => !setsFlags(x))]
      : [...inner, ...back];
  // The loop within another, which is where it begins: mov r3, r10; mov r4, r11, perhaps; ...; subs r9, r9, #1; bne
  const outer = random.once(2);
  const known = !outer && !random.once(4);
  const before = [
    ...(outer ? [reg(MOV, COUNTER, 0, 10)] : []),
    ...(outer && random.once(2) ? [reg(MOV, TO, 0, 11)] : []),
    ...(known ? [...wide(COUNTER, first), ...wide(END, end)] : []),
    ...(!outer && random.once(2) ? wide(TO, AREA + 512 + 4 * random.below(64)) : []),
  ];
  const inside = [...before, ...whole, branch(cond, -whole.length)];
  const code = [
    ...inside,
    ...(outer ? [imm(SUBS, 9, 9, 1), branch(NE, -inside.length - 1)] : []),
    // Flags are seen behind it: adc r0, r0, r1; addeq, addlt; and registers: add r5, r8, r4; svc #0
    reg(ADC, 0, 0, 1),
    imm(ADD, 0, 0, 1, EQ),
    imm(ADD, 0, 0, 2, LT),
    reg(ADD, 5, FROM, TO),
    0xef000000,
  ];
  return { code, first, end };
}
const setsFlags = (x: number): boolean => (x & 0x0c100000) === 0x00100000 && (x & 0x90) !== 0x90;

test("loops of random shape", () => {
  const random = new Random(SEED);
  const exits = new Set<Exit>();
  let sides = ENGINES.map(newSide);
  const bytes = Uint8Array.from({ length: SIZE }, () => random.below(256));
  for (let round = 0; round < ROUNDS; round++) {
    const { code, first, end } = loop(random);
    const start = CODE + round * 256;
    let [from, to] = [0, 0];
    for (let run = 0; run < 4; run++) {
      const place = (): number =>
        random.once(6)
          ? random.pick([RAM_END - random.below(400), 0x60000000 + random.below(40)])
          : AREA + 1024 + (random.below(1024) & (random.once(6) ? ~0 : ~3));
      if (run === 0 || random.once(3)) [from, to] = [place(), place()];
      // Another one than the code was translated for.
      const begin = random.once(4) ? (first + random.pick([1, 4, -4, -8])) >>> 0 : first;
      const guard = random.once(5) ? to + random.below(400) - 100 : 0;
      const inCode = random.once(5) ? to + random.below(400) - 100 : 0;
      const at = { seed: SEED, round, run, from, to, guard, inCode };
      for (const { memory, cpu } of sides) {
        if (run === 0) code.forEach((word, k) => memory.st32(start + k * 4, word));
        memory.write(AREA, bytes);
        memory.write(RAM_END - SIZE, bytes);
        cpu.r.set([0, 5, round, first, to, 0, 0, 0, from, 4, begin, to, end, 0, 0]);
        cpu.cpsr = 0x13;
        cpu.jump(start);
        if (inCode && memory.contains(inCode)) memory.markCode(inCode, inCode + 1);
        if (guard && memory.contains(guard)) memory.addGuard(guard, guard + 4, round);
      }
      const units = (): number => random.pick([1, 2, 3, 7, 40, 500, 5000]);
      const ranges = [
        [AREA, SIZE],
        [RAM_END - SIZE, SIZE],
      ] as const;
      for (const { exit } of runInStep(sides, at, 30, units, ranges)) exits.add(exit);
      for (const { memory } of sides) {
        if (guard && memory.contains(guard)) memory.removeGuard(guard);
        if (inCode && memory.contains(inCode)) memory.clearCode(inCode, inCode + 1);
      }
    }
    if (round % 500 === 499) {
      for (const { memory } of sides) memory.dispose();
      sides = ENGINES.map(newSide);
    }
  }
  expect(exits).toEqual(new Set([Exit.Fault, Exit.Slice, Exit.Stop]));
  for (const { memory } of sides) memory.dispose();
}, 120_000);
