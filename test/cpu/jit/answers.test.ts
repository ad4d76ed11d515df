/** Calls whose result is a word of the engines' area, beside others that change the words: the engines in step. */
import { expect, test } from "bun:test";
import { CallWord, type Engine, Exit } from "../../../src/cpu/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, seen, type Side } from "./side.ts";

const CODE = 0x60400000;
const END = 0x60000100;
const SP = 0x60700000;
const ROUNDS = 3000;
const ANSWERED = 3;

/** movw ip, #n; svc #0; bx lr */
const stub = (n: number): number[] => [0x0c00f240 | (n << 16), 0x4770df00];

// loop: adds r0, r0, r1; blx r5; add r2, r2, r0; addcs r7, r7, #1; blx r6; add r3, r3, r0; addmi r8, ip, r10; blx r6
// eor r9, r9, r0; subs r4, r4, #1; bne loop; bx r11
const LOOP = [
  0xe0900001, 0xe12fff35, 0xe0822000, 0x22877001, 0xe12fff36, 0xe0833000, 0x408c800a, 0xe12fff36,
  0xe0299000, 0xe2544001, 0x1afffff4, 0xe12fff1b,
];

/** What the host does at call n of the others. */
function change({ cpu, memory }: Side, n: number): boolean {
  const { engine } = memory;
  const { r } = cpu;
  engine[CallWord.First] = Math.imul(n, 0x01234567);
  engine[CallWord.Attention] = n % 13 === 5 ? 1 : 0;
  engine[CallWord.StackLow] = n % 17 === 3 ? SP + 1 : n % 17 === 4 ? SP : -0x80000000;
  if (n % 19 === 7) cpu.units = 3 + (n % 8);
  if (n % 23 === 9) cpu.cpsr ^= 0xf0000000;
  r[1] = Math.imul(n, 0x07654321);
  return n % 29 !== 2;
}

for (const [where, stubs] of [
  ["below", 0x60010000],
  ["above", 0x60500000],
] as const) {
  test(`results that are known, of stubs ${where} the code that calls them`, () => {
    const sides = (["interp", "jit", "auto"] as Engine[]).map((engine) => newSide(engine));
    const asked = sides.map(() => 0);
    sides.forEach((side, k) => {
      const { memory, cpu } = side;
      [...stub(0), ...stub(ANSWERED)].forEach((word, k) => memory.st32(stubs + k * 4, word));
      LOOP.forEach((word, k) => memory.st32(CODE + k * 4, word));
      memory.st32(END, 0xef000001);
      let n = 0;
      cpu.answers = (number) => (number === ANSWERED ? CallWord.First : undefined);
      cpu.onSvc = (imm) => {
        if (imm !== 0) return false;
        if (cpu.r[12] !== ANSWERED) {
          side.svcs.push(`${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
          return change(side, n++);
        }
        const at = cpu.r[13] < memory.engine[CallWord.StackLow];
        if (at || memory.engine[CallWord.Attention] !== 0) side.svcs.push(`asked ${cpu.units}`);
        asked[k]++;
        cpu.r[0] = memory.engine[CallWord.First];
        return true;
      };
      cpu.r.set([1, 2, 0, 0, ROUNDS, stubs + 1, stubs + 9, 0, 0, 0, 0x7777, END, 0, SP]);
      cpu.jump(CODE);
    });
    const random = new Random(1);
    let exit: Exit = Exit.Slice;
    while (sides[0].cpu.r[15] !== END + 4) {
      const units = random.between(1, 200);
      const [first, ...others] = sides.map((side) => {
        side.cpu.units = units;
        exit = side.cpu.run();
        return { ...(seen(side, exit) as object), served: side.cpu.stats.svcs };
      });
      for (const state of others) expect(state).toEqual(first);
    }
    // The interpreter asks the hook each time, translated code does when it has to.
    expect(asked[0]).toBe(2 * ROUNDS);
    for (const times of asked.slice(1)) {
      expect(times).toBeGreaterThan(ROUNDS / 10);
      expect(times).toBeLessThan(ROUNDS);
    }
    for (const { memory } of sides) memory.dispose();
  }, 60_000);
}

test("a stub that the program itself makes another one, while its result is known", () => {
  // loop: cmp r4, #200; streq r10, [r6, #-1]; cmp r4, #100; streq r11, [r6, #-1]; adds r0, r4, r1; blx r6; add r3, r3, r0, lsl #1;
  // eor r9, r9, ip; subs r4, r4, #1; bne loop; bx lr', which is r8
  const loop = [
    ...[0xe35400c8, 0x0506a001, 0xe3540064, 0x0506b001, 0xe0940001, 0xe12fff36, 0xe0833080],
    ...[0xe029900c, 0xe2544001, 0x1afffff5, 0xe12fff18],
  ];
  const stubs = 0x60500000;
  const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
  const results = [0x1111, 0x22220000];
  for (const { memory, cpu, svcs } of sides) {
    stub(ANSWERED).forEach((word, k) => memory.st32(stubs + k * 4, word));
    loop.forEach((word, k) => memory.st32(CODE + k * 4, word));
    memory.st32(END, 0xef000001);
    memory.engine[CallWord.Attention] = 0;
    memory.engine[CallWord.StackLow] = -0x80000000;
    results.forEach((result, k) => (memory.engine[CallWord.First + k] = result));
    const answerOf = (number: number): number | undefined =>
      number === ANSWERED
        ? CallWord.First
        : number === ANSWERED + 1
          ? CallWord.First + 1
          : undefined;
    cpu.answers = answerOf;
    cpu.onSvc = (imm) => {
      if (imm !== 0) return false;
      const at = answerOf(cpu.r[12]);
      if (at === undefined) svcs.push(`${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
      cpu.r[0] = at === undefined ? cpu.r[4] : memory.engine[at];
      return true;
    };
    cpu.r.fill(0);
    [cpu.r[4], cpu.r[6], cpu.r[8], cpu.r[13]] = [ROUNDS, stubs + 1, END, SP];
    // The other stub whose result is known; then one that is the host's.
    [cpu.r[10], cpu.r[11]] = [stub(ANSWERED + 1)[0], stub(9)[0]];
    cpu.jump(CODE);
  }
  const random = new Random(2);
  while (sides[0].cpu.r[15] !== END + 4) {
    const units = random.between(1, 500);
    const [first, ...others] = sides.map((side) => {
      side.cpu.units = units;
      return { ...(seen(side, side.cpu.run()) as object), served: side.cpu.stats.svcs };
    });
    for (const state of others) expect(state).toEqual(first);
  }
  const own = Array.from({ length: 100 }, (_, k) => 100 - k).reduce((sum, x) => sum + x, 0);
  const expected = (ROUNDS - 200) * results[0] + 100 * results[1] + own;
  expect(sides.map(({ cpu }) => cpu.r[3])).toEqual(sides.map(() => (2 * expected) | 0));
  for (const { memory } of sides) memory.dispose();
}, 60_000);
