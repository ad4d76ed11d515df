import { operations, prefixes } from "../ir/parallel.ts";

type Prefix = (typeof prefixes)[number];
type Operation = (typeof operations)[number];

/** The result of one lane of `bits` bits; what is above them is cut off by the caller. */
const results: Record<Prefix, (sum: number, bits: number) => number> = {
  s: (sum) => sum,
  u: (sum) => sum,
  q: (sum, bits) => Math.min(Math.max(sum, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1),
  uq: (sum, bits) => Math.min(Math.max(sum, 0), 2 ** bits - 1),
  sh: (sum) => sum >> 1,
  uh: (sum) => sum >> 1,
};

/** Lanes of an operation: their width, the sign for each, and whether a lane goes with its neighbour's of b. */
const lanes: Record<Operation, { width: 8 | 16; exchange: boolean; signs: readonly number[] }> = {
  add16: { width: 16, exchange: false, signs: [1, 1] },
  sub16: { width: 16, exchange: false, signs: [-1, -1] },
  asx: { width: 16, exchange: true, signs: [-1, 1] },
  sax: { width: 16, exchange: true, signs: [1, -1] },
  add8: { width: 8, exchange: false, signs: [1, 1, 1, 1] },
  sub8: { width: 8, exchange: false, signs: [-1, -1, -1, -1] },
};

/**
 * Parallel addition or subtraction number `kind` (ir/parallel.ts). GE, which the prefixes S and U write, is set in a lane whose
 * sum is not negative, or carries out of an unsigned addition.
 */
export function parallel(kind: number, a: number, b: number): { r: number; ge?: number } {
  const prefix = prefixes[Math.floor(kind / operations.length)];
  const { width, exchange, signs } = lanes[operations[kind % operations.length]];
  const unsigned = prefix.startsWith("u");
  const lane = (x: number, k: number): number => {
    const left = x << (32 - width - k * width);
    return unsigned ? left >>> (32 - width) : left >> (32 - width);
  };
  let r = 0;
  let ge = 0;
  for (let k = 0; k < signs.length; k++) {
    const sum = lane(a, k) + signs[k] * lane(b, exchange ? k ^ 1 : k);
    r |= (results[prefix](sum, width) & (2 ** width - 1)) << (k * width);
    const set = unsigned && signs[k] > 0 ? sum >= 2 ** width : sum >= 0;
    if (set) ge |= (width === 8 ? 1 : 3) << ((k * width) >> 3);
  }
  return prefix === "s" || prefix === "u" ? { r, ge } : { r };
}
