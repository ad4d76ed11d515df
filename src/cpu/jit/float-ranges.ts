// What is known of a floating-point number before it is computed: how large it is, and of which unit it is a multiple. Results that follow
// from such numbers and cannot leave the normal ones need no test.

/** Of a number that is finite. Exponents are those of powers of two. */
export interface Range {
  /** When it is not zero: at least 2^low, below 2^(high + 1), and a multiple of 2^unit. */
  readonly low: number;
  readonly high: number;
  readonly unit: number;
  /** It may be a zero of either sign. */
  readonly zero: boolean;
  /** 1: not below zero, -1: not above it, 0: either. */
  readonly sign: number;
}

/** Bits behind the first one of singles and doubles. */
const FRACTION = [23, 52] as const;
/** Results are normal when their exponents are between these; the least normal numbers may have been rounded up to them. */
const LEAST = [-125, -1021] as const;
const MOST = [127, 1023] as const;
/**
 * Numbers that pass a test are so large: from 2^-n to below 2^(n + 1). The product of two and a sum of such products still are far from
 * both ends, and hardly a program calculates with others.
 */
export const TESTED = [40, 255] as const;

/** Any number that passed the test; of products: the test of those, which may be twice as far from 1. */
export function tested(size: number, sign = 0, zero = true, isProduct = false): Range {
  const high = TESTED[size] << (isProduct ? 1 : 0);
  return { low: -high, high, unit: -high - FRACTION[size], zero, sign };
}
/** What is left of a range when the number passed the test; undefined: nothing was known. */
export function passed(size: number, r: Range | undefined, isProduct = false): Range {
  const all = tested(size, r?.sign, r?.zero ?? true, isProduct);
  if (!r) return all;
  return {
    ...all,
    low: Math.max(r.low, all.low),
    high: Math.min(r.high, all.high),
    unit: Math.max(r.unit, all.unit),
  };
}
export function isTested(size: number, r: Range): boolean {
  return contains(tested(size), r);
}
export function contains(a: Range, b: Range): boolean {
  return (
    a.low <= b.low &&
    a.high >= b.high &&
    a.unit <= b.unit &&
    (a.zero || !b.zero) &&
    (a.sign === 0 || a.sign === b.sign)
  );
}
export function isSame(a: Range, b: Range): boolean {
  return (
    a.low === b.low &&
    a.high === b.high &&
    a.unit === b.unit &&
    a.zero === b.zero &&
    a.sign === b.sign
  );
}
export function union(a: Range, b: Range): Range {
  return {
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    unit: Math.min(a.unit, b.unit),
    zero: a.zero || b.zero,
    sign: a.sign === b.sign ? a.sign : 0,
  };
}
/** Whether a result of this range is a normal number, or an exact zero, for certain. */
export function isNormal(size: number, r: Range | undefined): r is Range {
  return r !== undefined && r.low >= LEAST[size] && r.high <= MOST[size];
}

/** Of one number; undefined when it is none of which anything is said. */
export function rangeOf(value: number): Range | undefined {
  if (value === 0) return { low: 0, high: 0, unit: 0, zero: true, sign: 0 };
  if (!Number.isFinite(value) || Math.abs(value) < 2 ** -1000) return undefined;
  let low = 0;
  let rest = Math.abs(value);
  for (; rest >= 2; rest /= 2) low++;
  for (; rest < 1; rest *= 2) low--;
  let unit = low;
  for (; rest !== Math.floor(rest); rest *= 2) unit--;
  return { low, high: low, unit, zero: false, sign: Math.sign(value) };
}
/** Of a word as an integer. */
export function integer(signed: boolean): Range {
  return { low: 0, high: 32, unit: 0, zero: true, sign: signed ? 0 : 1 };
}

type Known = Range | undefined;

export function negated(r: Known): Known {
  return r && { ...r, sign: -r.sign };
}
export function magnitude(r: Known): Known {
  return r && { ...r, sign: 1 };
}
/** Of the product; `square`: of a number with itself. */
export function product(size: number, a: Known, b: Known, square: boolean): Known {
  if (!a || !b) return undefined;
  const low = a.low + b.low;
  // Exact, or a multiple of its own last place.
  const unit = Math.max(a.unit + b.unit, low - FRACTION[size]);
  const high = a.high + b.high + (isPower(a) || isPower(b) ? 0 : 1);
  return { low, high, unit, zero: a.zero || b.zero, sign: square ? 1 : a.sign * b.sign };
}
function isPower({ low, high, unit }: Range): boolean {
  return low === high && unit === low;
}
/** Of the sum, which is a multiple of the lesser unit: it is zero exactly, or not below that. */
export function sum(a: Known, b: Known): Known {
  if (!a || !b) return undefined;
  const unit = Math.min(a.unit, b.unit);
  const high = Math.max(a.high, b.high) + 1;
  if (a.sign === 0 || a.sign !== b.sign) return { low: unit, high, unit, zero: true, sign: 0 };
  const zero = a.zero && b.zero;
  const least = [a, b].filter((x) => !x.zero).map(({ low }) => low);
  const low = zero ? Math.min(a.low, b.low) : Math.max(...least);
  return { low, high, unit, zero, sign: a.sign };
}
/** A number that is larger than any other by less than half of its last place, and so does not become an infinity when this is added. */
const ADDED = [100, 960] as const;
/** Whether the sum is as it is in all modes that are usual unless one of both is no number: nothing is known of one, and the other is not too large. */
export function isFinite(size: number, a: Known, b: Known): boolean {
  const known = a ?? b;
  return known !== undefined && !(a && b) && known.high <= ADDED[size];
}
/** Of the quotient, when the divisor certainly is not zero. */
export function quotient(size: number, a: Known, b: Known): Known {
  if (!a || !b || b.zero) return undefined;
  const low = a.low - b.high - 1;
  const unit = low - FRACTION[size];
  return { low, high: a.high - b.low + 1, unit, zero: a.zero, sign: a.sign * b.sign };
}
/** Of the square root of what certainly is not below zero. */
export function root(size: number, a: Known): Known {
  if (!a || a.sign !== 1) return undefined;
  const low = Math.floor(a.low / 2);
  return { ...a, low, high: Math.floor(a.high / 2) + 1, unit: low - FRACTION[size] };
}
/** Of a double rounded to a single. */
export function rounded(r: Known): Known {
  return r && { ...r, high: r.high + 1, unit: Math.max(r.unit, r.low - FRACTION[0]) };
}
