import * as exact from "./exact.ts";
import { DOUBLE, FPSCR, SINGLE } from "./format.ts";
import { type FloatUnit, SCRATCH } from "./unit.ts";

// Arithmetic as compiled code uses it: to nearest, denormals and NaNs as IEEE 754 has them. The host's numbers do it when the result
// is in the normal range and needs no flag that is not set already; otherwise exact.ts does.

/** Modes in which the host's arithmetic is not that of the guest. */
const MODES = FPSCR.FZ | FPSCR.DN | (3 << 22);

const LEAST_SINGLE = 2 ** -126;
const LEAST_DOUBLE = 2 ** -1022;
const WHOLE = 2 ** 53;

/** True when the host may compute. */
function ordinary({ fpscr }: FloatUnit): boolean {
  return (fpscr & MODES) === 0;
}
function fitsSingle(r: number): boolean {
  const size = Math.abs(r);
  return size > LEAST_SINGLE && size < Infinity;
}
function fitsDouble(r: number): boolean {
  const size = Math.abs(r);
  return size > LEAST_DOUBLE && size < Infinity;
}

/** Knuth's TwoSum: s = a + b is exact. */
function sumIsExact(a: number, b: number, s: number): boolean {
  const bb = s - a;
  return a - (s - bb) + (b - bb) === 0;
}
function areWhole(a: number, b: number, r: number): boolean {
  return Math.abs(r) < WHOLE && Number.isInteger(a) && Number.isInteger(b) && Number.isInteger(r);
}

type Exact = typeof exact.add;
/** d = a op b. */
export type Binary = (unit: FloatUnit, d: number, a: number, b: number) => void;
export type Unary = (unit: FloatUnit, d: number, a: number) => void;
/** Of singles, of doubles. */
export type Sizes<F> = readonly [single: F, double: F];

/** An operation that the host can do, and when it is known to have done all of it. */
export interface HostOperation {
  /** The host's result, as a double. */
  readonly host: (a: number, b: number) => number;
  /** It is the exact one: of singles, of doubles. */
  readonly singleExact: (a: number, b: number, r: number) => boolean;
  readonly doubleExact: (a: number, b: number, r: number) => boolean;
  /** A result of zero is exact. */
  readonly zero: (a: number, b: number) => boolean;
  readonly exact: Exact;
}

export const ADD: HostOperation = {
  host: (a, b) => a + b,
  singleExact: (a, b, r) => Math.fround(r) === r && sumIsExact(a, b, r),
  doubleExact: sumIsExact,
  zero: () => true,
  exact: exact.add,
};
export const SUB: HostOperation = {
  host: (a, b) => a - b,
  singleExact: (a, b, r) => Math.fround(r) === r && sumIsExact(a, -b, r),
  doubleExact: (a, b, r) => sumIsExact(a, -b, r),
  zero: () => true,
  exact: exact.sub,
};
export const MUL: HostOperation = {
  host: (a, b) => a * b,
  singleExact: (_a, _b, r) => Math.fround(r) === r,
  doubleExact: areWhole,
  zero: (a, b) => a === 0 || b === 0,
  exact: exact.mul,
};
const DIV: HostOperation = {
  host: (a, b) => a / b,
  singleExact: (a, b, r) => Math.fround(r) === r && r * b === a,
  doubleExact: (a, b, r) => areWhole(a, b, r) && Math.abs(a) < WHOLE && r * b === a,
  zero: (a) => a === 0,
  exact: exact.div,
};

const single =
  (o: HostOperation): Binary =>
  (unit, d, a, b) => {
    if (ordinary(unit)) {
      const x = unit.single[a];
      const y = unit.single[b];
      const wide = o.host(x, y);
      const r = Math.fround(wide);
      const sure = r === 0 ? wide === 0 && o.zero(x, y) : fitsSingle(r);
      if (sure && (unit.fpscr & FPSCR.IXC || r === 0 || o.singleExact(x, y, wide))) {
        unit.single[d] = r;
        return;
      }
    }
    unit.setRaw(d, o.exact(SINGLE, unit.raw(a), unit.raw(b), unit));
  };
const double =
  (o: HostOperation): Binary =>
  (unit, d, a, b) => {
    if (ordinary(unit)) {
      const x = unit.double[a];
      const y = unit.double[b];
      const r = o.host(x, y);
      const sure = r === 0 ? o.zero(x, y) : fitsDouble(r);
      if (sure && (unit.fpscr & FPSCR.IXC || r === 0 || o.doubleExact(x, y, r))) {
        unit.double[d] = r;
        return;
      }
    }
    unit.bits[d] = o.exact(DOUBLE, unit.bits[a], unit.bits[b], unit);
  };

const both = (o: HostOperation): Sizes<Binary> => [single(o), double(o)];

export const add = both(ADD);
export const sub = both(SUB);
export const mul = both(MUL);
export const div = both(DIV);

export const sqrt: Sizes<Unary> = [
  (unit, d, a) => {
    const x = unit.single[a];
    const r = Math.fround(Math.sqrt(x));
    if (ordinary(unit) && fitsSingle(r) && (unit.fpscr & FPSCR.IXC || r * r === x))
      unit.single[d] = r;
    else unit.setRaw(d, exact.sqrt(SINGLE, unit.raw(a), unit));
  },
  (unit, d, a) => {
    const x = unit.double[a];
    const r = Math.sqrt(x);
    if (ordinary(unit) && fitsDouble(r) && (unit.fpscr & FPSCR.IXC || areWhole(r, r, x)))
      unit.double[d] = r;
    else unit.bits[d] = exact.sqrt(DOUBLE, unit.bits[a], unit);
  },
];

export const abs: Sizes<Unary> = [
  ({ words }, d, a) => {
    words[d] = words[a] & 0x7fffffff;
  },
  ({ words }, d, a) => {
    words[2 * d] = words[2 * a];
    words[2 * d + 1] = words[2 * a + 1] & 0x7fffffff;
  },
];
/** Also of a NaN. */
export const neg: Sizes<Unary> = [
  ({ words }, d, a) => {
    words[d] = words[a] ^ 0x80000000;
  },
  ({ words }, d, a) => {
    words[2 * d] = words[2 * a];
    words[2 * d + 1] = words[2 * a + 1] ^ 0x80000000;
  },
];
export const mov: Sizes<Unary> = [
  ({ words }, d, a) => {
    words[d] = words[a];
  },
  ({ words }, d, a) => {
    words[2 * d] = words[2 * a];
    words[2 * d + 1] = words[2 * a + 1];
  },
];

/** The two sizes of an operation made of others. */
const compose = (make: (size: 0 | 1) => Binary): Sizes<Binary> => [make(0), make(1)];

/** VMLA and its like: d = (-)d + (-)(a * b), rounded twice. */
export const multiplyAccumulate = (negateProduct: boolean, negateSum: boolean): Sizes<Binary> =>
  compose((size) => (unit, d, a, b) => {
    const [product, addend] = SCRATCH[size];
    mul[size](unit, product, a, b);
    if (negateProduct) neg[size](unit, product, product);
    (negateSum ? neg : mov)[size](unit, addend, d);
    add[size](unit, d, addend, product);
  });
/** VNMUL. */
export const negatedMul = compose((size) => (unit, d, a, b) => {
  mul[size](unit, d, a, b);
  neg[size](unit, d, d);
});
/** VFMA and its like: d = (-)d + (-)a * b, rounded once. */
export const fusedMultiplyAdd = (negateProduct: boolean, negateSum: boolean): Sizes<Binary> =>
  compose((size) => (unit, d, a, b) => {
    const [factor, addend] = SCRATCH[size];
    (negateProduct ? neg : mov)[size](unit, factor, a);
    (negateSum ? neg : mov)[size](unit, addend, d);
    if (size === 0) fusedSingle(unit, d, addend, factor, b);
    else
      unit.bits[d] = exact.mulAdd(DOUBLE, unit.bits[addend], unit.bits[factor], unit.bits[b], unit);
  });

const sum = new Float64Array(1);
const sumBits = new BigInt64Array(sum.buffer);

/**
 * The product of singles is exact as a double. The sum is rounded to odd: with the last bit set when something is cut off, the
 * second rounding, to a single, gives what one rounding would (Boldo and Melquiond, Emulation of FMA).
 */
function fusedSingle(unit: FloatUnit, d: number, c: number, a: number, b: number): void {
  if (ordinary(unit) && unit.fpscr & FPSCR.IXC) {
    const x = unit.single[a] * unit.single[b];
    const y = unit.single[c];
    const s = x + y;
    const bb = s - x;
    const rest = x - (s - bb) + (y - bb);
    sum[0] = s;
    if (rest !== 0 && (sumBits[0] & 1n) === 0n) sumBits[0] += rest > 0 === s > 0 ? 1n : -1n;
    const r = Math.fround(sum[0]);
    if (fitsSingle(r)) {
      unit.single[d] = r;
      return;
    }
  }
  unit.setRaw(d, exact.mulAdd(SINGLE, unit.raw(c), unit.raw(a), unit.raw(b), unit));
}

/** VCMP: N Z C V to the FPSCR. `quiet`: only a signalling NaN is invalid. */
export function compare(unit: FloatUnit, size: number, a: number, b: number, quiet: boolean): void {
  const x = size ? unit.double[a] : unit.single[a];
  const y = size ? unit.double[b] : unit.single[b];
  let flags: number;
  if (x === x && y === y && !(unit.fpscr & FPSCR.FZ))
    flags = x === y ? 6 << 28 : x < y ? 8 << 28 : 2 << 28;
  else if (size) flags = exact.compare(DOUBLE, unit.bits[a], unit.bits[b], quiet, unit);
  else flags = exact.compare(SINGLE, unit.raw(a), unit.raw(b), quiet, unit);
  unit.fpscr = (unit.fpscr & 0x0fffffff) | flags;
}
