import { type LaneRow, laneRow } from "../ir/parallel.ts";

/** The result of one lane; what is above it is cut off by the caller. */
function fit(sum: number, { kind, width, unsigned }: LaneRow): number {
  if (kind === "wrap") return sum;
  if (kind === "halve") return sum >> 1;
  if (unsigned) return Math.min(Math.max(sum, 0), 2 ** width - 1);
  return Math.min(Math.max(sum, -(2 ** (width - 1))), 2 ** (width - 1) - 1);
}

/** Parallel addition or subtraction number `i` (ir/parallel.ts). */
export function parallel(i: number, a: number, b: number): { r: number; ge?: number } {
  const row = laneRow(i);
  const { width, exchange, signs, unsigned } = row;
  const lane = (x: number, k: number): number => {
    const left = x << (32 - width - k * width);
    return unsigned ? left >>> (32 - width) : left >> (32 - width);
  };
  let r = 0;
  let ge = 0;
  for (let k = 0; k < signs.length; k++) {
    const sum = lane(a, k) + signs[k] * lane(b, exchange ? k ^ 1 : k);
    r |= (fit(sum, row) & (2 ** width - 1)) << (k * width);
    const set = unsigned && signs[k] > 0 ? sum >= 2 ** width : sum >= 0;
    if (set) ge |= (width === 8 ? 1 : 3) << ((k * width) >> 3);
  }
  return row.setsGE ? { r, ge } : { r };
}
