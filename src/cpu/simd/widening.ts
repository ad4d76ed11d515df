import { polynomial } from "./integer.ts";
import type { Operation, Vectors } from "./vectors.ts";

// Operations of two sizes of elements (ARM ARM A7.4.2, A7.4.5): z is the smaller one.

/** Element k of the larger size in the result. */
function putLarge(v: Vectors, z: number, k: number, x: number | bigint): void {
  if (z === 2) v.result.signedWide[k] = BigInt.asIntN(64, BigInt(x));
  else v.result.signed[z + 1][k] = Number(x);
}
/** An element of the larger size of the register. */
function large(v: Vectors, z: number, u: number, register: number, k: number): number | bigint {
  if (z === 2) return v.file.wide(u)[register + k];
  return v.file.narrow(z + 1, u)[register * (4 >> z) + k];
}

/** qd = f(dn, dm, qd). */
function long(
  f: (a: number, b: number, z: number) => number | bigint,
  add: -1 | 0 | 1 = 0,
): Operation {
  return (v, { d, n, m, z, u }) => {
    const per = 8 >> z;
    const from = v.file.narrow(z, u);
    for (let k = 0; k < per; k++) {
      const x = f(from[n * per + k], from[m * per + k], z);
      putLarge(v, z, k, add === 0 ? x : sum(large(v, z, 0, d, k), x, add));
    }
    v.put(d, 1);
  };
}
function sum(a: number | bigint, b: number | bigint, sign: -1 | 1): number | bigint {
  if (typeof a === "number" && typeof b === "number") return a + sign * b;
  return BigInt(a) + BigInt(sign) * BigInt(b);
}
const product = (a: number, b: number, z: number): number | bigint =>
  z === 2 ? BigInt(a) * BigInt(b) : a * b;

/** qd = qn +- dm. */
const withLarge =
  (sign: -1 | 1): Operation =>
  (v, { d, n, m, z, u }) => {
    const per = 8 >> z;
    const from = v.file.narrow(z, u);
    for (let k = 0; k < per; k++)
      putLarge(v, z, k, sum(large(v, z, u, n, k), from[m * per + k], sign));
    v.put(d, 1);
  };

/** dd = the upper half of qn +- qm. */
const highHalf =
  (sign: -1 | 1, round: boolean): Operation =>
  (v, { d, n, m, z }) => {
    const bits = BigInt(8 << z);
    const half = round ? 1n << (bits - 1n) : 0n;
    for (let k = 0; k < 8 >> z; k++) {
      const x = BigInt(sum(large(v, z, 0, n, k), large(v, z, 0, m, k), sign));
      v.result.signed[z][k] = Number(BigInt.asIntN(32, (x + half) >> bits));
    }
    v.put(d, 0);
  };

/** qd = the doubled product, or qd +- that, saturated. */
const doubled =
  (add: -1 | 0 | 1): Operation =>
  (v, { d, n, m, z }) => {
    const per = 8 >> z;
    const from = v.file.signed[z];
    const bits = 16 << z;
    for (let k = 0; k < per; k++) {
      const twice = 2n * BigInt(from[n * per + k]) * BigInt(from[m * per + k]);
      let x = v.saturateWide(twice, bits, 0);
      if (add !== 0) x = v.saturateWide(BigInt(large(v, z, 0, d, k)) + BigInt(add) * x, bits, 0);
      putLarge(v, z, k, x);
    }
    v.put(d, 1);
  };

/** Sums of neighbours in the larger size, added to d or not. */
const pairsLong =
  (accumulate: boolean): Operation =>
  (v, { d, m, q, z, u }) => {
    const per = 8 >> z;
    const from = v.file.narrow(z, u);
    for (let k = 0; k < (per << q) / 2; k++) {
      const x = from[m * per + 2 * k] + from[m * per + 2 * k + 1];
      putLarge(v, z, k, accumulate ? sum(large(v, z, u, d, k), x, 1) : x);
    }
    v.put(d, q);
  };

/** dd = qm in the smaller size: cut off, or saturated from a number with sign to one with (0) or without (1). */
const narrowed =
  (kind: "cut" | "saturated" | "to unsigned"): Operation =>
  (v, { d, m, z, u }) => {
    const source = kind === "to unsigned" ? 0 : u;
    const target = kind === "to unsigned" ? 1 : u;
    for (let k = 0; k < 8 >> z; k++) {
      const x = BigInt(large(v, z, source, m, k));
      const y = kind === "cut" ? x : v.saturateWide(x, 8 << z, target);
      v.result.signed[z][k] = Number(BigInt.asIntN(32, y));
    }
    v.put(d, 0);
  };

/** Made when the first instruction asks for it. */
export const widening = () =>
  ({
    vaddl: long((a, b) => a + b),
    vsubl: long((a, b) => a - b),
    vaddw: withLarge(1),
    vsubw: withLarge(-1),
    vaddhn: highHalf(1, false),
    vraddhn: highHalf(1, true),
    vsubhn: highHalf(-1, false),
    vrsubhn: highHalf(-1, true),
    vabdl: long((a, b) => Math.abs(a - b)),
    vabal: long((a, b) => Math.abs(a - b), 1),
    vmull: long(product),
    vmlal: long(product, 1),
    vmlsl: long(product, -1),
    vmullPoly: long(polynomial),
    vqdmull: doubled(0),
    vqdmlal: doubled(1),
    vqdmlsl: doubled(-1),
    vpaddl: pairsLong(false),
    vpadal: pairsLong(true),
    vmovn: narrowed("cut"),
    vqmovn: narrowed("saturated"),
    vqmovun: narrowed("to unsigned"),
    /** By the size of an element. */
    vshllMax: long((_, b, z) => b * 2 ** (8 << z)),
  }) satisfies Record<string, Operation>;
