import { W } from "../jit/wasm.ts";

/**
 * What is known of a number: "sum" is one of which the low 32 bits are right, "positive" both signed and unsigned. A comparison, a
 * quotient or a load that needs to know more than is known is refused, so that what compiles means the same.
 */
export type Kind = "signed" | "unsigned" | "positive" | "sum" | "truth";

/** Where an array lies, and its elements: log2 of their size, opcodes, what is loaded. */
export interface ArrayPlace {
  readonly at: number;
  readonly shift: number;
  readonly load: number;
  readonly store: number;
  readonly kind: Kind;
}
export const ELEMENTS = {
  i32: { shift: 2, load: W.load, store: W.store, kind: "signed" },
  u16: { shift: 1, load: W.load16u, store: W.store16, kind: "positive" },
  i16: { shift: 1, load: W.load16s, store: W.store16, kind: "signed" },
  u8: { shift: 0, load: W.load8u, store: W.store8, kind: "positive" },
  i8: { shift: 0, load: W.load8s, store: W.store8, kind: "signed" },
} as const;

export const OPERATORS: Readonly<Record<string, number>> = {
  "+": W.add,
  "-": W.sub,
  "*": W.mul,
  "&": W.and,
  "|": W.or,
  "^": W.xor,
  "<<": W.shl,
  ">>": W.shrS,
  ">>>": W.shrU,
};
/** Opcodes for signed and unsigned operands. */
export const COMPARISONS: Readonly<Record<string, readonly [number, number]>> = {
  "<": [W.ltS, W.ltU],
  ">": [W.gtS, W.gtU],
  "<=": [W.leS, W.leU],
  ">=": [W.geS, W.geU],
  "===": [W.eq, W.eq],
  "!==": [W.ne, W.ne],
};
export const INVERSE: Readonly<Record<string, string>> = {
  "<": ">=",
  ">": "<=",
  "<=": ">",
  ">=": "<",
  "===": "!==",
  "!==": "===",
};

export const isSigned = (kind: Kind): boolean => kind === "signed" || kind === "positive";
export const isUnsigned = (kind: Kind): boolean => kind === "unsigned" || kind === "positive";
export const joined = (a: Kind, b: Kind): Kind =>
  isSigned(a) && isSigned(b) ? "signed" : isUnsigned(a) && isUnsigned(b) ? "unsigned" : "sum";
