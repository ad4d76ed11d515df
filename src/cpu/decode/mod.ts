import { a32 as a32Integer } from "./a32.table.ts";
import { Decoder } from "./decoder.ts";
import { asA32, type Neon, neon } from "./neon.table.ts";
import { once } from "./table.ts";
import { thumb16 } from "./thumb16.table.ts";
import { thumb32 as thumb32Integer } from "./thumb32.table.ts";
import { vfpA32, vfpThumb } from "./vfp.table.ts";

/** Bits 15:8. */
export const thumb16Decoder = new Decoder(thumb16, 8);
/** Bits 28:21: the first two are the major group, the rest the opcode. */
export const thumb32Decoder = new Decoder(thumb32Integer, 21, new Decoder(vfpThumb, 21));
/** Bits 27:20, the two opcode fields of A5.1. */
export const a32Decoder = new Decoder(a32Integer, 20, new Decoder(vfpA32, 20));
/** Bits 27:20; words that the others do not know, those of Thumb as `asA32` gives them. */
export const neonDecoder = new Decoder(neon, 20);

/** True when the halfword is the first of a 32-bit Thumb instruction (A6.1). */
export function isThumb32(first: number): boolean {
  return first >>> 11 >= 0b11101;
}

/** All rows with a condition or in its place, integer and floating point. */
export const a32 = once(() => ({ ...a32Integer(), ...vfpA32() }));
export const thumb32 = once(() => ({ ...thumb32Integer(), ...vfpThumb() }));

export type A32 = ReturnType<typeof a32>;
export type Thumb16 = ReturnType<typeof thumb16>;
export type Thumb32 = ReturnType<typeof thumb32>;
export type VfpA32 = ReturnType<typeof vfpA32>;
export type VfpThumb = ReturnType<typeof vfpThumb>;
export { asA32, type Neon, neon, thumb16, vfpA32, vfpThumb };
export { Decoder, type Decoded, type Encoding } from "./decoder.ts";
export type { Fields, Handlers, Row, Rows } from "./table.ts";
