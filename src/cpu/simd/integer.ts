import type { Operation, Vectors } from "./vectors.ts";

// Element by element, all of one size (ARM ARM A7.4.1, A7.4.5).

interface Context {
  readonly v: Vectors;
  readonly bits: number;
  readonly u: number;
}
type Number3 = (a: number, b: number, d: number, c: Context) => number;
type Wide3 = (a: bigint, b: bigint, d: bigint, c: Context) => bigint;

/** d = f(n, m, d); `wide` for elements of 64 bits. */
function each(f: Number3, wide?: Wide3, signed = false): Operation {
  return (v, { d, n, m, q, z, u }) => {
    const sign = signed ? 0 : u;
    const c = { v, bits: 8 << z, u: sign };
    if (z === 3) {
      const from = v.file.wide(sign);
      for (let k = 0; k <= q; k++)
        v.result.signedWide[k] = BigInt.asIntN(64, wide!(from[n + k], from[m + k], from[d + k], c));
    } else {
      const per = 8 >> z;
      const from = v.file.narrow(z, sign);
      const to = v.result.narrow(z, sign);
      for (let k = 0; k < per << q; k++)
        to[k] = f(from[n * per + k], from[m * per + k], from[d * per + k], c);
    }
    v.put(d, q);
  };
}
/** d = f(m). */
const unary = (f: (a: number, c: Context) => number, signed = false): Operation =>
  each((_n, m, _d, c) => f(m, c), undefined, signed);

const mask = (condition: boolean): number => (condition ? -1 : 0);

/** Of neighbours: the lower half of the result is from n, the upper one from m. */
function pairs(f: (a: number, b: number) => number): Operation {
  return (v, { d, n, m, z, u }) => {
    const per = 8 >> z;
    const from = v.file.narrow(z, u);
    const to = v.result.narrow(z, u);
    for (let k = 0; k < per; k++) {
      const at = k < per / 2 ? n * per + 2 * k : m * per + 2 * k - per;
      to[k] = f(from[at], from[at + 1]);
    }
    v.put(d, 0);
  };
}

/** Bits of words. */
function bitwise(f: (n: number, m: number, d: number) => number): Operation {
  return (v, { d, n, m, q }) => {
    const from = v.file.signed[2];
    for (let k = 0; k < 2 << q; k++)
      v.result.signed[2][k] = f(from[2 * n + k], from[2 * m + k], from[2 * d + k]);
    v.put(d, q);
  };
}

/** High half of the doubled product. */
const doubledHigh = (round: boolean): Operation =>
  each(
    (a, b, _, { v, bits }) => {
      const product = 2n * BigInt(a) * BigInt(b) + (round ? 1n << BigInt(bits - 1) : 0n);
      return v.saturate(Number(product >> BigInt(bits)), bits, 0);
    },
    undefined,
    true,
  );

/** Product of polynomials over {0, 1}. */
export function polynomial(a: number, b: number): number {
  let product = 0;
  for (let k = 0; k < 8; k++) if (a & (1 << k)) product ^= b << k;
  return product;
}

const leadingZeros = (a: number, bits: number): number =>
  Math.clz32(bits === 32 ? a : a & ((1 << bits) - 1)) - (32 - bits);

function count(x: number): number {
  let ones = 0;
  for (let rest = x & 255; rest; rest &= rest - 1) ones++;
  return ones;
}

/** Elements of 1 << z bytes change places within groups of 1 << group bytes. */
const reverse =
  (group: number): Operation =>
  (v, { d, m, q, z }) => {
    const from = v.file.unsigned[z];
    const per = 8 >> z;
    const flip = (1 << (group - z)) - 1;
    for (let k = 0; k < per << q; k++) v.result.unsigned[z][k] = from[m * per + (k ^ flip)];
    v.put(d, q);
  };

/** Made when the first instruction asks for it. */
export const integer = () =>
  ({
    vhadd: each((a, b) => Math.floor((a + b) / 2)),
    vrhadd: each((a, b) => Math.floor((a + b + 1) / 2)),
    vhsub: each((a, b) => Math.floor((a - b) / 2)),
    vqadd: each(
      (a, b, _, { v, bits, u }) => v.saturate(a + b, bits, u),
      (a, b, _, { v, u }) => v.saturateWide(a + b, 64, u),
    ),
    vqsub: each(
      (a, b, _, { v, bits, u }) => v.saturate(a - b, bits, u),
      (a, b, _, { v, u }) => v.saturateWide(a - b, 64, u),
    ),
    vand: bitwise((n, m) => n & m),
    vbic: bitwise((n, m) => n & ~m),
    vorr: bitwise((n, m) => n | m),
    vorn: bitwise((n, m) => n | ~m),
    veor: bitwise((n, m) => n ^ m),
    vbsl: bitwise((n, m, d) => (n & d) | (m & ~d)),
    vbit: bitwise((n, m, d) => (n & m) | (d & ~m)),
    vbif: bitwise((n, m, d) => (d & m) | (n & ~m)),
    vmvn: bitwise((_, m) => ~m),
    vcgt: each((a, b) => mask(a > b)),
    vcge: each((a, b) => mask(a >= b)),
    vceq: each((a, b) => mask(a === b)),
    vtst: each((a, b) => mask((a & b) !== 0)),
    vmax: each((a, b) => Math.max(a, b)),
    vmin: each((a, b) => Math.min(a, b)),
    vabd: each((a, b) => Math.abs(a - b)),
    vaba: each((a, b, d) => d + Math.abs(a - b)),
    vadd: each(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
    vsub: each(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
    vmla: each((a, b, d) => d + Math.imul(a, b)),
    vmls: each((a, b, d) => d - Math.imul(a, b)),
    vmul: each((a, b) => Math.imul(a, b)),
    vmulPoly: each(polynomial),
    vqdmulh: doubledHigh(false),
    vqrdmulh: doubledHigh(true),
    vpmax: pairs(Math.max),
    vpmin: pairs(Math.min),
    vpadd: pairs((a, b) => a + b),
    vrev64: reverse(3),
    vrev32: reverse(2),
    vrev16: reverse(1),
    vcls: unary((a, { bits }) => leadingZeros(a < 0 ? ~a : a, bits) - 1, true),
    vclz: unary((a, { bits }) => leadingZeros(a, bits)),
    vcnt: unary(count),
    vqabs: unary((a, { v, bits }) => v.saturate(Math.abs(a), bits, 0), true),
    vqneg: unary((a, { v, bits }) => v.saturate(-a, bits, 0), true),
    vabs: unary(Math.abs, true),
    vneg: unary((a) => -a, true),
    vcgtZero: unary((a) => mask(a > 0), true),
    vcgeZero: unary((a) => mask(a >= 0), true),
    vceqZero: unary((a) => mask(a === 0), true),
    vcleZero: unary((a) => mask(a <= 0), true),
    vcltZero: unary((a) => mask(a < 0), true),
  }) satisfies Record<string, Operation>;
