import { ADD, type HostOperation, MUL, SUB } from "../float/arithmetic.ts";
import * as exact from "../float/exact.ts";
import { type Environment, FPSCR, Rounding, SINGLE } from "../float/format.ts";
import { type Operation, STANDARD, type Vectors } from "./vectors.ts";

// Single precision (ARM ARM A2.7, A7.4): with the standard values of the FPSCR, whatever its modes are; its cumulative flags count.
// Values are the bits of a single as a signed word.

const FLAGS = FPSCR.IOC | FPSCR.DZC | FPSCR.OFC | FPSCR.UFC | FPSCR.IXC | FPSCR.IDC;
const LEAST = 2 ** -126;
const NAN = 0x7fc00000;
const TWO = 0x40000000;
const THREE = 0x40400000;
const ONE_AND_A_HALF = 0x3fc00000;
const HALF = 0x3f000000;
const INFINITY = 0x7f800000;

const single = new Float32Array(1);
const word = new Int32Array(single.buffer);
function numberOf(bits: number): number {
  word[0] = bits;
  return single[0];
}
function bitsOf(x: number): number {
  single[0] = x;
  return word[0];
}
const raw = (bits: number): bigint => BigInt(bits >>> 0);
const signed = (bits: bigint): number => Number(BigInt.asIntN(32, bits));
const isDenormal = (bits: number): boolean => (bits & INFINITY) === 0 && (bits & 0x7fffff) !== 0;
const isNaN = (bits: number): boolean => (bits & 0x7fffffff) > INFINITY;
const isSignalling = (bits: number): boolean => isNaN(bits) && (bits & 0x400000) === 0;
const isZero = (bits: number): boolean => (bits & INFINITY) === 0;
const isInfinite = (bits: number): boolean => (bits & 0x7fffffff) === INFINITY;

type Binary = (a: number, b: number, env: Environment) => number;

/** The host computes when the result is normal, or an exact zero, and needs no flag that is not set already. */
const arithmetic =
  ({ host, zero, singleExact, exact: slow }: HostOperation): Binary =>
  (a, b, env) => {
    if (!isDenormal(a) && !isDenormal(b)) {
      const x = numberOf(a);
      const y = numberOf(b);
      const wide = host(x, y);
      const r = Math.fround(wide);
      const size = Math.abs(r);
      const sure = r === 0 ? wide === 0 && zero(x, y) : size > LEAST && size < Infinity;
      if (sure && (env.fpscr & FPSCR.IXC || r === 0 || singleExact(x, y, wide))) return bitsOf(r);
    }
    return signed(slow(SINGLE, raw(a), raw(b), env));
  };
const add = arithmetic(ADD);
const sub = arithmetic(SUB);
const mul = arithmetic(MUL);

/** A denormal is a zero. */
function flushed(bits: number, env: Environment): number {
  if (!isDenormal(bits)) return bits;
  env.fpscr |= FPSCR.IDC;
  return bits & 0x80000000;
}
const extreme =
  (most: boolean): Binary =>
  (a, b, env) => {
    const x = flushed(a, env);
    const y = flushed(b, env);
    if (isNaN(x) || isNaN(y)) {
      if (isSignalling(x) || isSignalling(y)) env.fpscr |= FPSCR.IOC;
      return NAN;
    }
    if (isZero(x) && isZero(y)) return most ? x & y : x | y;
    return numberOf(x) > numberOf(y) === most ? x : y;
  };

const EQUAL = 6 << 28;
const GREATER = 2 << 28;
const comparison =
  (quiet: boolean, holds: (order: number) => boolean, change = (bits: number) => bits): Binary =>
  (a, b, env) =>
    holds(exact.compare(SINGLE, raw(change(a)), raw(change(b)), quiet, env)) ? -1 : 0;
const greater = (order: number): boolean => order === GREATER;
const notLess = (order: number): boolean => order === GREATER || order === EQUAL;
const equal = (order: number): boolean => order === EQUAL;
const absolute = (bits: number): number => bits & 0x7fffffff;

/** VRECPS: 2 - a * b; VRSQRTS: (3 - a * b) / 2 (A2.7.7). */
const step =
  (from: number, special: number, halve: boolean): Binary =>
  (a, b, env) => {
    const x = flushed(a, env);
    const y = flushed(b, env);
    if ((isInfinite(x) && isZero(y)) || (isZero(x) && isInfinite(y))) return special;
    const rest = sub(from, mul(x, y, env), env);
    return halve ? mul(rest, HALF, env) : rest;
  };

/** An environment with the standard modes; `done` adds its flags to the FPSCR. */
function begin({ unit }: Vectors): Environment {
  return { fpscr: STANDARD | (unit.fpscr & FPSCR.IXC) };
}
function done({ unit }: Vectors, env: Environment): void {
  unit.fpscr |= env.fpscr & FLAGS;
}

/** d = f(n, m, d). */
const each =
  (f: (n: number, m: number, env: Environment, d: number) => number): Operation =>
  (v, { d, n, m, q }) => {
    const env = begin(v);
    const from = v.file.signed[2];
    for (let k = 0; k < 2 << q; k++)
      v.result.signed[2][k] = f(from[2 * n + k], from[2 * m + k], env, from[2 * d + k]);
    done(v, env);
    v.put(d, q);
  };
const unary = (f: (m: number, env: Environment) => number): Operation =>
  each((_, m, env) => f(m, env));
const pairs =
  (f: Binary): Operation =>
  (v, { d, n, m }) => {
    const env = begin(v);
    const from = v.file.signed[2];
    v.result.signed[2][0] = f(from[2 * n], from[2 * n + 1], env);
    v.result.signed[2][1] = f(from[2 * m], from[2 * m + 1], env);
    done(v, env);
    v.put(d, 0);
  };

const negated = (bits: number): number => bits ^ 0x80000000;

/** RecipEstimate: of 0.5 <= a < 1, in steps of 1 / 256. */
function reciprocal(a: number): number {
  const q = Math.trunc(a * 512);
  return Math.trunc(256 * (1 / ((q + 0.5) / 512)) + 0.5) / 256;
}
/** RecipSqrtEstimate: of 0.25 <= a < 1. */
function reciprocalRoot(a: number): number {
  const small = a < 0.5;
  const q = Math.trunc(a * (small ? 512 : 256));
  const r = 1 / Math.sqrt((q + 0.5) / (small ? 512 : 256));
  return Math.trunc(256 * r + 0.5) / 256;
}
function reciprocalEstimate(bits: number, env: Environment): number {
  const x = flushed(bits, env);
  const sign = x & 0x80000000;
  if (isNaN(x)) {
    if (isSignalling(x)) env.fpscr |= FPSCR.IOC;
    return NAN;
  }
  if (isInfinite(x)) return sign;
  if (isZero(x)) {
    env.fpscr |= FPSCR.DZC;
    return sign | INFINITY;
  }
  const exponent = (x >>> 23) & 255;
  if (exponent >= 253) {
    env.fpscr |= FPSCR.UFC;
    return sign;
  }
  const estimate = reciprocal((1 + (x & 0x7fffff) / 2 ** 23) / 2);
  return sign | ((253 - exponent) << 23) | (bitsOf(estimate) & 0x7fffff);
}
function reciprocalRootEstimate(bits: number, env: Environment): number {
  const x = flushed(bits, env);
  if (isNaN(x)) {
    if (isSignalling(x)) env.fpscr |= FPSCR.IOC;
    return NAN;
  }
  if (isZero(x)) {
    env.fpscr |= FPSCR.DZC;
    return (x & 0x80000000) | INFINITY;
  }
  if (x < 0) {
    env.fpscr |= FPSCR.IOC;
    return NAN;
  }
  if (isInfinite(x)) return 0;
  const exponent = (x >>> 23) & 255;
  const fraction = 1 + (x & 0x7fffff) / 2 ** 23;
  const estimate = reciprocalRoot(exponent & 1 ? fraction / 4 : fraction / 2);
  return (Math.trunc((380 - exponent) / 2) << 23) | (bitsOf(estimate) & 0x7fffff);
}

const convert =
  (to: boolean): Operation =>
  (v, { d, m, q, u, i }) => {
    const env = begin(v);
    for (let k = 0; k < 2 << q; k++) {
      const bits = v.file.signed[2][2 * m + k];
      v.result.signed[2][k] = to
        ? exact.toFixed(SINGLE, raw(bits), 32, u === 0, i, Rounding.Zero, env)
        : signed(exact.fromFixed(SINGLE, u ? bits >>> 0 : bits, i, Rounding.Nearest, env));
    }
    done(v, env);
    v.put(d, q);
  };

/** Made when the first instruction asks for it. */
export const floats = () =>
  ({
    vaddF: each(add),
    vsubF: each(sub),
    vmulF: each(mul),
    vmlaF: each((n, m, env, d) => add(d, mul(n, m, env), env)),
    vmlsF: each((n, m, env, d) => add(d, negated(mul(n, m, env)), env)),
    vfmaF: each((n, m, env, d) => signed(exact.mulAdd(SINGLE, raw(d), raw(n), raw(m), env))),
    vfmsF: each((n, m, env, d) =>
      signed(exact.mulAdd(SINGLE, raw(d), raw(negated(n)), raw(m), env)),
    ),
    vabdF: each((n, m, env) => absolute(sub(n, m, env))),
    vmaxF: each(extreme(true)),
    vminF: each(extreme(false)),
    vpaddF: pairs(add),
    vpmaxF: pairs(extreme(true)),
    vpminF: pairs(extreme(false)),
    vceqF: each(comparison(true, equal)),
    vcgeF: each(comparison(false, notLess)),
    vcgtF: each(comparison(false, greater)),
    vacge: each(comparison(false, notLess, absolute)),
    vacgt: each(comparison(false, greater, absolute)),
    vrecps: each(step(TWO, TWO, false)),
    vrsqrts: each(step(THREE, ONE_AND_A_HALF, true)),
    vabsF: unary(absolute),
    vnegF: unary(negated),
    vceqZeroF: unary((m, env) => comparison(true, equal)(m, 0, env)),
    vcgeZeroF: unary((m, env) => comparison(false, notLess)(m, 0, env)),
    vcgtZeroF: unary((m, env) => comparison(false, greater)(m, 0, env)),
    vcleZeroF: unary((m, env) => comparison(false, notLess)(0, m, env)),
    vcltZeroF: unary((m, env) => comparison(false, greater)(0, m, env)),
    vrecpeF: unary(reciprocalEstimate),
    vrsqrteF: unary(reciprocalRootEstimate),
    vrecpe: unary((m) => (m < 0 ? reciprocal((m >>> 0) / 2 ** 32) * 2 ** 31 : -1)),
    vrsqrte: unary((m) => (m >>> 30 === 0 ? -1 : reciprocalRoot((m >>> 0) / 2 ** 32) * 2 ** 31)),
    vcvtFrom: convert(false),
    vcvtTo: convert(true),
  }) satisfies Record<string, Operation>;
