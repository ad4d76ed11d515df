/**
 * Loops with a loop within, of which translated code asks about all accesses beforehand: what it has to know of an iteration for that, in
 * step with the interpreter at each place near the border of what is allowed.
 */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { READ, WRITE } from "../../../src/memory/mod.ts";
import { newSide, runInStep } from "./side.ts";

const AREA = 0x60200000;
const SIZE = 1024;
const GRANULE = 64;
const RAM_END = 0x60800000;
const STOP = 0xef000000;
const TIMES = 5;
const sides = (["interp", "jit"] as Engine[]).map(newSide);
/** What was relied on wrongly once is not relied on again: each run has code of its own. */
let code = 0x60010000;

afterAll(() => sides.forEach(({ memory }) => memory.dispose()));
beforeEach(() => {
  for (const { memory } of sides) {
    memory.protect(memory.base, memory.end, READ | WRITE);
    memory.fill(AREA, SIZE, 0);
    memory.fill(RAM_END - SIZE, SIZE, 0);
  }
});

/** Thumb where `words` are halfwords; returns the address of the fault, if there is one. */
function run(words: readonly number[], registers: Record<number, number>, thumb = false) {
  for (const { memory, cpu } of sides) {
    words.forEach((word, k) =>
      thumb ? memory.st16(code + 2 * k, word) : memory.st32(code + 4 * k, word),
    );
    cpu.r.fill(0);
    for (const [r, value] of Object.entries(registers)) cpu.r[Number(r)] = value;
    cpu.cpsr = 0x13;
    cpu.onSvc = () => false;
    cpu.jump(code | (thumb ? 1 : 0));
  }
  code += 256;
  const ranges = [
    [AREA, SIZE],
    [RAM_END - SIZE, SIZE],
  ] as const;
  const [{ exit, fault }] = runInStep(sides, { words, registers }, 1, () => 50_000, ranges);
  expect(exit).not.toBe(Exit.Slice);
  return fault?.address;
}

/** 1: mov r6, #2; 2: eor r8, r8, r8, ror #3; subs r6, r6, #1; bne 2b; the body; subs r0, r0, #1; bne 1b */
const nest = (body: readonly number[]): number[] => [
  ...[0xe3a06002, 0xe02881e8, 0xe2566001, 0x1afffffc, ...body, 0xe2500001],
  0x1a000000 | (-(body.length + 7) & 0xffffff),
];
/** movw, movt. */
const constant = (r: number, value: number): number[] =>
  [value & 0xffff, value >>> 16].map(
    (half, k) =>
      (0xe3000000 | (k << 22) | ((half & 0xf000) << 4) | (r << 12) | (half & 0xfff)) >>> 0,
  );

/** Bodies that store near r4 or r5. */
const STORES: Record<string, number[]> = {
  // sub r9, r4, #12; str r0, [r9, #4]
  "below a register": [0xe244900c, 0xe5890004],
  // mov r9, r4; tst r0, #1; movne r9, r5; str r0, [r9, #8]
  "through a register that is written on a condition": [
    ...[0xe1a09004, 0xe3100001, 0x11a09005, 0xe5890008],
  ],
  // add r9, r4, #8; eor r9, r9, #64; str r0, [r9]
  "through a register that was near another": [0xe2849008, 0xe2299040, 0xe5890000],
  // tst r0, #1; strne r0, [r4, #4]; addeq r3, r3, #1
  "on a condition": [0xe3100001, 0x15840004, 0x02833001],
};
for (const [name, body] of Object.entries(STORES))
  test(`stores ${name}`, () => {
    const border = AREA + 4 * GRANULE;
    for (const { memory } of sides) memory.protect(border, border + GRANULE, READ);
    const ends = new Set<boolean>();
    for (const other of [border - 512, border])
      for (const by of [-16, -12, -8, -4, 0, 4, 52, 56, 60, 64, 68, 72])
        for (const [r4, r5] of [
          [border + by, other],
          [other, border + by],
        ])
          ends.add(run([...nest(body), STOP], { 0: TIMES, 4: r4, 5: r5 }) === undefined);
    expect(ends.size).toBe(2);
  }, 60_000);

test("stores where only a load was tested before", () => {
  const border = AREA + 4 * GRANULE;
  for (const { memory } of sides) memory.protect(border, border + GRANULE, READ);
  // ldr r9, [r4]; cmp r5, #0; beq behind; str r0, [r4]
  const loop = nest([0xe5840000]);
  const words = [0xe5949000, 0xe3550000, (0x0a000000 | (loop.length - 1)) >>> 0, ...loop, STOP];
  for (const [r4, fault] of [
    [border - 4, undefined],
    [border, border],
  ] as const)
    expect(run(words, { 0: TIMES, 4: r4, 5: 1 })).toBe(fault);
});

test("loads from a table at the end of memory, up to its last element", () => {
  // and r1, r8, #60; ldr r2, [r9, r1, lsl #2]; add r3, r3, r2
  const loop = nest([0xe208103c, 0xe7992101, 0xe0833002]);
  const ends = new Set<number | undefined>();
  for (let beyond = -4; beyond <= 8; beyond++)
    for (const r8 of [0, 0x12345678, 0xffffffff]) {
      const table = RAM_END - 60 * 4 - 4 + beyond;
      ends.add(run([...constant(9, table), ...loop, STOP], { 0: TIMES, 8: r8 }));
    }
  expect(ends.size).toBeGreaterThan(1);
});

test("two words of which the address is not a multiple of four", () => {
  // and r9, r8, #60; add r9, r4, r9; and r1, r8, #2; add r9, r9, r1; ldrd r2, r3, [r9]
  const loop = nest([0xe208903c, 0xe0849009, 0xe2081002, 0xe0899001, 0xe1c920d0]);
  const ends = new Set<boolean>();
  for (const r8 of [0, 4, 0x12345678, 0x10, 0xfedcba98])
    for (const r4 of [AREA, AREA + 1, AREA + 2])
      ends.add(run([...loop, STOP], { 0: TIMES, 4: r4, 8: r8 }) === undefined);
  // ldrd r2, r3, [r9]
  for (const at of [AREA, AREA + 1, AREA + 2]) {
    const fault = run([...constant(9, at), ...nest([0xe1c920d0]), STOP], { 0: TIMES });
    expect([at, fault]).toEqual([at, at & 3 ? at : undefined]);
  }
  expect(ends.size).toBe(2);
});

test("a branch backward in an iteration uses up a unit", () => {
  // 1: ldr r2, [r4]; b 3f; 2: subs r0, r0, #1; bne 1b; b 4f; 3: add r3, r3, r2; b 2b; 4:
  const words = [0xe5942000, 0xea000002, 0xe2500001, 0x1afffffb, 0xea000001, 0xe0833002];
  expect(run([...words, 0xeafffffa, STOP], { 0: TIMES, 4: AREA })).toBeUndefined();
});

test("a branch of an IT block is a choice", () => {
  // 1: movs r6, #2; 2: adds r7, #1; subs r6, #1; bne 2b; cmp r0, #3; itt eq; addeq r3, #1; beq 3f; adds r5, #1; 3: str r3, [r4]; subs r0, #1; bne 1b; svc
  const words = [0x2602, 0x3701, 0x3e01, 0xd1fc, 0x2803, 0xbf04, 0x3301, 0xe000, 0x3501, 0x6023];
  expect(run([...words, 0x3801, 0xd1f3, 0xdf00], { 0: TIMES, 4: AREA }, true)).toBeUndefined();
  expect([...sides[1].cpu.r.subarray(3, 6)]).toEqual([1, AREA, TIMES - 1]);
});

test("loops that step by a register", () => {
  // str r0, [r4, r3]; add r3, r3, r5; cmp r3, ip; bcc
  const inner = [0xe3a06002, 0xe02881e8, 0xe2566001, 0x1afffffc];
  const words = [...inner, 0xe7840003, 0xe0833005, 0xe153000c, 0x3afffff7, STOP];
  const border = AREA + 4 * GRANULE;
  for (const { memory } of sides) memory.protect(border, border + GRANULE, READ);
  for (const r5 of [4, 8, 60, 1, 0x7fffffff])
    for (const first of [AREA, border - 5 * r5, border - 20])
      run(words, { 0: TIMES, 4: first, 5: r5, 12: 5 * r5 });
});
