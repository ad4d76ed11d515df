/** Floating point in translated code against the interpreter, which is compared with qemu-arm elsewhere. Needs no tools. */
import { expect, test } from "bun:test";
import { type Cpu, Exit } from "../../../src/cpu/mod.ts";
import { generateFloatCase } from "../qemu/float-generate.ts";
import { FLOAT_WINDOW } from "../qemu/float-image.ts";
import { newSide, seen } from "./side.ts";

const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const CASES = process.env.RTT_SIM_FULL === "1" ? 1500 : 200;
const CODE = 0x60010000;
const WINDOW = 0x60100000;
const STACK = 0x60200000;
const END = 0x60000100;

/** d0-d31 as words, FPSCR; not what an engine keeps behind them. */
function architectural(cpu: Cpu): number[] {
  const context = cpu.floatContext!;
  return [...context.subarray(0, 64), context[72]];
}

for (const state of ["thumb", "a32"] as const) {
  test(`${CASES} random ${state} floating-point cases, three times each: in step`, () => {
    const sides = [newSide("interp"), newSide("jit")];
    for (let k = 0; k < CASES; k++) {
      const c = generateFloatCase(SEED + k, state);
      // Room for the translations, which are dropped when their addresses are used again.
      const code = CODE + (k % 1024) * 128;
      // Modes as compiled code has them, in every other case.
      const fpscr = k & 1 ? c.fpscr & 0xf800009f : c.fpscr;
      for (const { memory, cpu } of sides) {
        memory.write(code, c.code);
        const end = code + c.code.length;
        if (c.thumb) memory.st16(end, 0x4770);
        else memory.st32(end, 0xe12fff1e);
        memory.st32(END, 0xef000000);
        memory.write(WINDOW, c.window);
        const context = new Int32Array(73);
        context.set(c.words);
        context[72] = fpscr;
        cpu.floatContext = context;
      }
      // The registers go on from one round to the next, so that results are operands again.
      for (let round = 0; round < 3; round++) {
        const states = sides.map((side) => {
          const { cpu } = side;
          cpu.r.set(c.core);
          cpu.r[8] = cpu.r[9] = WINDOW + FLOAT_WINDOW / 2;
          cpu.r[13] = STACK;
          cpu.r[14] = END;
          cpu.cpsr = 0x13 | c.flags;
          cpu.jump(code + (c.thumb ? 1 : 0));
          cpu.units = 100;
          const state = seen(side, cpu.run()) as { exit: Exit };
          return { seed: SEED + k, round, ...state, float: architectural(cpu) };
        });
        expect(states[1]).toEqual(states[0]);
        expect(states[0].exit).toBe(Exit.Stop);
      }
      const bytes = sides.map(({ memory }) => Bun.hash(memory.read(WINDOW, FLOAT_WINDOW)));
      expect(bytes[1]).toBe(bytes[0]);
    }
    for (const { memory } of sides) memory.dispose();
  }, 600_000);
}

test("whole numbers stay exact, and the first inexact result sets its flag once", () => {
  // loop: vadd.f64 d0, d0, d1; vmul.f64 d3, d0, d1; vdiv.f64 d4, d3, d1; vadd.f32 s4, s4, s4; subs r0, r0, #1; bne loop; svc #0
  const program = [
    0xee300b01, 0xee203b01, 0xee834b01, 0xee322a02, 0xe2500001, 0x1afffff9, 0xef000000,
  ];
  const IXC = 16;
  for (const [addend, inexact] of [
    [3, 0],
    [0.1, IXC],
  ]) {
    const found = [newSide("interp"), newSide("auto"), newSide("jit")].map(({ memory, cpu }) => {
      program.forEach((word, k) => memory.st32(CODE + k * 4, word));
      const context = new Int32Array(73);
      new Float64Array(context.buffer, 0, 2).set([0, addend]);
      new Float32Array(context.buffer)[4] = 0;
      cpu.floatContext = context;
      cpu.r[0] = 30_000;
      cpu.jump(CODE);
      cpu.units = 100_000;
      expect(cpu.run()).toBe(Exit.Stop);
      const after = architectural(cpu);
      memory.dispose();
      return after;
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    expect(found[0][64] & IXC).toBe(inexact);
    const sum = new Float64Array(Int32Array.from(found[0].slice(0, 2)).buffer)[0];
    if (!inexact) expect(sum).toBe(90_000);
  }
}, 60_000);

test("zero by infinity is exact", () => {
  // loop: vdiv.f32 s2, s0, s1; vdiv.f64 d4, d2, d3; subs r0, r0, #1; bne loop; svc #0
  const program = [0xee801a20, 0xee824b03, 0xe2500001, 0x1afffffb, 0xef000000];
  for (const engine of ["interp", "jit"] as const) {
    const { memory, cpu } = newSide(engine);
    program.forEach((word, k) => memory.st32(CODE + k * 4, word));
    const context = new Int32Array(73);
    new Float32Array(context.buffer).set([0, Number.POSITIVE_INFINITY, 1]);
    new Float64Array(context.buffer, 16, 2).set([0, Number.NEGATIVE_INFINITY]);
    cpu.floatContext = context;
    cpu.r[0] = 3;
    cpu.jump(CODE);
    cpu.units = 100;
    expect(cpu.run()).toBe(Exit.Stop);
    const after = architectural(cpu);
    expect([after[2], ...after.slice(8, 10)]).toEqual([0, 0, -(2 ** 31)]);
    expect(after[64]).toBe(0);
    memory.dispose();
  }
});

test("a number is loaded from where ADRNE says, or from elsewhere", () => {
  // loop: cmp r0, #4; adrne r3, one; vldr s0, [r3]; vmul.f32 s2, s0, s0; subs r0, r0, #1; bne loop; bx lr; one: 1.0
  const program = [
    ...[0xe3500004, 0x128f3010, 0xed930a00, 0xee201a00],
    ...[0xe2500001, 0x1afffff9, 0xe12fff1e, 0x3f800000],
  ];
  const IXC = 16;
  const OFC = 4;
  for (const engine of ["interp", "jit"] as const) {
    const { memory, cpu } = newSide(engine);
    program.forEach((word, k) => memory.st32(CODE + k * 4, word));
    memory.st32(END, 0xef000000);
    // 2^127, of which the square is infinite.
    memory.st32(WINDOW, 0x7f000000);
    const found = [20, 4].map((times) => {
      const context = new Int32Array(73);
      context[72] = IXC;
      cpu.floatContext = context;
      cpu.r[0] = times;
      cpu.r[3] = WINDOW;
      cpu.r[14] = END;
      cpu.jump(CODE);
      cpu.units = 100;
      expect(cpu.run()).toBe(Exit.Stop);
      return architectural(cpu)[64];
    });
    expect(found).toEqual([IXC, IXC | OFC]);
    memory.dispose();
  }
});

test("fractions that stay exact set no flag, in whichever bit they end", () => {
  const programs = { mul: 0xee202b01, div: 0xee802b01, sqrt: 0xeeb12bc0, fma: 0xeea02a01 };
  const IXC = 16;
  const sides = [newSide("interp"), newSide("jit")];
  Object.values(programs).forEach((word, k) => {
    for (const { memory } of sides)
      [word, 0xef000000].forEach((x, j) => memory.st32(CODE + k * 64 + j * 4, x));
  });
  let state = SEED;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  /** An odd number of so many bits. */
  const odd = (bits: number): bigint => {
    let x = 1n;
    for (let k = 2; k < bits; k++) x = (x << 1n) | BigInt(random(2));
    return bits < 2 ? 1n : (x << 1n) | 1n;
  };
  const fits = (x: bigint, bits: number): boolean => x < 1n << BigInt(bits);
  let inexact = 0;
  for (let round = 0; round < 300; round++)
    Object.keys(programs).forEach((name, k) => {
      const single = name === "fma";
      const bits = single ? 24 : 53;
      const first = 1 + random(bits);
      const [a, b] = [odd(first), odd(Math.min(Math.max(1, bits - first + random(4) - 1), bits))];
      const by = 2 ** (random(60) - 30);
      const product = Number(a * b) * by;
      // A quotient that is exact, or one that is not; a root likewise.
      const near = random(2) ? 0 : 2;
      const operands = {
        mul: Number(a) * by,
        div: product,
        sqrt: Number(a * a) + near,
        fma: Number(a) * by,
      }[name]!;
      const expected = {
        mul: fits(a * b, bits),
        div: fits(a * b, bits) ? true : undefined,
        sqrt: fits(a * a, bits) && near === 0 ? true : undefined,
        fma: fits(a * b, bits),
      }[name];
      const found = sides.map(({ cpu }) => {
        const context = new Int32Array(73);
        if (single) new Float32Array(context.buffer).set([operands, 0, Number(b)]);
        else new Float64Array(context.buffer, 0, 2).set([operands, Number(b)]);
        cpu.floatContext = context;
        cpu.jump(CODE + k * 64);
        cpu.units = 100;
        expect(cpu.run()).toBe(Exit.Stop);
        return architectural(cpu);
      });
      expect(found[1]).toEqual(found[0]);
      if (expected !== undefined)
        expect([name, a, b, found[0][64]]).toEqual([name, a, b, expected ? 0 : IXC]);
      if (found[0][64] & IXC) inexact++;
    });
  expect(inexact).toBeGreaterThan(200);
  for (const { memory } of sides) memory.dispose();
});
