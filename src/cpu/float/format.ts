// Binary floating point as exact numbers (ARM ARM A2.7): taking apart, rounding, NaNs. Slow and complete; what compiled code
// meets every day goes another way (arithmetic.ts).

/** FPSCR bits (A2.5.3, B4.1.58). */
export const FPSCR = {
  IOC: 1,
  DZC: 2,
  OFC: 4,
  UFC: 8,
  IXC: 16,
  IDC: 128,
  FZ: 1 << 24,
  DN: 1 << 25,
  AHP: 1 << 26,
  /** What can be written: flags, QC, modes, cumulative exceptions. Vectors of VFPv2 do not exist. */
  WRITABLE: 0xffc0009f | 0,
} as const;

/** Rounding modes: those of FPSCR.RMode, and ties away from zero of FPv5. */
export const Rounding = { Nearest: 0, Plus: 1, Minus: 2, Zero: 3, Away: 4 } as const;

/** The modes and cumulative flags that an operation works with: the FPSCR. */
export interface Environment {
  fpscr: number;
}

export function roundingOf(env: Environment): number {
  return (env.fpscr >>> 22) & 3;
}

export interface Format {
  /** Bits of the fraction. */
  readonly fraction: number;
  /** Bits of the exponent. */
  readonly exponent: number;
}
export const HALF: Format = { fraction: 10, exponent: 5 };
export const SINGLE: Format = { fraction: 23, exponent: 8 };
export const DOUBLE: Format = { fraction: 52, exponent: 11 };

export type Kind = "zero" | "finite" | "infinity" | "quiet" | "signalling";

/** A number taken apart: (-1)^sign * m * 2^e when finite. */
export interface Unpacked {
  readonly kind: Kind;
  readonly sign: boolean;
  readonly m: bigint;
  readonly e: number;
  readonly bits: bigint;
}

const signBit = (f: Format): bigint => 1n << BigInt(f.fraction + f.exponent);
const infinity = (f: Format): bigint => ((1n << BigInt(f.exponent)) - 1n) << BigInt(f.fraction);
const quietBit = (f: Format): bigint => 1n << BigInt(f.fraction - 1);
const bias = (f: Format): number => 2 ** (f.exponent - 1) - 1;

export function withSign(f: Format, sign: boolean, bits: bigint): bigint {
  return sign ? bits | signBit(f) : bits;
}
export function negate(f: Format, bits: bigint): bigint {
  return bits ^ signBit(f);
}
export function infinityOf(f: Format, sign: boolean): bigint {
  return withSign(f, sign, infinity(f));
}
/** FPDefaultNaN. */
export function defaultNaN(f: Format): bigint {
  return infinity(f) | quietBit(f);
}
/** FPDefaultNaN because of an invalid operation. */
export function invalid(f: Format, env: Environment): bigint {
  env.fpscr |= FPSCR.IOC;
  return defaultNaN(f);
}

const isAlternative = (f: Format, env: Environment): boolean =>
  f === HALF && (env.fpscr & FPSCR.AHP) !== 0;

/** FPUnpack: a denormal is zero when FPSCR.FZ says so, but not a half. */
export function unpack(f: Format, bits: bigint, env: Environment): Unpacked {
  const sign = (bits & signBit(f)) !== 0n;
  const field = Number((bits & infinity(f)) >> BigInt(f.fraction));
  const fraction = bits & ((1n << BigInt(f.fraction)) - 1n);
  if (field === 0) {
    if (fraction === 0n) return { kind: "zero", sign, m: 0n, e: 0, bits };
    if (env.fpscr & FPSCR.FZ && f !== HALF) {
      env.fpscr |= FPSCR.IDC;
      return { kind: "zero", sign, m: 0n, e: 0, bits };
    }
    return { kind: "finite", sign, m: fraction, e: 1 - bias(f) - f.fraction, bits };
  }
  if (field === 2 ** f.exponent - 1 && !isAlternative(f, env)) {
    if (fraction === 0n) return { kind: "infinity", sign, m: 0n, e: 0, bits };
    const kind = fraction & quietBit(f) ? "quiet" : "signalling";
    return { kind, sign, m: 0n, e: 0, bits };
  }
  const m = fraction | (1n << BigInt(f.fraction));
  return { kind: "finite", sign, m, e: field - bias(f) - f.fraction, bits };
}

export function isNaN(x: Unpacked): boolean {
  return x.kind === "quiet" || x.kind === "signalling";
}

/** FPProcessNaN. */
function processNaN(f: Format, x: Unpacked, env: Environment): bigint {
  if (x.kind === "signalling") env.fpscr |= FPSCR.IOC;
  return env.fpscr & FPSCR.DN ? defaultNaN(f) : x.bits | quietBit(f);
}

/** FPProcessNaNs: the first signalling operand, else the first quiet one; undefined when there is no NaN. */
export function processNaNs(
  f: Format,
  env: Environment,
  ...operands: readonly Unpacked[]
): bigint | undefined {
  const x =
    operands.find((o) => o.kind === "signalling") ?? operands.find((o) => o.kind === "quiet");
  return x && processNaN(f, x, env);
}

/** Bits of a positive number. */
export function bitLength(m: bigint): number {
  const digits = m.toString(16);
  return digits.length * 4 + 28 - Math.clz32(parseInt(digits[0], 16));
}

/** True when a number is to be rounded away from zero: `part` compares what is cut off with a half (-1, 0, 1). */
function roundsUp(mode: number, sign: boolean, odd: boolean, part: number): boolean {
  switch (mode) {
    case Rounding.Nearest:
      return part > 0 || (part === 0 && odd);
    case Rounding.Away:
      return part >= 0;
    case Rounding.Plus:
      return !sign;
    case Rounding.Minus:
      return sign;
    default:
      return false;
  }
}

/** (m + a bit when `sticky`) / 2^shift as an integer. */
export function roundShift(
  m: bigint,
  shift: number,
  sticky: boolean,
  sign: boolean,
  mode: number,
): { readonly m: bigint; readonly inexact: boolean } {
  if (shift <= 0) return { m: m << BigInt(-shift), inexact: sticky };
  const by = BigInt(shift);
  const whole = m >> by;
  const rest = m - (whole << by);
  if (rest === 0n && !sticky) return { m: whole, inexact: false };
  const half = 1n << (by - 1n);
  const part = rest > half ? 1 : rest < half ? -1 : sticky ? 1 : 0;
  const up = roundsUp(mode, sign, (whole & 1n) === 1n, part);
  return { m: up ? whole + 1n : whole, inexact: true };
}

/**
 * FPRound: (-1)^sign * (m + a bit when `sticky`) * 2^e as bits of the format, with the cumulative flags. With `sticky`, m must have
 * three bits more than the fraction. Tininess is detected before rounding.
 */
export function round(
  f: Format,
  sign: boolean,
  m: bigint,
  e: number,
  env: Environment,
  sticky = false,
  mode = roundingOf(env),
): bigint {
  if (m === 0n) return withSign(f, sign, 0n);
  const least = 1 - bias(f);
  const top = e + bitLength(m) - 1;
  if (top < least && env.fpscr & FPSCR.FZ && f !== HALF) {
    env.fpscr |= FPSCR.UFC;
    return withSign(f, sign, 0n);
  }
  const { m: rounded, inexact } = roundShift(
    m,
    Math.max(top, least) - f.fraction - e,
    sticky,
    sign,
    mode,
  );
  // The leading bit of a normal number adds one to the exponent.
  const bits = (BigInt(Math.max(top - least, 0)) << BigInt(f.fraction)) + rounded;
  if (isAlternative(f, env)) {
    if (bits >= signBit(f)) {
      env.fpscr |= FPSCR.IOC;
      return withSign(f, sign, signBit(f) - 1n);
    }
  } else if (bits >= infinity(f)) {
    env.fpscr |= FPSCR.OFC | FPSCR.IXC;
    const finite = !roundsUp(mode, sign, true, 1);
    return withSign(f, sign, finite ? infinity(f) - 1n : infinity(f));
  }
  if (inexact) env.fpscr |= top < least ? FPSCR.UFC | FPSCR.IXC : FPSCR.IXC;
  return withSign(f, sign, bits);
}
