import { StringTable, wordsOf } from "./bytes.ts";
import { SHN, STB } from "./constants.ts";

export const SYM_SIZE = 16;

/** Elf32_Sym records of one table, read in place. Indices are not checked here: see `ElfRelocations.symbol`. */
export class ElfSymbols {
  readonly count: number;
  private readonly words: Uint32Array;
  private readonly strings: StringTable;
  private readonly names: (string | undefined)[];

  constructor(
    table: Uint8Array,
    strings: Uint8Array | StringTable,
    /** The section's name, for messages. */
    readonly section: string,
  ) {
    this.count = Math.floor(table.length / SYM_SIZE);
    this.words = wordsOf(table);
    this.strings = strings instanceof StringTable ? strings : new StringTable(strings);
    this.names = new Array(this.count);
  }

  /** The table of an object whose sections were placed: a copy with the addresses that `addressOf` gives for its symbols. */
  placed(addressOf: (i: number) => number | undefined): ElfSymbols {
    const words = this.words.slice(0, 4 * this.count);
    for (let i = 1; i < this.count; i++) {
      const address = addressOf(i);
      if (address !== undefined) words[4 * i + 1] = address;
    }
    return new ElfSymbols(new Uint8Array(words.buffer), this.strings, this.section);
  }

  value(i: number): number {
    return this.words[4 * i + 1];
  }
  size(i: number): number {
    return this.words[4 * i + 2];
  }
  /** STB_LOCAL, STB_GLOBAL, STB_WEAK. */
  bind(i: number): number {
    return (this.words[4 * i + 3] >>> 4) & 15;
  }
  /** STT_FUNC, ... */
  type(i: number): number {
    return this.words[4 * i + 3] & 15;
  }
  /** STV_DEFAULT, STV_HIDDEN, ... */
  visibility(i: number): number {
    return (this.words[4 * i + 3] >>> 8) & 3;
  }
  shndx(i: number): number {
    return this.words[4 * i + 3] >>> 16;
  }
  /** Throws ElfError when the name lies outside the string table. */
  name(i: number): string {
    const known = this.names[i];
    if (known !== undefined) return known;
    const offset = this.words[4 * i];
    const name = this.strings.read(offset);
    if (name === undefined)
      return this.strings.bad(offset, `the name of symbol ${i} of ${this.section}`);
    return (this.names[i] = name);
  }
  defined(i: number): boolean {
    return this.shndx(i) !== SHN.UNDEF;
  }
  weak(i: number): boolean {
    return this.bind(i) === STB.WEAK;
  }
  /** Indices of the symbols which have one of these names, without reading the names of all. */
  named(names: Iterable<string>): { readonly index: number; readonly name: string }[] {
    const at = new Map<number, string>();
    for (const name of names)
      for (const offset of this.strings.offsetsOf(name)) at.set(offset, name);
    const found: { index: number; name: string }[] = [];
    for (let index = 1; index < this.count; index++) {
      const name = at.get(this.words[4 * index]);
      if (name !== undefined) found.push({ index, name });
    }
    return found;
  }
  /** Index of the first symbol with that name, -1 when there is none. */
  find(name: string): number {
    for (let i = 1; i < this.count; i++) if (this.name(i) === name) return i;
    return -1;
  }
}
