import { NONE } from "../ir/ops.ts";

// What registers have while an iteration of a loop is followed: what was loaded, sums of what was there before it, and what functions on
// strings make of words to find a byte in them.

/** An element in memory: so many bytes from the value that register `base` has when the iteration begins. */
export interface Loaded {
  readonly base: number;
  readonly at: number;
  readonly size: number;
}
/** A register, or a constant when `r` is NONE. */
export interface Operand {
  readonly r: number;
  readonly k: number;
}
/** A sum of registers, each once or taken away, and a constant. */
export interface Sum {
  readonly terms: readonly (readonly [r: number, sign: 1 | -1])[];
  readonly c: number;
}
export type Value =
  | { readonly k: "const"; readonly c: number }
  /** A register that the loop leaves alone; one that goes on, plus a constant. */
  | { readonly k: "same"; readonly r: number }
  | { readonly k: "moved"; readonly r: number; readonly add: number }
  | ({ readonly k: "sum" } & Sum)
  | ({ readonly k: "data" } & Loaded)
  | { readonly k: "differs"; readonly of: Loaded; readonly from: Operand }
  /** Zero when both are equal. */
  | { readonly k: "distance"; readonly a: Loaded; readonly b: Loaded }
  /** x - 0x01010101; that without the bits of x; of which bits 7 are what says that a byte is 0. */
  | { readonly k: "borrows"; readonly of: Element }
  | { readonly k: "zeros"; readonly of: readonly Element[]; readonly cut: boolean }
  /** Zero when all of these are. */
  | { readonly k: "all"; readonly of: readonly Value[] }
  /** Flags: what is compared. */
  | { readonly k: "against"; readonly a: Value; readonly b: Value }
  | { readonly k: "unknown" }
  /** What was there before the iteration. */
  | { readonly k: "before" };
export type Element = Extract<Value, { k: "data" | "differs" }>;

export const UNKNOWN: Value = { k: "unknown" };
export const BEFORE: Value = { k: "before" };
export const ZERO: Operand = { r: NONE, k: 0 };
const MAX_TERMS = 4;

export const isElement = (v: Value): v is Element => v.k === "data" || v.k === "differs";
export const loadedOf = (v: Element): Loaded => (v.k === "data" ? v : v.of);
export const sameLoaded = (a: Loaded, b: Loaded): boolean =>
  a.base === b.base && a.at === b.at && a.size === b.size;
export const sameOperand = (a: Operand, b: Operand): boolean => a.r === b.r && a.k === b.k;
export function sameElement(a: Value, b: Value): boolean {
  if (!isElement(a) || !isElement(b) || !sameLoaded(loadedOf(a), loadedOf(b))) return false;
  return sameOperand(a.k === "data" ? ZERO : a.from, b.k === "data" ? ZERO : b.from);
}
export function operandOf(v: Value): Operand | undefined {
  if (v.k === "const") return { r: NONE, k: v.c };
  return v.k === "same" ? { r: v.r, k: 0 } : undefined;
}

export const isZero = (v: Value): boolean => v.k === "const" && v.c === 0;
export function sumOf(v: Value): Sum | undefined {
  if (v.k === "const") return { terms: [], c: v.c };
  if (v.k === "same") return { terms: [[v.r, 1]], c: 0 };
  if (v.k === "moved") return { terms: [[v.r, 1]], c: v.add };
  return v.k === "sum" ? v : undefined;
}
/** a + b, or a - b. */
export function added(a: Value, b: Value, sign: 1 | -1): Value {
  const [x, y] = [sumOf(a), sumOf(b)];
  if (!x || !y || x.terms.length + y.terms.length > MAX_TERMS) return UNKNOWN;
  const terms = [...x.terms];
  for (const [r, s] of y.terms) {
    const other = terms.findIndex(([q, t]) => q === r && t === -s * sign);
    if (other >= 0) terms.splice(other, 1);
    else terms.push([r, s * sign === 1 ? 1 : -1]);
  }
  return { k: "sum", terms, c: (x.c + sign * y.c) | 0 };
}
export const sameSum = (a: Sum, b: Sum): boolean =>
  a.c === b.c && String(a.terms.toSorted()) === String(b.terms.toSorted());
