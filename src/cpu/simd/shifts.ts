import type { Operation, Vectors } from "./vectors.ts";

// Shifts (ARM ARM A7.4.1, A7.4.4). i is the amount.

/** x * 2^by, or x / 2^-by rounded down or to nearest. */
function scaled(x: bigint, by: number, round: boolean): bigint {
  if (by >= 0) return x << BigInt(by);
  const down = BigInt(-by);
  return (x + (round ? 1n << (down - 1n) : 0n)) >> down;
}
/** The same of numbers of at most 32 bits. */
function divided(x: number, by: number, round: boolean): number {
  return Math.floor((x + (round ? 2 ** (by - 1) : 0)) / 2 ** by);
}

/** d = m shifted by the low byte of n, to the right when that is negative. */
const byRegister =
  (round: boolean, saturating: boolean): Operation =>
  (v, { d, n, m, q, z, u }) => {
    const per = 8 >> z;
    const bits = 8 << z;
    for (let k = 0; k < per << q; k++) {
      const by = v.file.signed[0][n * 8 + (k << z)];
      const x = z === 3 ? v.file.wide(u)[m + k] : BigInt(v.file.narrow(z, u)[m * per + k]);
      let y = scaled(x, Math.max(by, -bits - 1), round);
      if (saturating) y = v.saturateWide(y, bits, u);
      putElement(v, z, k, y);
    }
    v.put(d, q);
  };
function putElement(v: Vectors, z: number, k: number, x: bigint): void {
  if (z === 3) v.result.signedWide[k] = BigInt.asIntN(64, x);
  else v.result.signed[z][k] = Number(BigInt.asIntN(32, x));
}

/** d = f(m, d). */
function each(
  f: (x: number, i: number, d: number, bits: number) => number,
  wide: (x: bigint, i: number, d: bigint) => bigint,
  unsigned = false,
): Operation {
  return (v, { d, m, q, z, u, i }) => {
    const sign = unsigned ? 1 : u;
    if (z === 3) {
      const from = v.file.wide(sign);
      for (let k = 0; k <= q; k++)
        v.result.signedWide[k] = BigInt.asIntN(64, wide(from[m + k], i, from[d + k]));
    } else {
      const per = 8 >> z;
      const from = v.file.narrow(z, sign);
      const to = v.result.narrow(z, sign);
      for (let k = 0; k < per << q; k++) to[k] = f(from[m * per + k], i, from[d * per + k], 8 << z);
    }
    v.put(d, q);
  };
}
const right = (round: boolean, accumulate: boolean): Operation =>
  each(
    (x, i, d) => divided(x, i, round) + (accumulate ? d : 0),
    (x, i, d) => scaled(x, -i, round) + (accumulate ? d : 0n),
  );

/** Saturating shift to the left, from numbers with sign to ones without when `change`. */
const leftSaturating =
  (change: boolean): Operation =>
  (v, { d, m, q, z, u, i }) => {
    const per = 8 >> z;
    const source = change ? 0 : u;
    const target = change ? 1 : u;
    for (let k = 0; k < per << q; k++) {
      const x =
        z === 3 ? v.file.wide(source)[m + k] : BigInt(v.file.narrow(z, source)[m * per + k]);
      putElement(v, z, k, v.saturateWide(x << BigInt(i), 8 << z, target));
    }
    v.put(d, q);
  };

/** dd = qm shifted to the right in the smaller size z. */
const narrowing =
  (round: boolean, kind: "cut" | "saturated" | "to unsigned"): Operation =>
  (v, { d, m, z, u, i }) => {
    const per = 8 >> z;
    const source = kind === "to unsigned" ? 0 : u;
    const target = kind === "to unsigned" ? 1 : u;
    for (let k = 0; k < per; k++) {
      const x =
        z === 2
          ? v.file.wide(source)[m + k]
          : BigInt(v.file.narrow(z + 1, source)[m * (4 >> z) + k]);
      const y = scaled(x, -i, round);
      putElement(v, z, k, kind === "cut" ? y : v.saturateWide(y, 8 << z, target));
    }
    v.put(d, 0);
  };

/** Made when the first instruction asks for it. */
export const shifts = () =>
  ({
    vshlReg: byRegister(false, false),
    vqshlReg: byRegister(false, true),
    vrshl: byRegister(true, false),
    vqrshl: byRegister(true, true),
    vshr: right(false, false),
    vsra: right(false, true),
    vrshr: right(true, false),
    vrsra: right(true, true),
    vsri: each(
      (x, i, d, bits) => d - (d % 2 ** (bits - i)) + divided(x, i, false),
      (x, i, d) => ((d >> BigInt(64 - i)) << BigInt(64 - i)) | (x >> BigInt(i)),
      true,
    ),
    vshl: each(
      (x, i) => x << i,
      (x, i) => x << BigInt(i),
    ),
    vsli: each(
      (x, i, d) => ((x << i) | (d % 2 ** i)) >>> 0,
      (x, i, d) => (x << BigInt(i)) | (d & ((1n << BigInt(i)) - 1n)),
      true,
    ),
    vqshl: leftSaturating(false),
    vqshlu: leftSaturating(true),
    vshrn: narrowing(false, "cut"),
    vrshrn: narrowing(true, "cut"),
    vqshrn: narrowing(false, "saturated"),
    vqrshrn: narrowing(true, "saturated"),
    vqshrun: narrowing(false, "to unsigned"),
    vqrshrun: narrowing(true, "to unsigned"),
    /** qd = dm in the larger size, shifted to the left. */
    vshll: (v, { d, m, z, u, i }) => {
      const per = 8 >> z;
      const from = v.file.narrow(z, u);
      for (let k = 0; k < per; k++) {
        const x = from[m * per + k] * 2 ** i;
        if (z === 2) v.result.signedWide[k] = BigInt.asIntN(64, BigInt(x));
        else v.result.signed[z + 1][k] = x;
      }
      v.put(d, 1);
    },
  }) satisfies Record<string, Operation>;
