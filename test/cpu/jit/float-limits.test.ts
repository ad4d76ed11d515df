/**
 * Loops at the limits of what translated code takes for certain of floating point, against the interpreter: sums with which nobody calculates,
 * of a number that is almost too large and one that is loaded, conditional instructions whose flags change between one condition
 * and its opposite, and loops of which not all is found out. Registers, FPSCR, units and instructions at the end of every slice, and what is stored.
 */
import { expect, test } from "bun:test";
import { Exit } from "../../../src/cpu/mod.ts";
import { FloatFlow } from "../../../src/cpu/jit/float-flow.ts";
import type { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { newSide, seen } from "./side.ts";

const CODE = 0x60010000;
const LOADED = 0x60100000;
const STORED = 0x60101000;
const END = 0x60000100;
const IXC = 16;
const OFC = 4;
const DZC = 2;
const TIMES = 6;

/** A register of either size in the fields d, n and m. */
const field = (double: boolean, v: number, at: number, bit: number): number =>
  double ? 0x100 | (v << at) : ((v >> 1) << at) | ((v & 1) << bit);
const three = (op: number, double: boolean, d: number, n: number, m: number): number =>
  (op | field(double, d, 12, 22) | field(double, n, 16, 7) | field(double, m, 0, 5)) >>> 0;
const VMUL = 0xee200a00;
/** VLDMIA r1!, {v} and VSTMIA r2!, {v}. */
const load = (double: boolean, v: number): number =>
  (0xecb10a00 | field(double, v, 12, 22) | (double ? 2 : 1)) >>> 0;
const store = (double: boolean, v: number): number =>
  (0xeca20a00 | field(double, v, 12, 22) | (double ? 2 : 1)) >>> 0;
/** Ops that add the product of 4 and 7 to 1, or 4 to 1. */
const SUMS = {
  vadd: 0xee300a00,
  vsub: 0xee300a40,
  vmla: 0xee000a00,
  vmls: 0xee000a40,
  vnmls: 0xee100a00,
  vnmla: 0xee100a40,
};

/** Runs the loop, in slices of so many units, from these registers, of which those that are not given are 1, and numbers to load; returns the flags of the FPSCR. */
function newRun(
  double: boolean,
  body: readonly number[],
  units = 4,
): { run(registers: readonly number[], loaded: readonly number[]): number; end(): void } {
  const sides = [newSide("interp"), newSide("jit")];
  // Regions stay as they are, whatever they meet.
  (sides[1].cpu as TieredCore).regions.mostStrays = Number.POSITIVE_INFINITY;
  const back = 0x1a000000 | ((-body.length - 3) & 0xffffff);
  for (const { memory } of sides) {
    [...body, 0xe2500001, back, 0xe12fff1e].forEach((word, k) => memory.st32(CODE + k * 4, word));
    memory.st32(END, 0xef000000);
  }
  /** NaN as one that signals. */
  const bytes = (list: readonly number[]): Uint8Array => {
    const numbers = double ? new Float64Array(list) : new Float32Array(list);
    const words = new Uint32Array(numbers.buffer);
    for (const [k, value] of list.entries())
      if (Number.isNaN(value))
        words.set(double ? [1, 0x7ff00000] : [0x7f800001], double ? 2 * k : k);
    return new Uint8Array(numbers.buffer);
  };
  const run = (registers: readonly number[], loaded: readonly number[]): number => {
    for (const { memory, cpu } of sides) {
      memory.write(LOADED, bytes(loaded));
      memory.write(STORED, new Uint8Array(TIMES * 8));
      const context = new Int32Array(73);
      new Uint8Array(context.buffer).set(bytes([...registers, 1, 1, 1, 1, 1, 1, 1].slice(0, 8)));
      context[72] = IXC;
      cpu.floatContext = context;
      cpu.r.fill(0);
      [cpu.r[0], cpu.r[1], cpu.r[2], cpu.r[4], cpu.r[14]] = [TIMES, LOADED, STORED, 1, END];
      cpu.cpsr = 0x13;
      cpu.jump(CODE);
    }
    for (;;) {
      const [wanted, got] = sides.map((side) => {
        side.cpu.units = units;
        const state = seen(side, side.cpu.run()) as { exit: Exit };
        const context = side.cpu.floatContext!;
        const stored = [...side.memory.read(STORED, TIMES * 8)];
        const float = [...context.subarray(0, 64), context[72]];
        return { registers, loaded, stored, float, ...state };
      });
      expect(got).toEqual(wanted);
      if (wanted.exit !== Exit.Slice) return wanted.float[64];
    }
  };
  return { run, end: () => sides.forEach(({ memory }) => memory.dispose()) };
}

for (const double of [false, true])
  test(`sums that overflow only by what is known, ${double ? "doubles" : "singles"}`, () => {
    const most = double ? Number.MAX_VALUE : 2 ** 128 - 2 ** 104;
    const least = double ? 5e-324 : 1e-45;
    // 2^510 or 2^80; then 2^1020 or 2^120, which makes the largest number an infinity, or less than half of what that takes.
    for (const [factor, other, overflows] of double
      ? [[2 ** 255, 3, true] as const, [2 ** 239, 3, false] as const]
      : [[2 ** 40, 0, true] as const, [2 ** 33, 0, false] as const])
      for (const [name, op] of Object.entries(SUMS)) {
        const isSum = name === "vadd" || name === "vsub";
        const { run, end } = newRun(double, [
          load(double, 1),
          three(VMUL, double, 3, 0, 0),
          three(VMUL, double, 4, 3, other),
          isSum ? three(op, double, 1, 1, 4) : three(op, double, 1, 4, 7),
          store(double, 1),
        ]);
        const usual = [1, 2, 3, 4, 5, 6];
        run([factor], usual);
        let flags = 0;
        for (const odd of [most, -most, Infinity, -Infinity, NaN, least, 0, -0])
          for (const k of [0, 2, 5]) flags |= run([factor], usual.with(k, odd));
        expect({ name, flags: flags & OFC }).toEqual({ name, flags: overflows ? OFC : 0 });
        end();
      }
  }, 60_000);

test("a comparison between instructions of a condition and of its opposite: both are executed", () => {
  const { run, end } = newRun(true, [
    0xeeb73b00, // vmov.f64 d3, #1
    0xe3100001, // tst r0, #1
    0x0cb13b02, // vldmiaeq r1!, {d3}
    0x03140001, // tsteq r4, #1
    three(0x1e300a00, true, 5, 3, 3), // vaddne.f64 d5, d3, d3
    store(true, 5),
  ]);
  const usual = [1, 2, 3, 4, 5, 6];
  run([], usual);
  let flags = 0;
  for (const odd of [Number.MAX_VALUE, -Infinity, NaN, 5e-324, 0])
    for (const k of [0, 1, 2]) flags |= run([], usual.with(k, odd));
  expect(flags & OFC).toBe(OFC);
  end();
});

/** d1 grows, and d4 by it until nothing is known of d1; how large d5 becomes, which the iteration squares, depends on whether d4 is tested. */
const GROWING = [
  0xeeb77b00, // vmov.f64 d7, #1
  0xee256b05, // vmul.f64 d6, d5, d5
  0xee34ab07, // vadd.f64 d10, d4, d7
  0xeeb02b41, // vmov.f64 d2, d1
  0xee213b07, // vmul.f64 d3, d1, d7
  0xeeb03bc3, // vabs.f64 d3, d3
  0xee334b07, // vadd.f64 d4, d3, d7
  0xee25bb05, // vmul.f64 d11, d5, d5
  0xee25cb05, // vmul.f64 d12, d5, d5
  0xee25db05, // vmul.f64 d13, d5, d5
  0xee248b04, // vmul.f64 d8, d4, d4
  0xee285b08, // vmul.f64 d5, d8, d8
  0xee321b07, // vadd.f64 d1, d2, d7
];
for (const rounds of [1, FloatFlow.mostRounds])
  test(`numbers that grow around a loop, found out in ${rounds} rounds at most: what overflows is tested`, () => {
    const { mostRounds } = FloatFlow;
    FloatFlow.mostRounds = rounds;
    try {
      const { run, end } = newRun(true, GROWING);
      expect(run([1, 1], [])).toBe(IXC);
      expect(run([1, 2 ** 200], [])).toBe(IXC | OFC);
      end();
    } finally {
      FloatFlow.mostRounds = mostRounds;
    }
  });

/** What is known on several ways to one place; d0 and d1 are the numbers given, what is large overflows when it is squared. */
const WAYS: Record<string, { body: number[]; usual: number[]; odd: number[] }> = {
  // vmul d7, d1, d1; tst r0, #1; bne 1f; vmul d5, d5, d5; tst r0, #2; bne 1f; vmov d5, d1; 1: vmul d6, d5, d5; vmul d6, d6, d5; vmov d5, d1
  "two branches of a block to one place": {
    body: [
      ...[
        0xee217b01, 0xe3100001, 0x1a000003, 0xee255b05, 0xe3100002, 0x1a000000, 0xeeb05b41,
        0xee256b05,
      ],
      ...[0xee266b05, 0xeeb05b41],
    ],
    usual: [1, 1.5],
    odd: [1, 2 ** 250],
  },
  // vmul d7, d0, d0; mov r5, #4; vmov d5, d0; 1: vmul d5, d5, d1; vmul d5, d5, d1; subs r5, r5, #1; vmovhi d5, d0; bne 1b; vmul d6, d5, d5
  "a conditional instruction at the end of iterations in a row": {
    body: [
      ...[
        0xee207b00, 0xe3a05004, 0xeeb05b40, 0xee255b01, 0xee255b01, 0xe2555001, 0x8eb05b40,
        0x1afffffa,
      ],
      ...[0xee256b05],
    ],
    usual: [1, 1.5],
    odd: [2 ** 200, 2 ** 200],
  },
};
for (const [name, { body, usual, odd }] of Object.entries(WAYS))
  test(name, () => {
    const { run, end } = newRun(true, body, 40);
    expect(run(usual, []) & OFC).toBe(0);
    // When it is not what was compared, the region is made again.
    for (let k = 0; k < 8; k++) expect(run(odd, []) & OFC).toBe(OFC);
    end();
  });

test("a number that is not moderate and never written: compared, or tested to be so", () => {
  // vmul d3, d0, d0; vmul d4, d3, d0; vmul d5, d4, d0; vdiv d6, d7, d0
  const { run, end } = newRun(true, [0xee203b00, 0xee234b00, 0xee245b00, 0xee876b00]);
  for (const [number, flags] of [
    [2 ** 300, OFC],
    [0, DZC],
    [1, 0],
    [2 ** 300, OFC],
  ])
    expect([number, run([number], []) & (OFC | DZC)]).toEqual([number, flags]);
  end();
});
