/** What is asked about once for all iterations of a loop, and is remembered: in step with the interpreter at the border of what is allowed. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { READ, WRITE } from "../../../src/memory/mod.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const AREA = 0x60200000;
const SIZE = 1024;
const GRANULE = 64;
const RAM_END = 0x60800000;
const sides = (["interp", "jit"] as Engine[]).map(newSide);
/** What was relied on wrongly once is not relied on again: each run has code of its own. */
let code = 0x60010000;

afterAll(() => sides.forEach(({ memory }) => memory.dispose()));
beforeEach(() => {
  for (const { memory } of sides) {
    memory.clearCode(AREA, AREA + SIZE);
    memory.protect(memory.base, memory.end, READ | WRITE);
    memory.fill(AREA, SIZE, 1);
    memory.fill(RAM_END - SIZE, SIZE, 1);
  }
});

type Registers = Record<number, number>;
/** A32 code to be run. */
function begin({ memory, cpu }: Side, words: readonly number[], registers: Registers): void {
  [...words, 0xef000000].forEach((word, k) => memory.st32(code + k * 4, word));
  cpu.r.fill(0);
  for (const [r, value] of Object.entries(registers)) cpu.r[Number(r)] = value;
  cpu.cpsr = 0x13;
  cpu.jump(code);
}
/** Runs it on both sides; the address at which it faults, if it does. */
function run(words: readonly number[], registers: Registers): number | undefined {
  for (const side of sides) begin(side, words, registers);
  code += 256;
  const ranges = [
    [AREA, SIZE],
    [RAM_END - SIZE, SIZE],
  ] as const;
  const [{ exit, fault }] = runInStep(sides, { words, registers }, 1, () => 50_000, ranges);
  expect(exit).not.toBe(Exit.Slice);
  return fault?.address;
}
function protect(start: number): void {
  for (const { memory } of sides) memory.protect(start, start + GRANULE, READ);
}

/** movw, movt. */
const constant = (r: number, value: number): number[] =>
  [value & 0xffff, value >>> 16].map(
    (half, k) =>
      (0xe3000000 | (k << 22) | ((half & 0xf000) << 4) | (r << 12) | (half & 0xfff)) >>> 0,
  );

// mov r0, #1; 1: mov r3, r5; 2: str r1, [r4], #4; subs r3, r3, #1; bne 2b; subs r6, r6, #1; bne 1b
const GOES_ON = [
  ...[0xe3a00001, 0xe1a03005, 0xe4841004, 0xe2533001, 0x1afffffc, 0xe2566001, 0x1afffff9],
];
test("stores go on run by run, up to where the first may not", () => {
  const border = AREA + 3 * GRANULE;
  protect(border);
  for (const times of [3, 5, 16, 17])
    for (let first = 0; first < GRANULE; first += 12)
      expect([times, first, run(GOES_ON, { 4: AREA + first, 5: times, 6: 80 })]).toEqual([
        ...[times, first, border],
      ]);
});

// mov r0, #1; 1: svc #1; mov r3, r5; mov r4, r7; 2: str r1, [r4], #4; subs r3, r3, #1; bne 2b; subs r6, r6, #1; bne 1b
const AGAIN = [
  ...[0xe3a00001, 0xef000001, 0xe1a03005, 0xe1a04007, 0xe4841004, 0xe2533001, 0x1afffffc],
  ...[0xe2566001, 0x1afffff7],
];
test("the host takes the right to store between two runs over the same memory", () => {
  for (const call of [2, 3, 7])
    for (const what of ["rights", "guard", "code"]) {
      const place = AREA + GRANULE;
      for (const { cpu, memory, svcs } of sides) {
        let calls = 0;
        cpu.onSvc = (imm) => {
          svcs.push(`${imm} ${cpu.units} ${[...cpu.r]}`);
          if (imm === 1 && ++calls === call) {
            if (what === "rights") memory.protect(place, place + GRANULE, READ);
            if (what === "guard") memory.addGuard(place, place + 4, "guard");
            if (what === "code") memory.markCode(place, place + 4);
          }
          return imm !== 0;
        };
      }
      const fault = run(AGAIN, { 1: call, 4: 0, 5: 24, 6: 10, 7: AREA + 16 });
      expect([what, fault]).toEqual([what, what === "code" ? undefined : place]);
      for (const { memory } of sides) {
        memory.removeGuard(place);
        memory.clearCode(AREA, AREA + SIZE);
        memory.protect(AREA, AREA + SIZE, READ | WRITE);
      }
    }
});

// The same with blx r8 instead of svc #1.
const CALLS = AGAIN.with(1, 0xe12fff38);
const STUB = 0x6000f000;
const NUMBER = 3;
test("a call that has a function of its own takes the right to store between two runs", () => {
  let change = (): void => {};
  const direct = { for: () => (r0: number) => (change(), r0), behind: () => true };
  for (const { memory, cpu } of sides) {
    // movw ip, #NUMBER; svc #0; bx lr
    [0x0c00f240 | (NUMBER << 16), 0x4770df00].forEach((x, k) => memory.st32(STUB + 4 * k, x));
    cpu.direct = direct;
  }
  let asked = 0;
  for (const call of [2, 3, 7])
    for (const what of ["rights", "guard"]) {
      const place = AREA + GRANULE;
      let calls = 0;
      const by = ({ memory }: Side): void => {
        if (++calls !== call) return;
        if (what === "rights") memory.protect(place, place + GRANULE, READ);
        else memory.addGuard(place, place + 4, "guard");
      };
      sides.forEach((side, k) => {
        side.cpu.onSvc = (imm) => {
          if (side.cpu.r[12] !== NUMBER) return imm !== 0;
          asked += k;
          by(side);
          return true;
        };
      });
      // One side runs behind the other.
      change = () => by(sides[1]);
      const registers = { 1: call, 5: 24, 6: 10, 7: AREA + 16, 8: STUB + 1 };
      const first = sides.map((side) => {
        calls = 0;
        begin(side, CALLS, registers);
        const { cpu } = side;
        cpu.units = 50_000;
        return cpu.run() === Exit.Fault ? cpu.fault?.address : undefined;
      });
      code += 256;
      expect([what, call, ...first]).toEqual([what, call, place, place]);
      for (const { memory } of sides) {
        memory.removeGuard(place);
        memory.protect(AREA, AREA + SIZE, READ | WRITE);
      }
    }
  // The function was called, and not the hook.
  expect(asked).toBe(0);
});

for (const [name, access, border] of [
  // ldr r2, [r4], #4
  ["loads of a known number from a known place go to the end of memory", 0xe4942004, RAM_END],
  // str r1, [r4], #4
  ["stores of a known number to a known place go to the first that may not", 0xe4841004, AREA + 64],
] as const)
  test(name, () => {
    if (border !== RAM_END) protect(border);
    for (const times of [2, 3, 8, 20])
      for (const beyond of [-1, 0, 1, 2]) {
        const first = border - 4 * (times - beyond);
        // mov r3, #times; 1: the access; add r0, r0, r2; subs r3, r3, #1; bne 1b
        const words = [...[0xe3a03000 | times, access, 0xe0800002, 0xe2533001, 0x1afffffb]];
        const fault = run([...constant(4, first), ...words], {});
        expect([times, beyond, fault]).toEqual([times, beyond, beyond > 0 ? border : undefined]);
      }
  });

// ldr r2, [r1, #700]; 1: ldr r3, [r1, #700]; add r8, r8, r3; ldr r3, [r1, #100]; add r8, r8, r3; ldr r3, [r1, #600]; add r1, r1, #4;
// mov r6, #2; 2: eor r8, r8, r8, ror #3; subs r6, r6, #1; bne 2b; subs r0, r0, #1; bne 1b; ldr r9, [r1, #700]
const LOOKS_AHEAD = [
  ...[0xe59122bc, 0xe59132bc, 0xe0888003, 0xe5913064, 0xe0888003, 0xe5913258, 0xe2811004],
  ...[0xe3a06002, 0xe02881e8, 0xe2566001, 0x1afffffc, 0xe2500001, 0x1afffff3, 0xe59192bc],
];
test("what an iteration tests beyond what it loads is not known behind iterations that are done without tests", () => {
  const times = 8;
  for (let beyond = 0; beyond <= times + 2; beyond++) {
    const first = RAM_END - 704 - 4 * beyond;
    const fault = beyond < times ? RAM_END : undefined;
    expect([beyond, run(LOOKS_AHEAD, { 0: times, 1: first })]).toEqual([beyond, fault]);
  }
});
