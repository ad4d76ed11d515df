/**
 * Loops that end on data: those of newlib's functions on strings, and of programs. Translated code leaves out iterations, or their checks,
 * when it is known that they may be: in step with the interpreter whatever happens.
 */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { moduleOf } from "../golden/wasm.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 0x8000;
const RAM_END = 0x60800000;
/** Where they may store. */
const PLACES = [
  [AREA - SIZE, 3 * SIZE],
  [RAM_END - SIZE, SIZE],
] as const;
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 1500 : 100;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const SVC = 0xdf00;

/** Iterations are left out: v128 is looked at (i8x16, i16x8, i32x4.all_true), memory is copied. */
const BYTES = [0xfd, 99, 0x45];
const HALVES = [0xfd, 0x83, 0x01, 0x45];
const WORDS = [0xfd, 0xa3, 0x01, 0x45];
const COPIES = [0xfc, 0x0a, 0, 0];

interface Loop {
  /** Thumb. r1 and r8 are bases, r5 counts or is where r1 ends, r6 is looked for, r4 is 0 or a table, ip -1, r3 what was at r1 - 4. */
  readonly code: readonly number[];
  readonly has: readonly (readonly number[])[];
  /** Bytes of an iteration. */
  readonly step: number;
  /** What r5 is, when it is something. */
  readonly end?: "count" | "address";
  readonly table?: true;
  /** r3 is r5 - r1. */
  readonly difference?: true;
}
const LOOPS: Record<string, Loop> = {
  // 1: ldrd r2, r3, [r1], #8; add r0, r0, #8; uadd8 r2, r2, ip; sel r2, r4, ip; uadd8 r3, r3, ip; sel r3, r2, ip; cmp r3, #0; beq 1b
  strlen: {
    code: [
      ...[0xe8f1, 0x2302, 0xf100, 0x0008, 0xfa82, 0xf24c, 0xfaa4, 0xf28c, 0xfa83, 0xf34c],
      ...[0xfaa2, 0xf38c, 0x2b00, 0xd0f1],
    ],
    ...{ has: [BYTES], step: 8 },
  },
  // 1: ldrd r2, r3, [r8], #8; ldrd r6, r7, [r1], #8; uadd8 r5, r2, ip; eor r9, r2, r6; sel r9, r9, ip; cmp r9, #0; bne 2f;
  // uadd8 r5, r3, ip; eor r5, r3, r7; sel r5, r5, ip; orrs r5, r5, r9; beq 1b; 2:
  strcmp: {
    code: [
      ...[0xe8f8, 0x2302, 0xe8f1, 0x6702, 0xfa82, 0xf54c, 0xea82, 0x0906, 0xfaa9, 0xf98c],
      ...[0xf1b9, 0x0f00, 0xd108, 0xfa83, 0xf54c, 0xea83, 0x0507, 0xfaa5, 0xf58c, 0xea55],
      ...[0x0509, 0xd0e9],
    ],
    ...{ has: [BYTES], step: 8 },
  },
  // 1: ldr r6, [r1], #4; sub r2, r3, #0x01010101; bics r2, r3; tst r2, #0x80808080; sub r2, r6, #0x01010101; bne 2f; str r3, [r8], #4;
  // bics r2, r6; tst r2, #0x80808080; itt eq; ldreq r3, [r1], #4; streq r6, [r8], #4; beq 1b; 2:
  strcpy: {
    code: [
      ...[0xf851, 0x6b04, 0xf1a3, 0x3201, 0x439a, 0xf012, 0x3f80, 0xf1a6, 0x3201, 0xd10a],
      ...[0xf848, 0x3b04, 0x43b2, 0xf012, 0x3f80, 0xbf04, 0xf851, 0x3b04, 0xf848, 0x6b04, 0xd0ea],
    ],
    ...{ has: [BYTES, COPIES], step: 8 },
  },
  // 1: ldr r5, [r1, #4]!; eor r7, r5, r6; sub r3, r5, #0x01010101; sub r2, r7, #0x01010101; bic r3, r5; bic r2, r7; orrs r3, r2;
  // tst r3, #0x80808080; beq 1b
  strchr: {
    code: [
      ...[0xf851, 0x5f04, 0xea85, 0x0706, 0xf1a5, 0x3301, 0xf1a7, 0x3201, 0xea23, 0x0305],
      ...[0xea22, 0x0207, 0x4313, 0xf013, 0x3f80, 0xd0ef],
    ],
    ...{ has: [BYTES], step: 4 },
  },
  // 1: ldrb r3, [r1], #1; subs r5, #1; cmp r3, r6; beq 2f; cmp r5, #0; bne 1b; 2:
  find: {
    code: [0xf811, 0x3b01, 0x3d01, 0x42b3, 0xd001, 0x2d00, 0xd1f8],
    ...{ has: [BYTES], step: 1, end: "count" },
  },
  // 1: ldr r3, [r1, #4]!; cmp r3, r6; bne 1b
  words: { code: [0xf851, 0x3f04, 0x42b3, 0xd1fb], has: [WORDS], step: 4 },
  // 1: ldrb r2, [r1], #1; ldrb r3, [r8], #1; cmp r2, #0; beq 2f; cmp r2, r3; beq 1b; 2:
  text: {
    code: [0xf811, 0x2b01, 0xf818, 0x3b01, 0x2a00, 0xd001, 0x429a, 0xd0f7],
    ...{ has: [BYTES], step: 1 },
  },
  // 1: ldrh r2, [r1, #2]!; strh r2, [r8, #2]!; cmp r2, r6; bne 1b
  halves: {
    code: [0xf831, 0x2f02, 0xf828, 0x2f02, 0x42b2, 0xd1f9],
    ...{ has: [HALVES, COPIES], step: 2 },
  },
  // 1: ldr r2, [r1], #16; str r2, [r8], #16; and three more at -12, -8, -4; cmp r1, r5 before the last store; bne 1b
  quads: {
    code: [
      ...[0xf851, 0x2b10, 0xf848, 0x2b10, 0xf851, 0x2c0c, 0xf848, 0x2c0c, 0xf851, 0x2c08],
      ...[0xf848, 0x2c08, 0xf851, 0x2c04, 0x42a9, 0xf848, 0x2c04, 0xd1ed],
    ],
    ...{ has: [COPIES], step: 16, end: "address" },
  },
  // 1: strd r2, r3, [r8], #8; ldrd r2, r3, [r1], #8; subs r5, #8; bne 1b
  pairs: {
    code: [0xe8e8, 0x2302, 0xe8f1, 0x2302, 0x3d08, 0xd1f9],
    ...{ has: [COPIES], step: 8, end: "count" },
  },
  // 1: subs r5, #4; cmp r5, #3; bls 2f; ldr r2, [r1], #4; ldr r3, [r8], #4; cmp r2, r3; beq 1b; 2:
  memcmp: {
    code: [0x3d04, 0x2d03, 0xd905, 0xf851, 0x2b04, 0xf858, 0x3b04, 0x429a, 0xd0f6],
    ...{ has: [BYTES], step: 4, end: "count" },
  },
  // 1: adds r3, r0, r3; beq 2f; ldrb r2, [r1], #1; ldrb r6, [r8], #1; subs r3, r5, r1; cmp r2, r6; beq 1b; 2:
  "memcmp, bytes": {
    code: [0x18c3, 0xd006, 0xf811, 0x2b01, 0xf818, 0x6b01, 0x1a6b, 0x42b2, 0xd0f6],
    ...{ has: [BYTES], step: 1, end: "address", difference: true },
  },
  // As quads, but subs r5, #16; bge 1b
  signed: {
    code: [
      ...[0xf851, 0x2b10, 0xf848, 0x2b10, 0xf851, 0x2c0c, 0xf848, 0x2c0c, 0xf851, 0x2c08],
      ...[0xf848, 0x2c08, 0xf851, 0x2c04, 0x3d10, 0xf848, 0x2c04, 0xdaed],
    ],
    ...{ has: [COPIES], step: 16, end: "count" },
  },
  // 1: ldr r2, [r1], #4; str r2, [r8], #4; cmp r5, r1; bcs 1b
  upto: {
    code: [0xf851, 0x2b04, 0xf848, 0x2b04, 0x428d, 0xd2f9],
    ...{ has: [COPIES], step: 4, end: "address" },
  },
  // 1: ldrb r2, [r1, #1]!; ldrb r3, [r8, #-1]!; strb r3, [r1]; cmp r1, r8; strb r2, [r8]; bcc 1b
  reverse: {
    code: [0xf811, 0x2f01, 0xf818, 0x3d01, 0x700b, 0x4541, 0xf888, 0x2000, 0xd3f6],
    ...{ has: [], step: 1 },
  },
  // 1: ldrb r2, [r1], #1; ldrb r2, [r4, r2]; strb r2, [r8], #1; cmp r2, #0; bne 1b
  table: {
    code: [0xf811, 0x2b01, 0x5ca2, 0xf808, 0x2b01, 0x2a00, 0xd1f8],
    ...{ has: [], step: 1, table: true },
  },
  // 1: ldrb r2, [r1], #1; cmp r2, #0; beq 2f; eor r0, r2, r0, ror #5; b 1b; 2:
  hash: { code: [0xf811, 0x2b01, 0x2a00, 0xd002, 0xea82, 0x1070, 0xe7f8], has: [], step: 1 },
};

for (const [name, { code, has, step, end, table, difference }] of Object.entries(LOOPS))
  test(`${name}: ends, guards, faults, code in the way, overlaps, slices of any length`, () => {
    const all = [...code, SVC];
    const module = Buffer.from(
      moduleOf({ code: new Uint8Array(new Uint16Array(all).buffer), thumb: true }),
    );
    // The loop, the version without checks, and the loop around that.
    expect(module.toString("latin1").split("\x03\x40").length - 1).toBeGreaterThanOrEqual(3);
    for (const bytes of has) expect(module.includes(Buffer.from(bytes))).toBe(true);
    const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
    for (const { memory } of sides) all.forEach((half, k) => memory.st16(CODE + k * 2, half));
    const random = new Random(SEED);
    const exits = new Set<Exit>();
    for (let round = 0; round < ROUNDS; round++) {
      const length = random.pick([1, 8, 30, 64, 100, 300, 1000, 5000]) + random.below(64);
      const near = (): number =>
        random.once(6) ? RAM_END - random.below(6000) : AREA + random.below(SIZE / 2);
      const align = random.once(6) ? 0 : 7;
      const from = near() & ~align;
      // Beside it, or over it.
      const beside = from + (random.once(2) ? 1 : -1) * (random.below(2 * length) & ~align);
      let to = random.once(3) ? beside : near() & ~align;
      if (name === "reverse") to = from + length;
      const guard = random.once(4) ? random.pick([from, to]) + random.below(length) : undefined;
      const inCode = random.once(4) ? random.pick([from, to]) + random.below(length) : undefined;
      // Bytes that say nothing, one that does, sometimes more of them.
      const sought = random.pick([0, 0x78, 0x78787878, 0x7878]);
      const plain = Uint8Array.from({ length: SIZE }, (_, k) => 1 + (k & 63));
      const tag = `round ${round}`;
      const values = [1, from, 0, random.once(6) ? 5 : undefined, table ? AREA : 0];
      if (random.once(8)) values[4] = AREA + 1;
      const iterations = Math.ceil(length / step) * step;
      const r5 =
        end === "address"
          ? from + iterations + (random.once(8) ? 1 : 0)
          : iterations + (random.once(8) ? 3 : 0);
      const far = random.once(8) ? random.pick([0x7ffffff0, 0x80000010, 0xfffffff8]) : 0;
      const ip = random.once(8) ? 0x00ffffff : -1;
      const special = random.once(8) ? [] : [from + length, to + length + random.below(8)];
      for (let k = random.below(4); k > 0; k--) special.push(near());
      const what = random.pick([0, 0x78]);
      for (const { memory, cpu } of sides) {
        memory.write(AREA, plain);
        memory.write(RAM_END - SIZE, plain);
        // Both are alike.
        const room = Math.min(length + 64, RAM_END - from, RAM_END - to);
        const half = plain.subarray(0, Math.max(0, room));
        memory.write(from, half);
        if (half.length > 0) memory.write(to, half);
        if (table) memory.st8(AREA, 0);
        for (const at of special)
          if (at + 4 <= RAM_END) {
            memory.st8(at, what);
            if (step > 1) memory.st32(at & ~3, what ? sought : 0);
          }
        const before = from - 4 >= AREA - SIZE ? memory.ld32(from - 4) : 0;
        const last = name === "pairs" ? [memory.ld32(from - 8), before] : [values[2]!, before];
        cpu.r.set([1, from, last[0], values[3] ?? last[1], values[4]!, r5 ^ far, sought, 0, to]);
        cpu.r[12] = ip;
        if (difference && values[3] === undefined) cpu.r[3] = (r5 ^ far) - from;
        cpu.cpsr = 0x33;
        cpu.jump(CODE | 1);
        if (inCode !== undefined && memory.contains(inCode)) memory.markCode(inCode, inCode + 1);
        if (guard !== undefined && memory.contains(guard)) memory.addGuard(guard, guard + 4, tag);
      }
      const at = { seed: SEED, round, from, to, length, guard, inCode, special, what, sought };
      const units = () => random.pick([1, 2, 7, 40, 500, 5000, 20_000]);
      for (const { exit } of runInStep(sides, at, 12, units, PLACES)) exits.add(exit);
      for (const { memory } of sides)
        if (guard !== undefined && memory.contains(guard)) memory.removeGuard(guard);
    }
    // It ends, is cut, and faults.
    expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
    for (const { memory } of sides) memory.dispose();
  }, 120_000);

test("a copy that faults where it stores, with a number that each iteration makes behind that", () => {
  // ldrh r0, [r5], #2; strh r0, [r10], #2; rsb r1, r0, #31; cmp r10, r2; bne back; svc #0
  const code = [0xe0d500b2, 0xe0ca00b2, 0xe260101f, 0xe15a0002, 0x1afffffa, 0xef000000];
  const to = AREA + 0x1000;
  for (let count = 60; count < 400; count += 17) {
    const sides = (["interp", "jit"] as Engine[]).map(newSide);
    const guard = to + count * 2;
    for (const { memory, cpu } of sides) {
      code.forEach((word, k) => memory.st32(CODE + k * 4, word));
      for (let k = 0; k < 500; k++) memory.st16(AREA + k * 2, k * 77 + 5);
      cpu.r.set([0, 0, guard + 4, 0, 0, AREA, 0, 0, 0, 0, to]);
      cpu.jump(CODE);
      memory.addGuard(guard, guard + 4, "guard");
    }
    const [{ cpu }] = sides;
    const ends = runInStep(sides, { count }, 1, () => 5000, [[AREA, 0x2000]]);
    expect(ends.at(-1)?.exit).toBe(Exit.Fault);
    expect(cpu.r[1]).toBe(31 - (((count - 1) * 77 + 5) & 0xffff));
    for (const { memory } of sides) memory.dispose();
  }
});
