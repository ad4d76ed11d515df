import { type OperationName } from "../simd/mod.ts";
import { SIZED, V } from "./vector-opcodes.ts";
import type { Writer } from "./wasm.ts";

// What operations of Advanced SIMD on integers and bits are in the host's vectors.

/** Operands of an operation, and how they are pushed. */
export interface Operands {
  readonly w: Writer;
  readonly z: number;
  readonly u: number;
  readonly q: number;
  readonly i: number;
  n(): void;
  m(): void;
  d(): void;
}
/** Pushes the result. */
type Result = (o: Operands) => void;

export const vector = (w: Writer, op: number): void => {
  w.byte(0xfd);
  w.unsigned(op);
};
export const zero = (w: Writer): void => splat(w, 2, 0);
export function splat(w: Writer, z: number, value: number): void {
  w.const(value);
  vector(w, V.splat[z]);
}
/** Bytes of two vectors. */
export function shuffle(w: Writer, from: readonly number[]): void {
  vector(w, V.shuffle);
  for (let k = 0; k < 16; k++) w.byte(from[k] ?? 0);
}
/** Bytes of so many elements; element k is `place(k)` of those of two operands, of which each has `count`. */
export function elements(z: number, count: number, place: (k: number) => number): number[] {
  const list: number[] = [];
  for (let k = 0; k < count; k++) {
    const at = place(k);
    const first = at < count ? at << z : 16 + ((at - count) << z);
    for (let b = 0; b < 1 << z; b++) list.push(first + b);
  }
  return list;
}

const bits =
  (op: number): Result =>
  ({ w, n, m }) => {
    n();
    m();
    vector(w, op);
  };
/** By the size of the elements; where the host has none, the interpreter. */
const each =
  (signed: readonly number[], unsigned = signed): Result =>
  ({ w, n, m, z, u }) => {
    n();
    m();
    vector(w, (u ? unsigned : signed)[z]);
  };
const unary =
  (ops: readonly number[]): Result =>
  ({ w, m, z }) => {
    m();
    vector(w, ops[z]);
  };
const withZero =
  (ops: readonly number[]): Result =>
  ({ w, m, z }) => {
    m();
    zero(w);
    vector(w, ops[z]);
  };
const select =
  (a: "n" | "m" | "d", b: "n" | "m" | "d", by: "m" | "d"): Result =>
  (o) => {
    o[a]();
    o[b]();
    o[by]();
    vector(o.w, V.bitselect);
  };
/** d + or - what another pushes, in elements of a size more when `wider`. */
const onto =
  (ops: readonly number[], result: Result, wider = 0): Result =>
  (o) => {
    o.d();
    result(o);
    vector(o.w, ops[o.z + wider]);
  };
const difference: Result = (o) => {
  each(SIZED.maxS, SIZED.maxU)(o);
  each(SIZED.minS, SIZED.minU)(o);
  vector(o.w, SIZED.sub[o.z]);
};
const shiftRight: Result = ({ w, m, z, u, i }) => {
  const all = 8 << z;
  if (u && i === all) return zero(w);
  m();
  w.const(Math.min(i, all - 1));
  vector(w, (u ? SIZED.shrU : SIZED.shrS)[z]);
};
const extend = (w: Writer, z: number, u: number): void =>
  vector(w, (u ? SIZED.extendU : SIZED.extendS)[z]);
const long =
  (ops: readonly number[], wideN: boolean): Result =>
  ({ w, n, m, z, u }) => {
    n();
    if (!wideN) extend(w, z, u);
    m();
    extend(w, z, u);
    vector(w, ops[z + 1]);
  };
const product = each(SIZED.extmulS, SIZED.extmulU);
/** The lower halves of elements of the larger size. */
const narrow = (w: Writer, z: number): void => {
  zero(w);
  const count = 16 >> z;
  shuffle(
    w,
    elements(z, count, (k) => (2 * k) % count),
  );
};
const pairs =
  (signed: readonly number[], unsigned = signed): Result =>
  ({ w, n, m, z, u }) => {
    const per = 8 >> z;
    for (const odd of [0, 1]) {
      n();
      m();
      shuffle(
        w,
        elements(z, per, (k) => 2 * k + odd),
      );
    }
    vector(w, (u ? unsigned : signed)[z]);
  };
const neighbours: Result = ({ w, m, z, u }) => {
  m();
  vector(w, (u ? SIZED.pairsU : SIZED.pairsS)[z]);
};
const reverse =
  (group: number): Result =>
  ({ w, m, z }) => {
    m();
    zero(w);
    const flip = (1 << (group - z)) - 1;
    shuffle(
      w,
      elements(z, 16 >> z, (k) => k ^ flip),
    );
  };

/** A result for these sizes of elements (a bit each). */
type Row = readonly [sizes: number, result: Result];
const ALL = 15;
const NARROW = 7;

/** Made when the first region with such instructions is. */
export const makeRows = (): Partial<Record<OperationName, Row>> => ({
  vand: [ALL, bits(V.and)],
  vorr: [ALL, bits(V.or)],
  veor: [ALL, bits(V.xor)],
  vbic: [ALL, bits(V.andnot)],
  vorn: [
    ALL,
    ({ w, n, m }) => {
      n();
      m();
      vector(w, V.not);
      vector(w, V.or);
    },
  ],
  vmvn: [
    ALL,
    ({ w, m }) => {
      m();
      vector(w, V.not);
    },
  ],
  vbsl: [ALL, select("n", "m", "d")],
  vbit: [ALL, select("n", "d", "m")],
  vbif: [ALL, select("d", "n", "m")],
  vadd: [ALL, each(SIZED.add)],
  vsub: [ALL, each(SIZED.sub)],
  vmul: [6, each(SIZED.mul)],
  vmla: [6, onto(SIZED.add, each(SIZED.mul))],
  vmls: [6, onto(SIZED.sub, each(SIZED.mul))],
  vmax: [NARROW, each(SIZED.maxS, SIZED.maxU)],
  vmin: [NARROW, each(SIZED.minS, SIZED.minU)],
  vabd: [NARROW, difference],
  vaba: [NARROW, onto(SIZED.add, difference)],
  vcgt: [NARROW, each(SIZED.gtS, SIZED.gtU)],
  vcge: [NARROW, each(SIZED.geS, SIZED.geU)],
  vceq: [NARROW, each(SIZED.eq)],
  vtst: [
    NARROW,
    (o) => {
      bits(V.and)(o);
      zero(o.w);
      vector(o.w, SIZED.ne[o.z]);
    },
  ],
  vcgtZero: [NARROW, withZero(SIZED.gtS)],
  vcgeZero: [NARROW, withZero(SIZED.geS)],
  vceqZero: [NARROW, withZero(SIZED.eq)],
  vcleZero: [NARROW, withZero(SIZED.leS)],
  vcltZero: [NARROW, withZero(SIZED.ltS)],
  vabs: [NARROW, unary(SIZED.abs)],
  vneg: [NARROW, unary(SIZED.neg)],
  vcnt: [1, unary([V.popcnt])],
  vshr: [ALL, shiftRight],
  vsra: [ALL, onto(SIZED.add, shiftRight)],
  vshl: [
    ALL,
    ({ w, m, z, i }) => {
      m();
      w.const(i);
      vector(w, SIZED.shl[z]);
    },
  ],
  vaddl: [NARROW, long(SIZED.add, false)],
  vsubl: [NARROW, long(SIZED.sub, false)],
  vaddw: [NARROW, long(SIZED.add, true)],
  vsubw: [NARROW, long(SIZED.sub, true)],
  vmull: [NARROW, product],
  vmlal: [NARROW, onto(SIZED.add, product, 1)],
  vmlsl: [NARROW, onto(SIZED.sub, product, 1)],
  vshll: [
    NARROW,
    ({ w, m, z, u, i }) => {
      m();
      extend(w, z, u);
      w.const(i);
      vector(w, SIZED.shl[z + 1]);
    },
  ],
  vmovn: [
    NARROW,
    ({ w, m, z }) => {
      m();
      narrow(w, z);
    },
  ],
  vshrn: [
    NARROW,
    ({ w, m, z, i }) => {
      m();
      w.const(i);
      vector(w, SIZED.shrU[z + 1]);
      narrow(w, z);
    },
  ],
  vpadd: [NARROW, pairs(SIZED.add)],
  vpmax: [NARROW, pairs(SIZED.maxS, SIZED.maxU)],
  vpmin: [NARROW, pairs(SIZED.minS, SIZED.minU)],
  vpaddl: [3, neighbours],
  vpadal: [3, onto(SIZED.add, neighbours, 1)],
  vrev64: [NARROW, reverse(3)],
  vrev32: [NARROW, reverse(2)],
  vrev16: [NARROW, reverse(1)],
  vext: [
    ALL,
    ({ w, n, m, q, i }) => {
      n();
      m();
      shuffle(
        w,
        elements(0, 8 << q, (k) => k + i),
      );
    },
  ],
});
