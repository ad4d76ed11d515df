/** What ends or changes translated code: faults, guards, code that is written, deep recursion. As in the interpreter. */
import { afterEach, expect, test } from "bun:test";
import type { Engine } from "../../../src/cpu/mod.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { newSide, type Side, seen } from "./side.ts";

const CODE = 0x60010000;
const DATA = 0x60020000;
const STACK = 0x60700000;
const END = 0x60000100;

let sides: Side[] = [];
afterEach(() => {
  for (const { memory } of sides) memory.dispose();
  sides = [];
});

/** Starts the A32 program on every engine. */
function start(program: readonly number[], registers: readonly number[]): void {
  sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
  for (const { memory, cpu } of sides) {
    program.forEach((word, k) => memory.st32(CODE + k * 4, word));
    memory.st32(END, 0xef000000);
    cpu.r.set(registers);
    cpu.r[13] = STACK;
    cpu.r[14] = END;
    cpu.jump(CODE);
  }
}
/** Runs all of them to an exit other than the end of a slice; they must agree whenever one ends. */
function run(slice: number): { exit: Exit; r: number[]; fault?: { address?: number; pc: number } } {
  for (;;) {
    const states = sides.map((side) => {
      side.cpu.units = slice;
      return seen(side, side.cpu.run());
    });
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
    const state = states[0] as ReturnType<typeof run>;
    if (state.exit !== Exit.Slice) return state;
  }
}

// loop: str r0, [r1], #4; adds r0, r0, #1; b loop
const FILL = [0xe4810004, 0xe2900001, 0xeafffffc];

test("a loop that stores past the end of RAM faults with exact registers", () => {
  start(FILL, [1, 0x60400000]);
  const { exit, r, fault } = run(100_000);
  expect(exit).toBe(Exit.Fault);
  expect(fault).toMatchObject({ address: 0x60800000, pc: CODE });
  expect(r[1]).toBe(0x60800000);
  expect(r[0]).toBe(1 + 0x400000 / 4);
}, 30_000);

test("a guard in the middle of a granule stops at its first byte", () => {
  start(FILL, [1, 0x60400000]);
  for (const { memory } of sides) memory.addGuard(0x60600014, 0x60600020, "guard");
  const { fault } = run(50_000);
  expect(fault).toMatchObject({ address: 0x60600014, guard: "guard" });
}, 30_000);

test("code that is written by another function is executed as it is now", () => {
  // loop: bl f; bl patch; subs r2, r2, #1; bne loop; svc #0
  // f: add r0, r0, #1; bx lr
  // patch: ldr r3, [r1]; eor r3, r3, #1; str r3, [r1]; bx lr   (toggles the constant between 1 and 0)
  const program = [
    0xeb000003, 0xeb000004, 0xe2522001, 0x1afffffb, 0xef000000, 0xe2800001, 0xe12fff1e, 0xe5913000,
    0xe2233001, 0xe5813000, 0xe12fff1e,
  ];
  start(program, [0, CODE + 20, 601]);
  const { exit, r } = run(700);
  expect(exit).toBe(Exit.Stop);
  expect(r[0]).toBe(301);
}, 30_000);

test("a loop that overwrites the instruction behind the store", () => {
  // loop: eor r3, r3, r4; str r3, [r1]; (here) add r0, r0, #1 or #0; subs r2, r2, #1; bne loop; svc #0
  const program = [0xe0233004, 0xe5813000, 0xe2800001, 0xe2522001, 0x1afffffa, 0xef000000];
  start(program, [0, CODE + 8, 400, 0xe2800001 | 0, 1]);
  const { exit, r } = run(300);
  expect(exit).toBe(Exit.Stop);
  expect(r[0]).toBe(200);
}, 30_000);

test("the host writes code: the next run executes it", () => {
  // loop: add r0, r0, #1; subs r2, r2, #1; bne loop; svc #0
  start([0xe2800001, 0xe2522001, 0x1afffffc, 0xef000000], [0, 0, 300_000]);
  expect(run(100_000).r[0]).toBe(300_000);
  for (const { memory, cpu } of sides) {
    memory.st32(CODE, 0xe2800002);
    cpu.r[0] = 0;
    cpu.r[2] = 300_000;
    cpu.jump(CODE);
  }
  expect(run(100_000).r[0]).toBe(600_000);
}, 30_000);

test("the host gives the core to another thread inside a call, takes units, writes code", () => {
  // loop: bl f; subs r2, r2, #1; bne loop; svc #0
  // f: push {lr}; svc #1; adds r0, r0, r2; pop {pc}
  const program = [
    0xeb000002, 0xe2522001, 0x1afffffc, 0xef000000, 0xe52de004, 0xef000001, 0xe0900002, 0xe49df004,
  ];
  start(program, [0, 0, 3000]);
  for (const { memory, cpu } of sides) {
    const others = Array.from({ length: 3 }, (_, k) => {
      const r = [...cpu.r];
      r[2] = 4000 + k;
      r[13] = STACK - 0x1000 * (k + 1);
      r[15] = CODE;
      return { r, cpsr: cpu.cpsr };
    });
    const listed = cpu.onSvc;
    let calls = 0;
    cpu.onSvc = (imm) => {
      if (!listed(imm)) return false;
      calls++;
      if (calls % 7 === 0) cpu.units -= 3;
      if (calls % 1009 === 0) memory.st32(CODE + 24, calls % 2 ? 0xe0900002 : 0xe0500002);
      if (calls % 5 === 0) return true;
      const to = others.shift()!;
      others.push({ r: [...cpu.r], cpsr: cpu.cpsr });
      cpu.r.set(to.r);
      cpu.cpsr = to.cpsr;
      cpu.clearExclusive();
      return true;
    };
  }
  const { exit, r } = run(1234);
  expect(exit).toBe(Exit.Stop);
  expect(r[2]).toBe(0);
}, 30_000);

test("recursion is as deep as the guest's stack, not the host's", () => {
  // f: push {lr}; add r1, r1, #1; subs r0, r0, #1; blne f; pop {pc}
  start([0xe52de004, 0xe2811001, 0xe2500001, 0x1bfffffb, 0xe49df004], [500_000, 0]);
  const { exit, r } = run(5_000_000);
  expect(exit).toBe(Exit.Stop);
  expect(r[1]).toBe(500_000);
  expect(r[13]).toBe(STACK);
}, 30_000);

test("endless recursion ends at the end of the stack", () => {
  // f: push {lr}; bl f
  start([0xe52de004, 0xebfffffd], []);
  for (const { cpu } of sides) cpu.r[13] = CODE;
  const { exit, fault } = run(5_000_000);
  expect(exit).toBe(Exit.Fault);
  expect(fault!.address).toBe(0x60000000 - 4);
}, 60_000);

test("unaligned words are loaded and stored, across granules too", () => {
  // loop: ldr r3, [r1, #1]; add r0, r0, r3; str r0, [r1, #2]!; subs r2, r2, #1; bne loop; svc #0
  start(
    [0xe5913001, 0xe0800003, 0xe5a10002, 0xe2522001, 0x1afffffa, 0xef000000],
    [7, DATA, 300_000],
  );
  expect(run(77_777).exit).toBe(Exit.Stop);
  const hashes = sides.map(({ memory }) => Bun.hash(memory.read(DATA, 700_000)));
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).toBe(hashes[0]);
}, 30_000);

test("a branch to memory that is not there, wherever that is", () => {
  // blx r3
  for (const target of [0x1000, 2, 4, 0x20004, 0xfffffffe]) {
    start([0xe12fff33, 0xef000000], [0, 0, 0, target | 0]);
    // The first time each of them translates what is there.
    for (let time = 0; time < 3; time++) {
      for (const { cpu } of sides) {
        cpu.r[14] = END;
        cpu.jump(CODE);
      }
      const { exit, fault } = run(1000);
      expect(exit).toBe(Exit.Fault);
      expect(fault).toMatchObject({ kind: "prefetch abort", pc: (target & ~1) >>> 0 });
    }
    for (const { memory } of sides) memory.dispose();
    sides = [];
  }
});

/** What a loop with a switch does to r0: one of the cases for each r2 from n down to 1. */
function switched(n: number, cases: (k: number, left: number) => (x: number) => number): number {
  let x = 0;
  for (let left = n; left > 0; left--) x = cases(left, left)(x) | 0;
  return x;
}
const add = (k: number) => (x: number) => x + k;
const xor5 = (x: number) => x ^ 5;

test("a switch of A32: ADD to the pc", () => {
  // loop: and r3, r2, #7; cmp r3, #3; addls pc, pc, r3, lsl #2; b other; b c0; ...; next: subs r2, r2, #1; bne loop; svc #0
  const program = [
    0xe2023007, 0xe3530003, 0x908ff103, 0xea000003, 0xea000004, 0xea000005, 0xea000006, 0xea000007,
    0xe2800001, 0xea000006, 0xe2800002, 0xea000004, 0xe2200005, 0xea000002, 0xe2400007, 0xea000000,
    0xe280000b, 0xe2522001, 0x1affffec, 0xef000000,
  ];
  start(program, [0, 0, 100_003]);
  const cases = [add(2), xor5, add(-7), add(11)];
  expect(run(7777).r[0]).toBe(switched(100_003, (k) => cases[k & 7] ?? add(1)));
}, 30_000);

test("a switch of A32: LDR to the pc, whose table is written half-way", () => {
  // loop: and r3, r2, #3; cmp r3, #2; ldrls pc, [pc, r3, lsl #2]; b other; three words; ...
  // next: cmp r2, #500; streq r5, [r4]; subs r2, r2, #1; bne loop; svc #0
  const program = [
    0xe2023003, 0xe3530002, 0x979ff103, 0xea000002, 0x6001002c, 0x60010024, 0x60010034, 0xe2800001,
    0xea000004, 0xe2800002, 0xea000002, 0xe2200005, 0xea000000, 0xe2400007, 0xe3520f7d, 0x05845000,
    0xe2522001, 0x1affffed, 0xef000000,
  ];
  start(program, [0, 0, 50_001, 0, CODE + 0x14, 0x6001002c]);
  const expected = switched(50_001, (k, left) => {
    const second = left < 500 ? xor5 : add(2);
    return [xor5, second, add(-7), add(1)][k & 3];
  });
  expect(run(3333).r[0]).toBe(expected);
}, 30_000);

test("a switch of Thumb: TBB, forwards only", () => {
  // loop: and r3, r2, #7; cmp r3, #4; bhi other; tbb [pc, r3]; ...; subs r2, #1; bne loop; svc #0; loop2: adds r0, #3; b next
  const program = [
    0x0307f002, 0xd8042b04, 0xf003e8df, 0x070a0705, 0x3001000e, 0x3002e005, 0xf080e003, 0xe0000005,
    0x3a013807, 0xdf00d1ec, 0xe7fa3003,
  ];
  start(program, [0, 0, 100_003]);
  for (const { cpu } of sides) cpu.jump(CODE | 1);
  const cases = [add(2), xor5, add(-7), xor5, add(3)];
  expect(run(1234).r[0]).toBe(switched(100_003, (k) => cases[k & 7] ?? add(1)));
}, 30_000);
