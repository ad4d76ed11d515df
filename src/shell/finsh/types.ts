/** A type of the C mode: a number of that many bytes, or a pointer to one. */
export interface CType {
  readonly size: 1 | 2 | 4;
  readonly signed: boolean;
  /** Of a pointer: what it points to. */
  readonly target?: CType;
}

export const INT: CType = { size: 4, signed: true };
/** As the compilers for ARM have it, a char has no sign. */
export const CHAR: CType = { size: 1, signed: false };
const SHORT: CType = { size: 2, signed: true };

export const pointerTo = (target: CType): CType => ({ size: 4, signed: true, target });

export const BASE_TYPES: Readonly<Record<string, CType>> = {
  void: INT,
  char: CHAR,
  short: SHORT,
  int: INT,
  long: INT,
};

/** The value as a variable of that type holds it. */
export function fit(value: number, { size, signed }: CType): number {
  if (size === 4) return value | 0;
  const bits = 32 - 8 * size;
  return signed ? (value << bits) >> bits : (value << bits) >>> bits;
}

/** A place in guest memory. */
export interface Variable {
  readonly address: number;
  readonly type: CType;
}

/** An expression. Lines have no more than a thousand characters, so that trees are small. */
export type Node =
  | { readonly kind: "constant"; readonly value: number; readonly type: CType }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: "unary"; readonly operator: string; readonly of: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly a: Node; readonly b: Node }
  | { readonly kind: "cast"; readonly type: CType; readonly of: Node }
  | { readonly kind: "deref"; readonly of: Node }
  | { readonly kind: "address"; readonly of: Place }
  | { readonly kind: "assign"; readonly to: Place; readonly value: Node }
  /** `++` and `--`; `after`: the value is that before. */
  | { readonly kind: "step"; readonly to: Place; readonly by: 1 | -1; readonly after: boolean };

/** What can be assigned to. */
export type Place = Extract<Node, { kind: "variable" | "deref" }>;

export const isPlace = (node: Node): node is Place =>
  node.kind === "variable" || node.kind === "deref";
