/**
 * Loops that calculate and store nothing, of which translated code tests the results of several iterations at once: one number that is not
 * of moderate size, at each place in each row, against the interpreter; registers, FPSCR, units and instructions at the end of every slice.
 */
import { expect, test } from "bun:test";
import { Exit } from "../../../src/cpu/mod.ts";
import type { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { newSide, seen } from "./side.ts";

const CODE = 0x60010000;
const FIRST = 0x60100000;
const SECOND = 0x60101000;
const END = 0x60000100;
const IXC = 16;
const OFC = 4;
const UFC = 8;

interface Loop {
  readonly words: readonly number[];
  readonly double: boolean;
}
const LOOPS: Readonly<Record<string, Loop>> = {
  // vadd.f32 s0, s0, s0
  doubled: { words: [0xee300a00], double: false },
  // vmul.f32 s1, s0, s2; vadd.f32 s0, s0, s1
  interest: { words: [0xee600a01, 0xee300a20], double: false },
  // vldmia r1!, {s1}; vldmia r2!, {s2}; vmla.f32 s0, s1, s2
  "sum of products": { words: [0xecf10a01, 0xecb21a01, 0xee000a81], double: false },
  // mov r12, r2; vldmia r1!, {s1}; add r2, r2, #4; vldr s2, [r12]; vmla.f32 s0, s1, s2
  "by a copy": {
    words: [0xe1a0c002, 0xecf10a01, 0xe2822004, 0xed9c1a00, 0xee000a81],
    double: false,
  },
  // vldmia r1!, {d1}; vldmia r2!, {d2}; vmla.f64 d0, d1, d2
  "sum of products of doubles": { words: [0xecb11b02, 0xecb22b02, 0xee010b02], double: true },
  // The same; vmov.f32 s8, s0: d0 is in no local, for its halves are looked at as singles
  "a sum that stays in the file": {
    words: [0xecb11b02, 0xecb22b02, 0xee010b02, 0xeeb04a40],
    double: true,
  },
  // vldmia r1!, {s1}; vmul.f32 s4, s1, s1; vmla.f32 s0, s4, s1: the operand is tested, its square is not
  "sum of cubes": { words: [0xecf10a01, 0xee202aa0, 0xee020a20], double: false },
  // vldmia r1!, {s1}; vmul.f32 s0, s0, s3; vadd.f32 s0, s0, s1
  polynomial: { words: [0xecf10a01, 0xee200a21, 0xee300a20], double: false },
  // vldmia r1!, {s1}; vmul.f32 s0, s0, s1
  product: { words: [0xecf10a01, 0xee200a20], double: false },
  // mov r4, #6; again: vdiv.f64 d4, d1, d0; vadd.f64 d0, d0, d4; vmul.f64 d0, d0, d5; subs r4, r4, #1; bne again
  "Newton's iteration": {
    words: [0xe3a04006, 0xee814b00, 0xee300b04, 0xee200b05, 0xe2544001, 0x1afffffa],
    double: true,
  },
};
/** What comes next to the last bit, or is not moderate, or is none of which the host's arithmetic is the guest's. */
const ODD = [
  ...[0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 5e-324],
  ...[31, 32, 33, 40, 41, 63, 64, 65, 80, 126, 127, 128, 129, 255, 256, 257, 512, 1000].flatMap(
    (e) => [2 ** e, -(2 ** -e)],
  ),
];
const TIMES = [1, 3, 4, 5, 8, 11, 16];

for (const [name, { words, double }] of Object.entries(LOOPS))
  test(`${name}: one odd number at each place, slices of any length`, () => {
    const sides = [newSide("interp"), newSide("jit")];
    // Regions stay as they are, whatever they meet.
    (sides[1].cpu as TieredCore).regions.mostStrays = Number.POSITIVE_INFINITY;
    const back = 0x1a000000 | ((-words.length - 3) & 0xffffff);
    const program = [...words, 0xe2500001, back, 0xe12fff1e];
    for (const { memory } of sides) {
      program.forEach((word, k) => memory.st32(CODE + k * 4, word));
      memory.st32(END, 0xef000000);
    }
    const newNumbers = (list: readonly number[]): Uint8Array =>
      new Uint8Array(double ? new Float64Array(list).buffer : new Float32Array(list).buffer);
    let flags = 0;
    /** Registers s0 or d0, ..., then what the two loads find. */
    const run = (
      start: readonly number[],
      first: number[],
      second: number[],
      times: number,
    ): void => {
      const registers = newNumbers(start);
      for (const { memory, cpu } of sides) {
        memory.write(FIRST, newNumbers(first));
        memory.write(SECOND, newNumbers(second));
        const context = new Int32Array(73);
        new Uint8Array(context.buffer).set(registers);
        context[72] = IXC;
        cpu.floatContext = context;
        cpu.r.fill(0);
        [cpu.r[0], cpu.r[1], cpu.r[2], cpu.r[14]] = [times, FIRST, SECOND, END];
        cpu.cpsr = 0x13;
        cpu.jump(CODE);
      }
      for (let slice = 0; ; slice++) {
        const [wanted, got] = sides.map((side) => {
          side.cpu.units = slice === 0 && times > 8 && times < 20 ? 7 : 1000;
          const state = seen(side, side.cpu.run()) as { exit: Exit };
          const context = side.cpu.floatContext!;
          return {
            start,
            first,
            second,
            times,
            ...state,
            float: [...context.subarray(0, 64), context[72]],
          };
        });
        expect(got).toEqual(wanted);
        flags |= wanted.float[64];
        if (wanted.exit !== Exit.Slice) break;
      }
    };
    const usual = (): number[] => Array.from({ length: 24 }, (_, k) => 1 + (k % 5) / 8);
    const start = [1.5, 1.25, 0.375, 0.75, 1, 0.5];
    for (const times of TIMES) run(start, usual(), usual(), times);
    // So often that what is doubled has no room.
    run(start, Array(300).fill(3), Array(300).fill(5), 290);
    for (const odd of ODD) {
      for (let k = 0; k < 6; k++) run(start.with(k, odd), usual(), usual(), TIMES[k + 1]);
      for (let k = 0; k < 12; k++) {
        run(start, usual().with(k, odd), usual(), 11);
        run(start, usual(), usual().with(k, odd), 12);
        // Products that are too small or too large, and operands that are not.
        run(start, usual().with(k, odd), usual().with(k, odd), 16);
      }
    }
    if (name !== "Newton's iteration") expect(flags & (OFC | UFC)).not.toBe(0);
    for (const { memory } of sides) memory.dispose();
  }, 60_000);
