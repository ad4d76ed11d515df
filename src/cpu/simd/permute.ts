import type { Operation } from "./vectors.ts";

// Elements change places (ARM ARM A8.8.305 VEXT, A8.8.418 VTBL, A8.8.420 VTRN and the like).

/**
 * Both registers d and m get the elements of both: where element k of the pair d:m comes from, of which each has `count`. For engines
 * that have shuffles too.
 */
export const places = {
  vswp: (k: number, count: number) => (k + count) % (2 * count),
  /** The odd elements of d against the even ones of m. */
  vtrn: (k: number, count: number) =>
    k < count ? (k & 1 ? k - 1 + count : k) : k & 1 ? k : k - count + 1,
  vuzp: (k: number, count: number) => (k < count ? 2 * k : 2 * (k - count) + 1),
  vzip: (k: number, count: number) => (k >> 1) + (k & 1 ? count : 0),
};
const exchange =
  (place: (k: number, count: number) => number): Operation =>
  (v, { d, m, q, z }) => {
    const per = 8 >> z;
    const count = per << q;
    const file = v.file.unsigned[z];
    const before = [
      ...file.slice(d * per, d * per + count),
      ...file.slice(m * per, m * per + count),
    ];
    for (let k = 0; k < 2 * count; k++) {
      const x = before[place(k, count)];
      if (k < count) file[d * per + k] = x;
      else file[m * per + k - count] = x;
    }
  };

const table =
  (keep: boolean): Operation =>
  (v, { d, n, m, i }) => {
    const bytes = v.file.unsigned[0];
    for (let k = 0; k < 8; k++) {
      const at = bytes[m * 8 + k];
      v.result.unsigned[0][k] = at < 8 * i ? bytes[n * 8 + at] : keep ? bytes[d * 8 + k] : 0;
    }
    v.put(d, 0);
  };

/** Made when the first instruction asks for it. */
export const permute = () =>
  ({
    vswp: exchange(places.vswp),
    vtrn: exchange(places.vtrn),
    vuzp: exchange(places.vuzp),
    vzip: exchange(places.vzip),
    vext: (v, { d, n, m, q, i }) => {
      const bytes = v.file.unsigned[0];
      const count = 8 << q;
      for (let k = 0; k < count; k++)
        v.result.unsigned[0][k] =
          k + i < count ? bytes[n * 8 + k + i] : bytes[m * 8 + k + i - count];
      v.put(d, q);
    },
    /** i: how many registers the table has. */
    vtbl: table(false),
    vtbx: table(true),
    /** All elements = element i of m. */
    vdup: (v, { d, m, q, z, i }) => {
      const x = v.file.signed[z][m * (8 >> z) + i];
      v.result.signed[z].fill(x);
      v.put(d, q);
    },
  }) satisfies Record<string, Operation>;
