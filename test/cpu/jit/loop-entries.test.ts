/** Loops that are entered inside, or with other registers than they were translated for: in step with the interpreter. */
import { expect, test } from "bun:test";
import { Exit } from "../../../src/cpu/mod.ts";
import { findBlocks } from "../../../src/cpu/jit/blocks.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const CODE = 0x60004000;
const TABLE = 0x60200000;
const SVC = 0xdf00;

/** Runs from `entry` on (bit 0: Thumb), with units for one slice. */
function inStep(sides: readonly Side[], entry: number, units: number): Exit {
  for (const { cpu } of sides) cpu.jump(entry);
  const ranges = [[TABLE - 0x100, 0x1000]] as const;
  return runInStep(sides, entry, 1, () => units, ranges).at(-1)!.exit;
}

test("straight code that only led to a loop is no way into the middle of it", () => {
  const sides = (["interp", "jit"] as const).map(newSide);
  // 1: uxth r0, r0; adds r2, #2; ldrb r1, [r2, #1]; strb r1, [r6]; uxth r1, r0; adds r0, r6, r0; asrs r1, r1, #17; subs r4, #16; subs r6, #6;
  // strb r0, [r6, #1]; cmp r1, #120; bne 1b; bcs 1b; eors r0, r1; subs r7, #1; bne 1b - 2; cmp r1, #1; lsrs r0, r1, #3; svc #0; b CODE - 394
  const loop = [
    ...[0xb280, 0x3202, 0x7851, 0x7031, 0xb281, 0x1830, 0x1449, 0x3c10, 0x3e06, 0x7070, 0x2978],
    ...[0xd1f3, 0xd2f2, 0x4048, 0x3f01, 0xd1ee, 0x2901, 0x08c8, SVC, 0xe712],
  ];
  for (const { memory, cpu } of sides) {
    // lsls r1, r0, #4
    for (let at = CODE - 0x200; at < CODE + 0x28; at += 2) memory.st16(at, 0x0101);
    loop.forEach((half, k) => memory.st16(CODE + 0x28 + 2 * k, half));
    cpu.r.set([0, 1, TABLE, 0, 48, 0, TABLE + 0x800, 1]);
    cpu.cpsr = 0x33;
  }
  expect(inStep(sides, (CODE + 0x3c) | 1, 20)).toBe(Exit.Slice);
  for (const { memory } of sides) memory.dispose();
});

test("registers that the loop has not written are left alone when it is entered with another table", () => {
  const sides = (["interp", "jit", "auto"] as const).map(newSide);
  // 1: add r0, r0, r8; and r2, lr, #31; cmp r0, ip; strb lr, [r9, r2, lsl #2]; ble 1b; uadd8 r3, r9, lr; uxth r3, ip; svc #0
  const code = [
    ...[0xe0800008, 0xe20e201f, 0xe150000c, 0xe7c9e102, 0xdafffffa, 0xe6593f9e, 0xe6ff307c],
    ...[0xef000000, 0xeafffffd],
  ];
  for (const { memory } of sides) {
    code.forEach((word, k) => memory.st32(CODE + 4 * k, word));
    memory.write(TABLE, new Uint8Array(0x800));
  }
  for (const [table, exit] of [
    [TABLE, Exit.Stop],
    [TABLE + 0x400, Exit.Slice],
  ] as const) {
    for (const { cpu } of sides) {
      cpu.r.set([0, 1, 2, 27, 4, 5, 6, 7, 4, table, 10, 11, 400, 0x60005000, 32]);
      cpu.cpsr = 0x13;
    }
    expect(inStep(sides, CODE, exit === Exit.Stop ? 1000 : 1)).toBe(exit);
  }
  for (const { memory } of sides) memory.dispose();
});

test("a loop that is entered in its middle from one around it is a region of its own", () => {
  // 0: mov r1, #0; b 4f; 1: add r1, r1, #2; 2: cmp r1, #64; bcs 5f; 3: mov r2, r0; 4: add r0, r2, #1; tst r0, #3; bne 1b;
  // add r1, r1, #2; add r5, r5, r0; b 3b; 5: subs r4, r4, #1; bne 0b; svc #0
  const code = [
    ...[0xe3a01000, 0xea000003, 0xe2811002, 0xe3510040, 0x2a000006, 0xe1a02000, 0xe2820001],
    ...[0xe3100003, 0x1afffff8, 0xe2811002, 0xe0855000, 0xeafffff8, 0xe2544001, 0x1afffff1],
    0xef000000,
  ];
  const fetch = (at: number): number | undefined => {
    const word = code[(at - CODE) >> 2];
    return word === undefined ? undefined : (word >>> ((at & 2) * 8)) & 0xffff;
  };
  const from = (entry: number): number[] =>
    [...findBlocks(fetch, CODE + entry, () => true)!.keys()].map((key) => key - CODE);
  expect(from(0x14).sort((x, y) => x - y)).toEqual([8, 0x14, 0x18]);
  for (const entry of [0, 0x30])
    expect(from(entry)).toEqual(expect.arrayContaining([0, 8, 0x18, 0x30]));
  const sides = (["interp", "jit", "auto"] as const).map(newSide);
  for (const units of [1000, 7]) {
    for (const { memory, cpu } of sides) {
      code.forEach((word, k) => memory.st32(CODE + 4 * k, word));
      cpu.r.fill(0);
      cpu.r[4] = 9;
      cpu.cpsr = 0x13;
      cpu.jump(CODE);
    }
    const ends = runInStep(sides, units, 200, () => units, []);
    expect(ends.at(-1)!.exit).toBe(Exit.Stop);
  }
  for (const { memory } of sides) memory.dispose();
});
