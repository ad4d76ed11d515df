import { type ElfSymbols, SHN, STT } from "../elf/mod.ts";

interface Entry {
  readonly start: number;
  readonly size: number;
  readonly name: string;
}

export interface NearSymbol {
  readonly name: string;
  readonly offset: number;
  readonly inside: boolean;
}

/** Which symbol an offset in a module belongs to; sorted when first asked, kept after the module is gone. */
export class CodeMap {
  private entries: Entry[] | undefined;

  constructor(
    private symbols: ElfSymbols | undefined,
    private readonly start: number,
  ) {}

  /**
   * The symbol at or before `offset` (bytes from the start of the module). `inside` is false behind its end: static functions have no
   * symbol in a stripped module.
   */
  nearest(offset: number): NearSymbol | undefined {
    this.entries ??= this.sort();
    const { entries } = this;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entries[middle].start <= offset) low = middle + 1;
      else high = middle;
    }
    const entry = entries[low - 1];
    if (!entry) return undefined;
    const distance = offset - entry.start;
    const inside = entry.size === 0 || distance < entry.size;
    return { name: entry.name, offset: distance, inside };
  }

  /** Lets go of the file that the symbols are read from. */
  settle(): void {
    this.entries ??= this.sort();
  }

  private sort(): Entry[] {
    const { symbols, start } = this;
    const entries: Entry[] = [];
    for (let i = 1; i < (symbols?.count ?? 0); i++) {
      const type = symbols!.type(i);
      const shndx = symbols!.shndx(i);
      if (shndx === SHN.UNDEF || shndx >= SHN.LORESERVE) continue;
      if (type !== STT.FUNC && type !== STT.OBJECT && type !== STT.NOTYPE) continue;
      const value = symbols!.value(i);
      const name = safeName(symbols!, i);
      // $a, $t, $d mark what the bytes are, not where a function begins.
      if (name === "" || name.startsWith("$")) continue;
      const at = (type === STT.FUNC ? value & ~1 : value) - start;
      entries.push({ start: at, size: symbols!.size(i), name });
    }
    this.symbols = undefined;
    // Of several names for one address the sized one is the function's.
    return entries.sort((a, b) => a.start - b.start || a.size - b.size);
  }
}

function safeName(symbols: ElfSymbols, i: number): string {
  try {
    return symbols.name(i);
  } catch {
    return "";
  }
}
