/**
 * A decode table is data: one row per encoding, `[assembler syntax, bit pattern, condition]`.
 *
 * Pattern: most significant bit first (for Thumb-2, first halfword first); `0` and `1` are fixed, a letter is a bit of the
 * field of that name. Bits of one letter need not be neighbours, they are concatenated. The letters are the parameter names
 * of the row's handler, so a missing handler, a misspelt field or a pattern of the wrong width does not compile.
 *
 * Condition: terms separated by blanks, all of which must hold for the row to match: `n!=15`, `c!=14,15`, `n=m`, `n!=t+1`.
 * It excludes what another row means and what is UNPREDICTABLE with the pc or equal registers; such words are undefined here.
 * Rows are tried in the order of the table, so special cases stand before the general encoding.
 *
 * Syntax, as in the ARM ARM; a placeholder names a field:
 *   <Rd> <Rn> <Rm> <Rt> <Ra> <Rs>   register in the field d, n, m, t, a, s; <Rt2> is u, <RdLo> l, <RdHi> h
 *   <i> <i*4> <w+1> ...             the field's number, scaled or offset
 *   +/-                             minus when the field U is 0
 *   {S}                             S when the field S is 1; in a 16-bit encoding without S, outside an IT block
 *   <c>                             condition: the field c, or that of the IT block
 *   <const>                         modified immediate constant in the 12-bit field i
 *   {, <shift>}                     shift by the constant i of the type y (0 LSL, 1 LSR, 2 ASR, 3 ROR or RRX)
 *   <type> <Rs>                     shift of the type y by a register
 *   <registers>                     register list r
 *   <label>                         pc-relative target
 *   {!}                             exclamation mark when the field W is 1
 *   <x> <y>                         B or T; {X}, {R}: X or R when the field x or r is 1
 *   {, <rotation>}                  ROR #8, #16, #24 by the field r
 */
export type Row = readonly [syntax: string, pattern: string, where?: string];

export type Rows = Readonly<Record<string, Row>>;

type Letters<S extends string, A extends string = never> = S extends `${infer C}${infer R}`
  ? Letters<R, C extends "0" | "1" ? A : A | C>
  : A;

type Length<S extends string, A extends unknown[] = []> = S extends `${string}${infer R}`
  ? Length<R, [...A, 0]>
  : A["length"];

/** The fields of a bit pattern: one number per distinct letter. */
export type Fields<P extends string> = { readonly [K in Letters<P>]: number };

/** One handler per row, each receiving `context` and exactly the fields that its pattern names. */
export type Handlers<T extends Rows, Context> = {
  readonly [K in keyof T]: (context: Context, f: Fields<T[K][1]>) => void;
};

/** Makes something at its first use, and only once: a table is hundreds of rows, of which a start needs none. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Declares a table of `width`-bit encodings; every pattern must be exactly that long. */
export function table<W extends 16 | 32, const T extends Rows>(
  _width: W,
  rows: T & { readonly [K in keyof T]: Length<T[K][1]> extends W ? unknown : never },
): T {
  return rows;
}
