import { Code } from "./loop.ts";

/** UMULL, SMULL, UMLAL, SMLAL: registers e:d of the file = a * b (+ e:d). */
export function multiplyLong(
  file: Int32Array,
  signed: boolean,
  accumulate: boolean,
  d: number,
  e: number,
  a: number,
  b: number,
): void {
  // 32 x 32 -> 64 from 16-bit halves: the high word of the unsigned product.
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const t = ah * bl + ((al * bl) >>> 16);
  const u = al * bh + (t & 0xffff);
  let low = Math.imul(a, b);
  let high = (ah * bh + Math.floor(t / 0x10000) + Math.floor(u / 0x10000)) | 0;
  if (signed) high = (high - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
  if (accumulate) {
    const sum = (low >>> 0) + (file[d] >>> 0);
    low = sum | 0;
    high = (high + file[e] + (sum > 0xffffffff ? 1 : 0)) | 0;
  }
  file[d] = low;
  file[e] = high;
}

/** The same by the code of the op. */
export function long(
  file: Int32Array,
  code: Code,
  d: number,
  e: number,
  a: number,
  b: number,
): void {
  const signed = code === Code.Smull || code === Code.Smlal;
  multiplyLong(file, signed, code === Code.Umlal || code === Code.Smlal, d, e, a, b);
}
