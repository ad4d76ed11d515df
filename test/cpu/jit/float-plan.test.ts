/**
 * Loops with floating point, of which translated code tests only the results that do not follow from what it knows, against the interpreter:
 * registers, FPSCR, units and instructions at the end of every slice, from numbers at the borders of what is known, and beyond them.
 */
import { expect, test } from "bun:test";
import { type Cpu, Exit } from "../../../src/cpu/mod.ts";
import type { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { newSide, seen } from "./side.ts";

const FULL = process.env.RTT_SIM_FULL === "1";
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const PROGRAMS = FULL ? 1500 : 90;
const STATES = 24;
const CODE = 0x60010000;
const WINDOW = 0x60100000;
const END = 0x60000100;
const IXC = 16;

/** d0-d31 as words, FPSCR. */
function architectural(cpu: Cpu): number[] {
  const context = cpu.floatContext!;
  return [...context.subarray(0, 64), context[72]];
}

type Random = (n: number) => number;
/** Numbers below n from a seed: Marsaglia's xorshift. */
function randomFrom(seed: number): Random {
  let x = Math.imul(seed, 0x9e3779b1) | 1;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}

/** Exponents within which results are not refused for their size, by size; and such beyond. */
const INSIDE = [40, 255];
const BEYOND = [
  [41, 79, 80, 81, 100, 126, 127, 140],
  [256, 509, 510, 511, 512, 1021, 1022, 1023, 1060],
];
/** What numbers of a state are like. */
const KINDS = ["usual", "small", "large", "both", "wild"] as const;
type Kind = (typeof KINDS)[number];
/** Encodings of [vadd, vsub, vmul, vnmul, vdiv, vmla, vmls, vnmls, vnmla], then fused ones, of singles. */
const TERNARY = [
  ...[0xe300a00, 0xe300a40, 0xe200a00, 0xe200a40, 0xe800a00],
  ...[0xe000a00, 0xe000a40, 0xe100a00, 0xe100a40, 0xea00a00, 0xea00a40, 0xe900a00, 0xe900a40],
];
/** vabs, vneg, vmov, vsqrt. */
const BINARY = [0xeb00ac0, 0xeb10a40, 0xeb00a40, 0xeb10ac0];

function field(double: boolean, v: number, at: number, bit: number): number {
  return double ? v << at : ((v >> 1) << at) | ((v & 1) << bit);
}
/** One instruction, or a comparison with what depends on it. Results are often operands of what comes next. */
function instructions(random: Random, double: boolean, before: { d: number }): number[] {
  const registers = double ? 5 : 8;
  const size = double ? 0x100 : 0;
  const d = (): number => field(double, (before.d = random(registers)), 12, 22);
  const n = (): number => field(double, random(registers), 16, 7);
  const m = (): number => field(double, random(2) ? before.d : random(registers), 0, 5);
  const ternary = (from: number): number => {
    const sources = n() | m();
    const op = random(3) === 0 ? [0, 1, 2, 2, 4][random(5)] : random(from);
    return (TERNARY[op] | size | sources | d()) >>> 0;
  };
  const AL = 0xe0000000;
  switch (random(19)) {
    case 0:
      return [AL | BINARY[random(4)] | size | d() | m()];
    case 1: {
      // vcmp, vmrs; two conditional instructions, or a way around them.
      const flags = [AL | 0xeb40a40 | size | d() | m(), 0xeef1fa10];
      const cond = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13][random(12)] << 28;
      if (random(2)) return [...flags, cond | ternary(9), cond | (0xeb00a00 | size | d())];
      return [...flags, cond | 0xa000000, AL | ternary(9)];
    }
    case 2:
      return [AL | 0xeb50ac0 | size | d(), ...(random(2) ? [0xeef1fa10] : [0xeef15a10])];
    case 3:
      // vmov of a constant.
      return [AL | 0xeb00a00 | size | d() | (random(16) << 16) | random(16)];
    case 4:
      return [AL | 0xd980a00 | size | d() | (random(16) * 2)];
    case 5:
      return random(3) ? [AL | 0xd880a00 | size | d() | (16 + random(8) * 2)] : [];
    case 6:
      // From and to an integer, between the sizes.
      if (double) return random(2) ? [0xeeb80be8, 0xeebd8bc0 | random(5)] : [];
      return random(2) ? [AL | 0xeb80ac0 | d() | m()] : [AL | 0xebd0ac0 | d() | m()];
    case 16: {
      // A register of the other size, which may be a half of another one or two of them.
      const other = field(!double, random(6), 12, 22);
      if (random(2)) return [(AL | 0xeb70ac0 | size | other | m()) >>> 0];
      return [(AL | 0xeb70ac0 | (size ^ 0x100) | d() | field(!double, random(6), 0, 5)) >>> 0];
    }
    case 17: {
      const word = field(false, random(10), 16, 7);
      return [(AL | (random(2) ? 0xe105a10 : 0xe005a10) | word) >>> 0];
    }
    case 18:
      // The base goes on.
      return random(2)
        ? [AL | 0xcb80a00 | size | d() | (double ? 2 : 1)]
        : [0xeeb04a40 | random(6)];
    default:
      return [AL | ternary(double ? 9 : TERNARY.length)];
  }
}
/** Each result is an operand of the next: the way to numbers of which enough is known, and from there to where it is not enough. */
function chain(random: Random, double: boolean): number[] {
  const size = double ? 0x100 : 0;
  const words: number[] = [];
  for (let k = 0; k < 6; k++) {
    const op = TERNARY[[0, 1, 2, 2, 2, 3, 4, 5, 6][random(9)]];
    const n = field(double, k === 0 ? 0 : 7 + k, 16, 7);
    const m = field(double, random(2) && k > 0 ? 7 + k : random(8), 0, 5);
    words.push((0xe0000000 | op | size | field(double, 8 + k, 12, 22) | n | m) >>> 0);
  }
  return [...words, 0xe2500001, 0x1a000000 | ((-words.length - 3) & 0xffffff), 0xe12fff1e];
}
function programFrom(random: Random): { words: number[]; double: boolean } {
  const double = random(2) === 1;
  const before = { d: 0 };
  const some = (count: number): number[] =>
    Array.from({ length: count }, () => instructions(random, double, before)).flat();
  if (random(3) === 0) return { words: chain(random, double), double };
  const head = some(random(3));
  const body = some(1 + random(9));
  const inner = random(3) === 0 ? some(3) : [];
  const loop = [...body];
  if (inner.length > 0) {
    // mov r1, #n; a loop of a known number of iterations; then on.
    loop.push(0xe3a01000 | (2 + random(6)), ...inner, 0xe2511001);
    loop.push(0x1a000000 | ((-inner.length - 3) & 0xffffff));
  }
  const back = 0x1a000000 | ((-loop.length - 3) & 0xffffff);
  return { words: [...head, ...loop, 0xe2500001, back, 0xe12fff1e], double };
}
function numberFrom(random: Random, size: number, kind: Kind): number {
  const sign = random(2) ? 1 : -1;
  if (random(16) === 0) return 0 * sign;
  const fraction = 1 + [0, 0.5, 2 ** -20, 1 - 2 ** -20, 0.7][random(5)];
  const inside = INSIDE[size] - random(3) * random(INSIDE[size] >> 2);
  const large = kind === "large" || (kind === "both" && random(2) === 1);
  if (large) return sign * 2 ** inside * fraction;
  if (kind === "small" || kind === "both") return sign * 2 ** -inside * fraction;
  if (kind === "usual" || random(3)) return sign * [1, 0.5, 2, 3, 0.1, 1.7, 100, 1e-3][random(8)];
  const special = [Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1e-45, 1.1754943508222875e-38];
  if (random(4) === 0) return sign * special[random(special.length)];
  const beyond = BEYOND[size];
  return sign * 2 ** (beyond[random(beyond.length)] * (random(2) ? 1 : -1)) * fraction;
}

for (const engine of ["jit", "auto"] as const) {
  const programs = engine === "jit" ? PROGRAMS : PROGRAMS / 10;
  test(`${programs} random loops with floating point: ${engine} in step`, () => {
    const sides = [newSide("interp"), newSide(engine)];
    // Every other time regions stay as they are, whatever they meet.
    const { regions } = sides[1].cpu as TieredCore;
    const { mostStrays } = regions;
    for (let k = 0; k < programs; k++) {
      const random = randomFrom(SEED * 100_000 + k);
      const { words, double } = programFrom(random);
      regions.mostStrays = k & 1 ? Number.POSITIVE_INFINITY : mostStrays;
      const code = CODE + (k % 512) * 1024;
      for (const { memory } of sides) {
        words.forEach((word, j) => memory.st32(code + j * 4, word));
        memory.st32(END, 0xef000000);
      }
      for (let state = 0; state < STATES; state++) {
        // First what programs calculate with, so that code is made for it.
        const kind = state < 3 ? "usual" : KINDS[random(state < STATES / 2 ? 4 : 5)];
        const odd = kind === "wild";
        const context = new Int32Array(73);
        const numbers = double
          ? new Float64Array(context.buffer, 0, 32)
          : new Float32Array(context.buffer, 0, 64);
        for (let j = 0; j < 32; j++) numbers[j] = numberFrom(random, double ? 1 : 0, kind);
        const window = double ? new Float64Array(40) : new Float32Array(80);
        window.forEach((_, j) => (window[j] = numberFrom(random, double ? 1 : 0, kind)));
        const bytes = new Uint8Array(window.buffer);
        const modes =
          odd && random(8) === 0 ? random(4) << 22 : odd && random(8) === 0 ? 1 << 24 : 0;
        context[72] = (odd && random(4) === 0 ? 0 : IXC) | modes | (random(16) << 28);
        const times = engine === "jit" ? 3 + random(20) : 500;
        for (const { memory, cpu } of sides) {
          memory.write(WINDOW, bytes);
          cpu.floatContext = context.slice();
          cpu.r.fill(0);
          cpu.r[0] = times;
          cpu.r[8] = WINDOW;
          cpu.r[14] = END;
          cpu.cpsr = 0x13;
          cpu.jump(code);
        }
        for (let slice = 0; ; slice++) {
          const units = engine === "jit" ? 1 + random(60) : 1000 + random(4000);
          const states = sides.map((side) => {
            side.cpu.units = units;
            const now = seen(side, side.cpu.run()) as { exit: Exit };
            return { k, state, slice, ...now, float: architectural(side.cpu) };
          });
          expect(states[1]).toEqual(states[0]);
          if (states[0].exit !== Exit.Slice) break;
        }
        const hashes = sides.map(({ memory }) => Bun.hash(memory.read(WINDOW, 640)));
        expect(hashes[1]).toBe(hashes[0]);
      }
    }
    for (const { memory } of sides) memory.dispose();
  }, 600_000);
}
