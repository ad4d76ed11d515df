/**
 * Disassembler. The text follows from the syntax column of the decode tables, in the spelling of GNU objdump: lower case,
 * `sl fp ip sp lr pc`, branch targets as hexadecimal addresses, no comments.
 */
import {
  type Decoded,
  a32Decoder,
  asA32,
  isThumb32,
  neonDecoder,
  thumb16Decoder,
  thumb32Decoder,
} from "../decode/mod.ts";
import { type Context, hex } from "./context.ts";
import { labelOf } from "./label.ts";
import { neonText } from "./neon.ts";
import { renderMnemonic } from "./mnemonic.ts";
import { renderOperands } from "./operands.ts";
import { spell } from "./spelling.ts";

/** One disassembled instruction. */
export interface Line {
  readonly address: number;
  readonly size: 2 | 4;
  /** Mnemonic, a blank, operands; `.word 0x...` or `.short 0x...` for what the tables do not know. */
  readonly text: string;
  /** Where a branch goes or a literal lies, when the instruction says so. */
  readonly target: number | undefined;
  /** ITSTATE for the next instruction (ARM ARM A2.5.2). */
  readonly itState: number;
}

/** Disassembles the instruction at `address`; `halfword` reads 16 bits of guest memory. */
export function disassemble(
  halfword: (address: number) => number,
  address: number,
  thumb: boolean,
  itState = 0,
): Line {
  const first = halfword(address) & 0xffff;
  const second = () => halfword(address + 2) & 0xffff;
  if (!thumb) {
    const word = ((second() << 16) | first) >>> 0;
    return line(a32Decoder.decode(word), word, 4, 0, { table: "a32", address, itState: 0 });
  }
  if (isThumb32(first)) {
    const word = ((first << 16) | second()) >>> 0;
    const found = thumb32Decoder.decode(word);
    return line(found, word, 4, advance(itState), { table: "thumb32", address, itState });
  }
  const found = thumb16Decoder.decode(first);
  const next = found?.encoding.name === "it" ? first & 0xff : advance(itState);
  return line(found, first, 2, next, { table: "thumb16", address, itState });
}

/** ITSTATE behind an instruction (ITAdvance). */
function advance(itState: number): number {
  return (itState & 7) === 0 ? 0 : (itState & 0xe0) | ((itState << 1) & 0x1f);
}

/** Of an instruction in an IT block; else always. */
function conditionOf(itState: number): number {
  return itState & 15 ? itState >>> 4 : 14;
}

function line(
  decoded: Decoded | undefined,
  word: number,
  size: 2 | 4,
  itState: number,
  context: Context,
): Line {
  const { address } = context;
  if (!decoded && size === 4) {
    const simd = neonDecoder.decode(context.table === "a32" ? word : asA32(word));
    if (simd) {
      const { name, row } = simd.encoding;
      const conditional = "c" in simd.fields && context.table !== "a32";
      const fields = conditional
        ? { ...simd.fields, c: conditionOf(context.itState) }
        : simd.fields;
      return { address, size, text: neonText(name, row[0], fields), target: undefined, itState };
    }
  }
  if (!decoded) {
    const text = `${size === 2 ? ".short" : ".word"} 0x${hex(word, 2 * size)}`;
    return { address, size, text, target: undefined, itState };
  }
  const { encoding, fields } = decoded;
  const target = encoding.row[0].includes("<label>")
    ? labelOf(encoding.name, fields, context)
    : undefined;
  const [mnemonic, ...operands] = spell(encoding.name, encoding.row[0], fields, context).split(" ");
  const head = renderMnemonic(mnemonic, fields, context);
  const tail = renderOperands(operands.join(" "), fields, context, target);
  return { address, size, text: tail ? `${head} ${tail}` : head, target, itState };
}
