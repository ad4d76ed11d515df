import { wordsOf } from "./bytes.ts";
import { amount, ElfError } from "./error.ts";
import type { ElfSymbols } from "./symbols.ts";

/** Elf32_Rel or Elf32_Rela records of one table, read in place. */
export class ElfRelocations {
  readonly count: number;
  /** r_offset, r_info [, r_addend] of record i from word i * stride. */
  readonly words: Uint32Array;
  /** Words of a record: 2 (REL) or 3 (RELA). */
  readonly stride: 2 | 3;

  constructor(
    table: Uint8Array,
    readonly addends: boolean,
    readonly symbols: ElfSymbols,
    /** The section's name, for messages. */
    readonly section: string,
    /** Section whose bytes are patched (sh_info), 0 when the offsets are virtual addresses. */
    readonly target: number,
    /** The records are part of the loaded image (SHF_ALLOC): work for a loader, not what `ld --emit-relocs` keeps. */
    readonly loaded: boolean,
  ) {
    this.stride = addends ? 3 : 2;
    this.count = Math.floor(table.length / (4 * this.stride));
    this.words = wordsOf(table);
  }

  offset(i: number): number {
    return this.words[i * this.stride];
  }
  type(i: number): number {
    return this.words[i * this.stride + 1] & 0xff;
  }
  /** Index into `symbols`; throws ElfError when the table has no such symbol. */
  symbol(i: number): number {
    const index = this.words[i * this.stride + 1] >>> 8;
    if (index >= this.symbols.count) this.badSymbol(i, index);
    return index;
  }
  addend(i: number): number {
    return this.addends ? this.words[i * 3 + 2] | 0 : 0;
  }

  /** The table of an object whose sections were placed: a copy with `by` added to the offsets, for the placed symbols. */
  placed(by: number, symbols: ElfSymbols): ElfRelocations {
    const words = this.words.slice(0, this.count * this.stride);
    for (let w = 0; w < words.length; w += this.stride) words[w] += by;
    const table = new Uint8Array(words.buffer);
    return new ElfRelocations(table, this.addends, symbols, this.section, 0, true);
  }

  badSymbol(i: number, index: number): never {
    throw new ElfError(
      "malformed",
      `record ${i} of ${this.section} names symbol ${index}, but ${this.symbols.section} has ${amount(this.symbols.count, "symbol")}`,
    );
  }
}
