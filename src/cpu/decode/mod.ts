import { a32 as a32Integer } from "./a32.table.ts";
import { Decoder } from "./decoder.ts";
import { asA32, type Neon, neon } from "./neon.table.ts";
import { thumb16 } from "./thumb16.table.ts";
import { thumb32 as thumb32Integer } from "./thumb32.table.ts";
import { vfpA32, vfpThumb } from "./vfp.table.ts";

const a32 = { ...a32Integer, ...vfpA32 };
const thumb32 = { ...thumb32Integer, ...vfpThumb };

/** Bits 15:8. */
export const thumb16Decoder = new Decoder(thumb16, 8);
/** Bits 28:21: the first two are the major group, the rest the opcode. */
export const thumb32Decoder = new Decoder(thumb32, 21);
/** Bits 27:20, the two opcode fields of A5.1. */
export const a32Decoder = new Decoder(a32, 20);

let neonTable: Decoder | undefined;
/** Bits 27:20; words that the others do not know, those of Thumb as `asA32` gives them. */
export const neonDecoder = (): Decoder => (neonTable ??= new Decoder(neon(), 20));

/** True when the halfword is the first of a 32-bit Thumb instruction (A6.1). */
export function isThumb32(first: number): boolean {
  return first >>> 11 >= 0b11101;
}

export { a32, asA32, type Neon, neon, thumb16, thumb32, vfpA32, vfpThumb };
export { Decoder, type Decoded, type Encoding, apply } from "./decoder.ts";
export type { Fields, Handlers, Row, Rows } from "./table.ts";
