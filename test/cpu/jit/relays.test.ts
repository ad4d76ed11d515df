/** Sums of which one operand is waited for are added in another order: in step with the interpreter, whatever the sums are and in whatever order. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 4096;
const ENGINES: Engine[] = ["interp", "jit"];

const EOR = 1;
const ADD = 4;
const ORR = 12;
const RSB = 3;
const ALWAYS = 14;
const NE = 1;

interface Sum {
  readonly op: number;
  readonly d: number;
  readonly n: number;
  readonly m: number;
  readonly s?: boolean;
  readonly condition?: number;
}
/** A5.2.1, data-processing (register): with the amount of a shift to the right, for the operand m. */
const word = ({ op, d, n, m, s, condition = ALWAYS }: Sum, lsr = 0): number =>
  (((condition << 28) | (op << 21) | (n << 16) | (d << 12) | (lsr << 7) | (lsr ? 0x20 : 0) | m) >>>
    0) +
  (s ? 1 << 20 : 0);

const NOP = 0xe1a00000;
const COUNT = 97;
const LDR = 0xe7946106;
const LDRH = 0xe19460b6;
/**
 * r2 goes round through a table of words at r4, three times: mov r1, #3; 1: mov r0, r10, which is COUNT; 2: ldrb r7, [r5, r0]; r6 = r7 + r2; `behind`; and r6,
 * r6, #mask; ldr r6, [r4, r6, lsl #2]; `before`; r2 = r6 + r3; subs r0, r0, #1; bne 2b; subs r1, r1, #1; bne 1b; svc #0, with sums of all kinds for +.
 */
const loop = (
  consumer: Sum,
  producer: Sum,
  { shift = 0, behind = NOP, before = NOP, mask = 63, load = LDR } = {},
): number[] => [
  ...[0xe3a01003, 0xe1a0000a, 0xe7d57000, word(consumer), behind, 0xe2066000 + mask, load],
  ...[before, word(producer, shift), 0xe2500001, 0x1afffff6, 0xe2511001, 0x1afffff3, 0xef000000],
];

/** str r6, [r9], #4: rights of what is stored to are asked for again after some iterations. */
const STORE = 0xe4896004;
const ADDMI_R8 = 0x42888001;
const TST_R7_3 = 0xe3170003;
const ADD_R2_1 = 0xe2822001;

function loops(): { name: string; code: number[] }[] {
  const found: { name: string; code: number[] }[] = [];
  for (const a of [EOR, ADD, ORR, RSB])
    for (const b of [EOR, ADD, ORR, RSB])
      for (const way of [0, 1, 2, 3]) {
        const consumer: Sum = { op: a, d: 6, n: way & 1 ? 2 : 7, m: way & 1 ? 7 : 2 };
        const producer = (other: number): Sum => ({
          ...{ op: b, d: 2, n: way & 2 ? other : 6, m: way & 2 ? 6 : other },
        });
        const add = (kind: string, code: number[]) =>
          found.push({ name: `${a} ${b} ${way} ${kind}`, code });
        add("plain", loop(consumer, producer(3)));
        add("carried twice", loop(consumer, producer(2)));
        if (way === 1 || way === 2) continue;
        add("low byte", loop(consumer, producer(2), { shift: 8, mask: 255 }));
        add("low byte, stored", loop(consumer, producer(3), { before: STORE, mask: 255 }));
        add("low byte, halfwords", loop(consumer, producer(2), { mask: 255, load: LDRH }));
        add("not the low byte", loop(consumer, producer(3), { mask: 254 }));
        add("stored", loop(consumer, producer(3), { before: STORE }));
        add("shifted", loop(consumer, producer(2), { shift: 8 }));
        add("flags", loop({ ...consumer, s: true }, producer(3), { behind: ADDMI_R8 }));
        add("flags of the other", loop(consumer, { ...producer(3), s: true }));
        const sometimes = { ...producer(3), condition: NE };
        add("sometimes", loop(consumer, sometimes, { before: TST_R7_3 }));
        add("else", loop(consumer, sometimes, { behind: ADD_R2_1, before: TST_R7_3 }));
      }
  return found;
}

test("sums that wait for one another", () => {
  const sides = ENGINES.map(newSide);
  const results = new Set<number>();
  loops().forEach(({ name, code }, k) => {
    const start = CODE + k * 128;
    for (const { memory } of sides) code.forEach((w, at) => memory.st32(start + at * 4, w));
    for (let run = 0; run < 4; run++) {
      for (const { memory, cpu } of sides) {
        memory.fill(AREA, SIZE, 0);
        for (let at = 0; at < SIZE; at += 4)
          memory.st32(AREA + at, Math.imul(at + run * 4099 + 1, 0x9e3779b1));
        cpu.r.set([0, 0, 0x1234567 * run, 0x89abcdef, AREA, AREA + 512, 0, 0, 0, AREA + 1024]);
        cpu.r.fill(0, 10, 15);
        cpu.r[10] = COUNT;
        cpu.cpsr = run & 1 ? 0x40000013 : 0x13;
        cpu.jump(start);
        cpu.onSvc = () => false;
      }
      const cut = run === 3 ? 10 : 5000;
      const ends = runInStep(sides, `${name}, run ${run}`, 40, () => cut, [[AREA, SIZE]]);
      expect(ends.at(-1)?.exit).toBe(Exit.Stop);
      results.add(sides[0].cpu.r[2]);
    }
  });
  expect(results.size).toBeGreaterThan(300);
  for (const { memory } of sides) memory.dispose();
}, 60_000);

test("a load that is waited for, from a table that ends where its address is known", () => {
  // movw r4, #END; movt r4, #END >> 16; mov r0, r10; 1: udiv r8, r9, r10; ldr r2, [r4, r1]; add r5, r5, r2; add r1, r1, #1; add r1, r1, #2;
  // add r1, r1, #1; subs r0, r0, #1; bne 1b; svc #0
  const code = [
    ...[0xe3004400, 0xe3464020, 0xe1a0000a, 0xe738fa19, 0xe7942001, 0xe0855002, 0xe2811001],
    ...[0xe2811002, 0xe2811001, 0xe2500001, 0x1afffff7, 0xef000000],
  ];
  const sides = ENGINES.map(newSide);
  const END = AREA + 1024;
  let expected = 0;
  for (const { memory, cpu } of sides) {
    code.forEach((w, k) => memory.st32(CODE + k * 4, w));
    for (let at = AREA; at < END; at += 4) memory.st32(at, Math.imul(at, 0x9e3779b1));
    cpu.onSvc = () => false;
  }
  for (const count of [2, 3, 4, 5, 66, 255]) {
    expected = 0;
    for (let k = 0; k < count; k++)
      expected = (expected + Math.imul(END - 4 * (count - k), 0x9e3779b1)) | 0;
    for (const { cpu } of sides) {
      cpu.r.fill(0);
      [cpu.r[1], cpu.r[9], cpu.r[10]] = [-4 * count, 1000, count];
      cpu.jump(CODE);
    }
    runInStep(sides, count, 4, () => 5000, []);
    expect(sides.map(({ cpu }) => cpu.r[5])).toEqual([expected, expected]);
  }
  for (const { memory } of sides) memory.dispose();
});
