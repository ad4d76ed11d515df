import * as exact from "./exact.ts";
import { DOUBLE, FPSCR, HALF, Rounding, roundingOf, SINGLE } from "./format.ts";
import type { FloatUnit } from "./unit.ts";

// Conversions. A rounding of 5 is that of the FPSCR; `size` is 1 for a double.

export const FROM_STATUS = 5;

const formatOf = (size: number) => (size ? DOUBLE : SINGLE);
function read(unit: FloatUnit, size: number, r: number): bigint {
  return size ? unit.bits[r] : unit.raw(r);
}
function write(unit: FloatUnit, size: number, r: number, bits: bigint): void {
  if (size) unit.bits[r] = bits;
  else unit.setRaw(r, bits);
}
const modeOf = (unit: FloatUnit, rounding: number): number =>
  rounding === FROM_STATUS ? roundingOf(unit) : rounding;

/** VCVT from an integer in the word a. */
export function fromInteger(
  unit: FloatUnit,
  size: number,
  d: number,
  a: number,
  signed: boolean,
): void {
  const word = unit.words[a];
  const value = signed ? word : word >>> 0;
  if (size) unit.double[d] = value;
  else if (Math.fround(value) === value) unit.single[d] = value;
  else unit.setRaw(d, exact.fromFixed(SINGLE, value, 0, roundingOf(unit), unit));
}

/** VCVT, VCVTR, VCVTA and so on to an integer in the word d. */
export function toInteger(
  unit: FloatUnit,
  size: number,
  d: number,
  a: number,
  signed: boolean,
  rounding: number,
): void {
  const x = size ? unit.double[a] : unit.single[a];
  if (rounding === Rounding.Zero && !(unit.fpscr & FPSCR.FZ)) {
    const whole = Math.trunc(x);
    const fits = signed ? whole === (whole | 0) : whole === whole >>> 0;
    if (fits) {
      if (whole !== x) unit.fpscr |= FPSCR.IXC;
      unit.words[d] = whole;
      return;
    }
  }
  const bits = read(unit, size, a);
  const mode = modeOf(unit, rounding);
  unit.words[d] = exact.toFixed(formatOf(size), bits, 32, signed, 0, mode, unit);
}

/** VCVT from fixed point, in place; `bits` is 16 or 32. */
export function fromFixed(
  unit: FloatUnit,
  size: number,
  d: number,
  bits: number,
  signed: boolean,
  fraction: number,
): void {
  const word = unit.words[size ? 2 * d : d];
  const shift = 32 - bits;
  const value = signed ? (word << shift) >> shift : (word << shift) >>> shift;
  const f = formatOf(size);
  write(unit, size, d, exact.fromFixed(f, value, fraction, Rounding.Nearest, unit));
}

/** VCVT to fixed point, in place: the result is extended to the size of the register. */
export function toFixed(
  unit: FloatUnit,
  size: number,
  d: number,
  bits: number,
  signed: boolean,
  fraction: number,
): void {
  const x = read(unit, size, d);
  const r = exact.toFixed(formatOf(size), x, bits, signed, fraction, Rounding.Zero, unit);
  if (!size) unit.words[d] = r;
  else {
    unit.words[2 * d] = r;
    unit.words[2 * d + 1] = signed ? r >> 31 : 0;
  }
}

/** Single to double. */
export function widen(unit: FloatUnit, d: number, a: number): void {
  const x = unit.single[a];
  if (x === x && !(unit.fpscr & FPSCR.FZ)) unit.double[d] = x;
  else unit.bits[d] = exact.convert(SINGLE, DOUBLE, unit.raw(a), unit);
}
/** Double to single. */
export function narrow(unit: FloatUnit, d: number, a: number): void {
  const x = unit.double[a];
  if (Math.fround(x) === x && Math.abs(x) >= 2 ** -126) unit.single[d] = x;
  else unit.setRaw(d, exact.convert(DOUBLE, SINGLE, unit.bits[a], unit));
}

/** VCVTB, VCVTT from the lower or upper half of the word a. */
export function fromHalf(unit: FloatUnit, size: number, d: number, a: number, top: number): void {
  const half = BigInt((unit.words[a] >>> (16 * top)) & 0xffff);
  write(unit, size, d, exact.convert(HALF, formatOf(size), half, unit));
}
/** VCVTB, VCVTT to one half of the word d; the other stays. */
export function toHalf(unit: FloatUnit, size: number, d: number, a: number, top: number): void {
  const half = Number(exact.convert(formatOf(size), HALF, read(unit, size, a), unit));
  const shift = 16 * top;
  unit.words[d] = (unit.words[d] & (0xffff0000 >>> shift)) | (half << shift);
}

/** VRINT. */
export function toIntegral(
  unit: FloatUnit,
  size: number,
  d: number,
  a: number,
  rounding: number,
  inexact: boolean,
): void {
  const bits = read(unit, size, a);
  const mode = modeOf(unit, rounding);
  write(unit, size, d, exact.roundToIntegral(formatOf(size), bits, mode, inexact, unit));
}

/** VMAXNM, VMINNM. */
export function extreme(
  unit: FloatUnit,
  size: number,
  d: number,
  a: number,
  b: number,
  most: boolean,
): void {
  const x = read(unit, size, a);
  write(unit, size, d, exact.extreme(formatOf(size), x, read(unit, size, b), most, unit));
}
