import {
  type Environment,
  type Format,
  FPSCR,
  bitLength,
  defaultNaN,
  infinityOf,
  invalid,
  isNaN,
  negate,
  processNaNs,
  round,
  Rounding,
  roundingOf,
  roundShift,
  unpack,
  type Unpacked,
  withSign,
} from "./format.ts";

// The operations of the ARM ARM (A2.7.7 and following) on bits: every mode, every flag.

/** Sum of two finite numbers, rounded; the sign of an exact zero depends on the mode. */
function sum(f: Format, a: Unpacked, b: Unpacked, env: Environment): bigint {
  const e = a.m === 0n ? b.e : b.m === 0n ? a.e : Math.min(a.e, b.e);
  const term = (x: Unpacked): bigint => {
    const m = x.m === 0n ? 0n : x.m << BigInt(x.e - e);
    return x.sign ? -m : m;
  };
  const total = term(a) + term(b);
  if (total === 0n) {
    const sign = a.sign === b.sign ? a.sign : roundingOf(env) === Rounding.Minus;
    return withSign(f, sign, 0n);
  }
  return round(f, total < 0n, total < 0n ? -total : total, e, env);
}

export function add(f: Format, x: bigint, y: bigint, env: Environment): bigint {
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  const nan = processNaNs(f, env, a, b);
  if (nan !== undefined) return nan;
  if (a.kind === "infinity" && b.kind === "infinity" && a.sign !== b.sign) return invalid(f, env);
  if (a.kind === "infinity") return infinityOf(f, a.sign);
  if (b.kind === "infinity") return infinityOf(f, b.sign);
  return sum(f, a, b, env);
}

export function sub(f: Format, x: bigint, y: bigint, env: Environment): bigint {
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  const nan = processNaNs(f, env, a, b);
  if (nan !== undefined) return nan;
  if (a.kind === "infinity" && b.kind === "infinity" && a.sign === b.sign) return invalid(f, env);
  if (a.kind === "infinity") return infinityOf(f, a.sign);
  if (b.kind === "infinity") return infinityOf(f, !b.sign);
  return sum(f, a, { ...b, sign: !b.sign }, env);
}

export function mul(f: Format, x: bigint, y: bigint, env: Environment): bigint {
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  const nan = processNaNs(f, env, a, b);
  if (nan !== undefined) return nan;
  const sign = a.sign !== b.sign;
  if (a.kind === "infinity" || b.kind === "infinity")
    return a.kind === "zero" || b.kind === "zero" ? invalid(f, env) : infinityOf(f, sign);
  return round(f, sign, a.m * b.m, a.e + b.e, env);
}

export function div(f: Format, x: bigint, y: bigint, env: Environment): bigint {
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  const nan = processNaNs(f, env, a, b);
  if (nan !== undefined) return nan;
  const sign = a.sign !== b.sign;
  if (a.kind === b.kind && a.kind !== "finite") return invalid(f, env);
  if (a.kind === "infinity") return infinityOf(f, sign);
  if (a.kind === "zero" || b.kind === "infinity") return withSign(f, sign, 0n);
  if (b.kind === "zero") {
    env.fpscr |= FPSCR.DZC;
    return infinityOf(f, sign);
  }
  const by = Math.max(0, f.fraction + 4 + bitLength(b.m) - bitLength(a.m));
  const dividend = a.m << BigInt(by);
  const quotient = dividend / b.m;
  return round(f, sign, quotient, a.e - b.e - by, env, quotient * b.m !== dividend);
}

export function sqrt(f: Format, x: bigint, env: Environment): bigint {
  const a = unpack(f, x, env);
  const nan = processNaNs(f, env, a);
  if (nan !== undefined) return nan;
  if (a.kind === "zero") return withSign(f, a.sign, 0n);
  if (a.sign) return invalid(f, env);
  if (a.kind === "infinity") return infinityOf(f, false);
  let by = Math.max(0, 2 * (f.fraction + 4) - bitLength(a.m));
  if ((a.e - by) & 1) by++;
  const square = a.m << BigInt(by);
  const root = integerRoot(square);
  return round(f, false, root, (a.e - by) / 2, env, root * root !== square);
}

/** The largest integer whose square is not above n: Newton's method from above. */
function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** FPMulAdd: addend + x * y with one rounding. */
export function mulAdd(f: Format, addend: bigint, x: bigint, y: bigint, env: Environment): bigint {
  const c = unpack(f, addend, env);
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  const sign = a.sign !== b.sign;
  const infinite = a.kind === "infinity" || b.kind === "infinity";
  const senseless = infinite && (a.kind === "zero" || b.kind === "zero");
  const nan = processNaNs(f, env, c, a, b);
  if (c.kind === "quiet" && senseless) return invalid(f, env);
  if (nan !== undefined) return nan;
  if (senseless || (infinite && c.kind === "infinity" && c.sign !== sign)) return invalid(f, env);
  if (c.kind === "infinity") return infinityOf(f, c.sign);
  if (infinite) return infinityOf(f, sign);
  return sum(f, c, { kind: "finite", sign, m: a.m * b.m, e: a.e + b.e, bits: 0n }, env);
}

/** FPCompare: N Z C V in bits 31:28. `quiet`: only a signalling NaN is invalid. */
export function compare(f: Format, x: bigint, y: bigint, quiet: boolean, env: Environment): number {
  const a = unpack(f, x, env);
  const b = unpack(f, y, env);
  if (isNaN(a) || isNaN(b)) {
    if (!quiet || a.kind === "signalling" || b.kind === "signalling") env.fpscr |= FPSCR.IOC;
    return 3 << 28;
  }
  const order = orderOf(f, a, b);
  if (order === 0) return 6 << 28;
  return order < 0 ? 8 << 28 : 2 << 28;
}

/** Negative, 0 or positive; a flushed denormal is a zero. */
function orderOf(f: Format, a: Unpacked, b: Unpacked): number {
  const value = (x: Unpacked): bigint => {
    if (x.kind === "zero") return 0n;
    const size = x.sign ? negate(f, x.bits) : x.bits;
    return x.sign ? -size : size;
  };
  const difference = value(a) - value(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** FPMaxNum, FPMinNum: a quiet NaN loses against a number. */
export function extreme(f: Format, x: bigint, y: bigint, most: boolean, env: Environment): bigint {
  let a = unpack(f, x, env);
  let b = unpack(f, y, env);
  if (a.kind === "quiet" && !isNaN(b)) a = b;
  else if (b.kind === "quiet" && !isNaN(a)) b = a;
  const nan = processNaNs(f, env, a, b);
  if (nan !== undefined) return nan;
  if (a.kind === "zero" && b.kind === "zero")
    return withSign(f, most ? a.sign && b.sign : a.sign || b.sign, 0n);
  const first = orderOf(f, a, b) >= 0 === most;
  const chosen = first ? a : b;
  return chosen.kind === "zero" ? withSign(f, chosen.sign, 0n) : chosen.bits;
}

/** FPRoundInt: to an integral number; `exact`: with the inexact flag. */
export function roundToIntegral(
  f: Format,
  x: bigint,
  mode: number,
  exact: boolean,
  env: Environment,
): bigint {
  const a = unpack(f, x, env);
  const nan = processNaNs(f, env, a);
  if (nan !== undefined) return nan;
  if (a.kind === "infinity") return a.bits;
  if (a.kind === "zero") return withSign(f, a.sign, 0n);
  const { m, inexact } = roundShift(a.m, -a.e, false, a.sign, mode);
  if (inexact && exact) env.fpscr |= FPSCR.IXC;
  const quiet: Environment = { fpscr: 0 };
  return round(f, a.sign, m, 0, quiet);
}

/** FPToFixed: an integer of `bits` bits with `fraction` of them behind the point, saturated. */
export function toFixed(
  f: Format,
  x: bigint,
  bits: number,
  signed: boolean,
  fraction: number,
  mode: number,
  env: Environment,
): number {
  const a = unpack(f, x, env);
  if (isNaN(a)) {
    env.fpscr |= FPSCR.IOC;
    return 0;
  }
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  let value = a.sign ? least - 1n : most + 1n;
  let inexact = false;
  if (a.kind !== "infinity" && a.e + fraction < 64) {
    const whole = roundShift(a.m, -a.e - fraction, false, a.sign, mode);
    value = a.sign ? -whole.m : whole.m;
    inexact = whole.inexact;
  }
  if (value < least || value > most) {
    env.fpscr |= FPSCR.IOC;
    value = value < least ? least : most;
  } else if (inexact) env.fpscr |= FPSCR.IXC;
  return Number(BigInt.asIntN(32, value));
}

/** FixedToFP of value / 2^fraction. */
export function fromFixed(
  f: Format,
  value: number,
  fraction: number,
  mode: number,
  env: Environment,
): bigint {
  return round(f, value < 0, BigInt(Math.abs(value)), -fraction, env, false, mode);
}

/** Between formats: FPSingleToDouble and its like. NaNs keep the upper bits of their payload. */
export function convert(from: Format, to: Format, x: bigint, env: Environment): bigint {
  const a = unpack(from, x, env);
  const alternative = to.exponent === 5 && (env.fpscr & FPSCR.AHP) !== 0;
  if (isNaN(a)) {
    if (alternative) {
      env.fpscr |= FPSCR.IOC;
      return withSign(to, a.sign, 0n);
    }
    if (a.kind === "signalling") env.fpscr |= FPSCR.IOC;
    if (env.fpscr & FPSCR.DN) return defaultNaN(to);
    const payload = a.bits & ((1n << BigInt(from.fraction)) - 1n);
    const by = to.fraction - from.fraction;
    const moved = by > 0 ? payload << BigInt(by) : payload >> BigInt(-by);
    return withSign(to, a.sign, defaultNaN(to) | moved);
  }
  if (a.kind === "infinity") {
    if (!alternative) return infinityOf(to, a.sign);
    env.fpscr |= FPSCR.IOC;
    return withSign(to, a.sign, 0x7fffn);
  }
  if (a.kind === "zero") return withSign(to, a.sign, 0n);
  return round(to, a.sign, a.m, a.e, env);
}
