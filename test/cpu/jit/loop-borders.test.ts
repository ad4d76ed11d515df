/** Where the versions of loops that ask less than each access does must not be taken: in step with the interpreter. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { READ, WRITE } from "../../../src/memory/mod.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const CODE = 0x60010000;
const TEXT = 0x60200000;
const TABLE = 0x60300000;
const RAM_END = 0x60800000;
const SVC = 0xdf00;

function inStep(code: readonly number[], prepare: (side: Side) => void): Exit {
  const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
  for (const side of sides) {
    const { memory, cpu } = side;
    [...code, SVC].forEach((half, k) => memory.st16(CODE + k * 2, half));
    prepare(side);
    cpu.cpsr = 0x33;
    cpu.jump(CODE | 1);
  }
  const ranges = [
    [TEXT, 0x2000],
    [TABLE, 0x1000],
    [RAM_END - 0x1000, 0x1000],
  ] as const;
  const ended = runInStep(sides, code.length, 2, () => 50_000, ranges);
  for (const { memory } of sides) memory.dispose();
  return ended.at(-1)!.exit;
}

const UNEVEN: Record<string, [code: number[], place: number, bytes: number[], sought: number]> = {
  // 1: ldrh r2, [r1], #1; cmp r2, r6; bne 1b
  "a halfword at an odd address": [[0xf831, 0x2b01, 0x42b2, 0xd1fb], 1001, [7, 7], 0x0707],
  // 1: ldr r2, [r1], #2; cmp r2, r6; bne 1b
  "a word that is not aligned": [[0xf851, 0x2b02, 0x42b2, 0xd1fb], 1002, [7, 8, 9, 7], 0x07090807],
  // 1: ldrh r2, [r1]; cmp r2, r6; beq 2f; ldrh r2, [r1, #1]; cmp r2, r6; add r1, #2; bne 1b; 2:
  "one of two halfwords that overlap": [
    [0x880a, 0x42b2, 0xd006, 0xf8b1, 0x2001, 0x42b2, 0xf101, 0x0102, 0xd1f6],
    1001,
    [7, 7],
    0x0707,
  ],
};
for (const [name, [code, place, bytes, sought]] of Object.entries(UNEVEN))
  test(`a search finds ${name}`, () => {
    const exit = inStep(code, ({ memory, cpu }) => {
      memory.write(TEXT, new Uint8Array(0x2000).fill(1));
      memory.write(TEXT + place, Uint8Array.from(bytes));
      cpu.r[1] = TEXT;
      cpu.r[6] = sought;
    });
    expect(exit).toBe(Exit.Stop);
  });

const TABLES: Record<string, [table: number, code: number[]]> = {
  // 1: ldrb r2, [r1], #1; ldr r3, [r4, r2, lsl #2]; adds r3, #1; str r3, [r4, r2, lsl #2]; cmp r2, #0; bne 1b
  "that is guarded": [
    TABLE,
    [0xf811, 0x2b01, 0xf854, 0x3022, 0x3301, 0xf844, 0x3022, 0x2a00, 0xd1f6],
  ],
  // 1: ldrb r2, [r1], #1; str r3, [r4, r2, lsl #2]; cmp r2, #0; bne 1b
  "that memory ends in": [RAM_END - 960, [0xf811, 0x2b01, 0xf844, 0x3022, 0x2a00, 0xd1f9]],
};
for (const [name, [table, code]] of Object.entries(TABLES))
  test(`a store to a large table ${name} by an index from memory is refused`, () => {
    const exit = inStep(code, ({ memory, cpu }) => {
      memory.write(TEXT, new Uint8Array(200).fill(240));
      memory.st8(TEXT + 100, 0);
      memory.write(TABLE, new Uint8Array(0x1000));
      memory.write(RAM_END - 0x1000, new Uint8Array(0x1000));
      if (table === TABLE) memory.addGuard(TABLE + 960, TABLE + 964, "guard");
      cpu.r[1] = TEXT;
      cpu.r[4] = table;
    });
    expect(exit).toBe(Exit.Fault);
  });

// cmp r5, r4; 1: vst1.8 {d0, d1}, [r4:64]!; cmp r4, r4; bls 1b
const ALIGNED = [0x42a5, 0xf904, 0x0a1d, 0x42a4, 0xd9fb];
// cmp r5, r4; 1: vst1.8 {d0, d1}, [r4:64]!; subs r3, #1; bne 1b
const COUNTED = [0x42a5, 0xf904, 0x0a1d, 0x3b01, 0xd1fb];
for (const [name, code] of Object.entries({ "ends on data": ALIGNED, "is counted": COUNTED }))
  test(`an alignment that an instruction names is missed in a loop that ${name}: flags are those of before`, () => {
    const exit = inStep(code, ({ memory, cpu }) => {
      memory.write(TABLE, new Uint8Array(0x1000));
      cpu.r[3] = 20;
      cpu.r[4] = TABLE + 4;
      cpu.r[5] = 1;
    });
    expect(exit).toBe(Exit.Fault);
  });

// 1: ldrb r2, [r1], #1; add r1, r1, #0x7f8000; add r1, r1, #0x7800; ldrb r3, [r1]; sub and sub; cmp r2, #0; bne 1b
const APART = [
  ...[0xf811, 0x2b01, 0xf501, 0x01ff, 0xf501, 0x41f0, 0x780b],
  ...[0xf5a1, 0x01ff, 0xf5a1, 0x41f0, 0x2a00, 0xd1f2],
];
test("a loop that loads from both ends of memory ends where the second of them does", () => {
  const exit = inStep(APART, ({ memory, cpu }) => {
    memory.write(0x60000000, new Uint8Array(0x4000).fill(1));
    cpu.r[1] = 0x60000100;
  });
  expect(exit).toBe(Exit.Fault);
});

const TO_THE_END: Record<string, number[]> = {
  // 1: ldrb r2, [r1], #1; cmp r2, r6; bne 1b
  "a search for a byte": [0xf811, 0x2b01, 0x42b2, 0xd1fb],
  // 1: ldrb r2, [r1], #1; eor r3, r2; cmp r2, r6; bne 1b: each iteration does something
  "a search that calculates": [0xf811, 0x2b01, 0xea83, 0x0302, 0x42b2, 0xd1f9],
};
for (const [name, code] of Object.entries(TO_THE_END))
  test(`${name} loads all bytes to the end of memory, and faults there`, () => {
    const sides = (["interp", "jit"] as Engine[]).map(newSide);
    // A byte more or less than is asked about at once.
    for (const step of [64, 512, 4096])
      for (const way of [step - 2, step - 1, step, step + 1, 2 * step - 1]) {
        for (const { memory, cpu } of sides) {
          code.forEach((half, k) => memory.st16(CODE + k * 2, half));
          memory.fill(RAM_END - 0x4000, 0x4000, 1);
          cpu.r[1] = RAM_END - way;
          cpu.r[6] = 2;
          cpu.cpsr = 0x33;
          cpu.jump(CODE | 1);
        }
        const [{ exit, fault }] = runInStep(sides, way, 1, () => 50_000, []);
        expect({ exit, address: fault?.address }).toEqual({ exit: Exit.Fault, address: RAM_END });
      }
    for (const { memory } of sides) memory.dispose();
  });

const FAR: Record<string, number[]> = {
  // movs r0, #0; movs r3, #10; 1: ldr r2, [r1], #64; add r0, r2; subs r3, #1; bne 1b
  "of a known number of iterations": [0x2000, 0x230a, 0xf851, 0x2b40, 0x4410, 0x3b01, 0xd1fa],
  // 1: ldr r2, [r1]; ldr.w r3, [r1, #508]; b 1b
  "with loads far apart": [0x680a, 0xf8d1, 0x31fc, 0xe7fb],
  // 1: ldr r2, [r1]; ldrd r2, r3, [r1, #504]; b 1b
  "with aligned loads far apart": [0x680a, 0xe9d1, 0x237e, 0xe7fb],
};
for (const [name, code] of Object.entries(FAR))
  test(`a loop ${name} reads further than there is memory that can be read`, () => {
    const exit = inStep(code, ({ memory, cpu }) => {
      memory.protect(memory.base, memory.end, 0);
      memory.protect(CODE - 64, CODE + 192, READ | WRITE);
      cpu.r[1] = CODE;
    });
    expect(exit).toBe(Exit.Fault);
  });
