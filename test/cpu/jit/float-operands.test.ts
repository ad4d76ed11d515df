/**
 * Loops that load their operands, which translated code tests once instead of several results, or adds to what it knows, and loops with numbers
 * that they never write, which it compares when it is entered: one odd number at each place, against the interpreter; registers, FPSCR, units and instructions at the
 * end of every slice, and what is stored.
 */
import { expect, test } from "bun:test";
import { Exit } from "../../../src/cpu/mod.ts";
import type { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { newSide, seen, type Side } from "./side.ts";

const CODE = 0x60010000;
/** Between programs of a test. */
const ROOM = 256;
const LOADED = 0x60100000;
const STORED = 0x60101000;
const END = 0x60000100;
const IXC = 16;
const UFC = 8;

/** Registers d0-d7 or s0-s7 in the fields d, n and m. */
const field = (double: boolean, v: number, at: number, bit: number): number =>
  double ? 0x100 | (v << at) : ((v >> 1) << at) | ((v & 1) << bit);
const three = (op: number, double: boolean, d: number, n: number, m: number): number =>
  (op | field(double, d, 12, 22) | field(double, n, 16, 7) | field(double, m, 0, 5)) >>> 0;
const VADD = 0xee300a00;
const VMUL = 0xee200a00;
const OPS: Readonly<Record<string, number>> = {
  vadd: VADD,
  vsub: 0xee300a40,
  vmul: VMUL,
  vnmul: 0xee200a40,
  vdiv: 0xee800a00,
  vmla: 0xee000a00,
  vmls: 0xee000a40,
  vnmls: 0xee100a00,
  vnmla: 0xee100a40,
};
/** Loads of 1 and 2, or of 3 and 4, from r1 on, a store of 3 to 6 from r2 on. */
const loads = (double: boolean): number => (double ? 0xecb11b04 : 0xecf10a02);
const loadsTerms = (double: boolean): number => (double ? 0xecb13b04 : 0xecf11a02);
const stores = (double: boolean): number => (double ? 0xeca23b08 : 0xece21a04);

/** What a loop does with two that it loads: each of them more than once, or one of them once. 0 and 7 are only read. */
const BODIES: Readonly<Record<string, (op: number, double: boolean) => number[]>> = {
  "each of both twice": (op, double) => [
    loads(double),
    three(op, double, 3, 1, 2),
    three(VMUL, double, 4, 1, 1),
    three(VMUL, double, 5, 2, 2),
    three(op, double, 6, 2, 1),
  ],
  "one and a square": (op, double) => [
    loads(double),
    three(op, double, 3, 1, 7),
    three(VMUL, double, 4, 1, 3),
    three(VMUL, double, 5, 2, 2),
    three(VMUL, double, 6, 5, 5),
  ],
  "with what is never written": (op, double) => [
    loads(double),
    three(VMUL, double, 3, 1, 1),
    three(VADD, double, 4, 3, 7),
    three(op, double, 5, 2, 7),
    three(VMUL, double, 6, 4, 7),
  ],
  "sums that are only stored": (op, double) => {
    const adds = op === VADD || op === OPS.vsub;
    return [
      loadsTerms(double),
      three(op, double, 3, adds ? 3 : 0, 7),
      three(op, double, 4, 7, adds ? 4 : 0),
      three(VMUL, double, 5, 0, 7),
      three(VMUL, double, 6, 7, 7),
    ];
  },
};
/** Beyond what is moderate, by so much that products leave the normal numbers; and what is no such number. */
const ODD = [
  [0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 2 ** -100, -(2 ** 100)],
  [0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 2 ** -600, -(2 ** 600)],
];
const TIMES = 7;

/** NaN as one that signals. */
function newNumbers(double: boolean, list: readonly number[]): Uint8Array {
  const numbers = double ? new Float64Array(list) : new Float32Array(list);
  const words = new Uint32Array(numbers.buffer);
  list.forEach((value, k) => {
    if (!Number.isNaN(value)) return;
    if (double) words.set([1, 0x7ff00000], 2 * k);
    else words[k] = 0x7f800001;
  });
  return new Uint8Array(numbers.buffer);
}
/** Runs the program on both sides from these registers and numbers to load; returns the flags of the FPSCR. */
function run(
  sides: readonly Side[],
  code: number,
  double: boolean,
  registers: readonly number[],
  loaded: readonly number[],
): number {
  for (const { memory, cpu } of sides) {
    memory.write(LOADED, newNumbers(double, loaded));
    memory.write(STORED, new Uint8Array(TIMES * 4 * 8));
    const context = new Int32Array(73);
    new Uint8Array(context.buffer).set(newNumbers(double, registers));
    context[72] = IXC;
    cpu.floatContext = context;
    cpu.r.fill(0);
    [cpu.r[0], cpu.r[1], cpu.r[2], cpu.r[14]] = [TIMES, LOADED, STORED, END];
    cpu.cpsr = 0x13;
    cpu.jump(code);
  }
  for (;;) {
    const [wanted, got] = sides.map((side) => {
      side.cpu.units = 4;
      const state = seen(side, side.cpu.run()) as { exit: Exit };
      const context = side.cpu.floatContext!;
      const stored = Bun.hash(side.memory.read(STORED, TIMES * 4 * 8));
      const float = [...context.subarray(0, 64), context[72]];
      return { registers, loaded, stored, float, ...state };
    });
    expect(got).toEqual(wanted);
    if (wanted.exit !== Exit.Slice) return wanted.float[64];
  }
}

for (const [name, bodyOf] of Object.entries(BODIES))
  for (const double of [false, true])
    test(`${name}, ${double ? "doubles" : "singles"}: one odd number at each place`, () => {
      const sides = [newSide("interp"), newSide("jit")];
      // Regions stay as they are, whatever they meet.
      (sides[1].cpu as TieredCore).regions.mostStrays = Number.POSITIVE_INFINITY;
      const usual = Array.from({ length: 2 * TIMES }, (_, k) => 1 + (k % 5) / 8);
      const registers = [1.5, 1, 1, 0.375, 0.75, 1, 0.5, 0.25];
      let code = CODE;
      let flags = 0;
      for (const op of Object.values(OPS)) {
        const body = [...bodyOf(op, double), stores(double)];
        const back = 0x1a000000 | ((-body.length - 3) & 0xffffff);
        const program = [...body, 0xe2500001, back, 0xe12fff1e];
        for (const { memory } of sides) {
          program.forEach((word, k) => memory.st32(code + k * 4, word));
          memory.st32(END, 0xef000000);
        }
        const odd = ODD[double ? 1 : 0];
        run(sides, code, double, registers, usual);
        for (const value of odd)
          for (const k of [0, 1, 7, 12])
            flags |= run(sides, code, double, registers, usual.with(k, value));
        // The first of these are not what the region was made for; then it is made again.
        for (const value of odd) flags |= run(sides, code, double, registers.with(7, value), usual);
        code += ROOM;
      }
      expect(flags & UFC).toBe(UFC);
      for (const { memory } of sides) memory.dispose();
    }, 60_000);
