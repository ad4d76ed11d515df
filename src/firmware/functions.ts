import { type ElfImage, STT } from "../elf/mod.ts";

/** Functions of an image by address, for fault reports. */
export class FunctionTable {
  private readonly address: readonly number[];
  private readonly name: readonly string[];

  constructor(image: ElfImage) {
    const found: [number, string][] = [];
    const symbols = image.staticSymbols();
    for (let i = 1; i < (symbols?.count ?? 0); i++)
      if (symbols?.defined(i) && symbols.type(i) === STT.FUNC)
        found.push([(symbols.value(i) & ~1) >>> 0, plainName(symbols.name(i))]);
    found.sort(([a, first], [b, second]) => a - b || underscores(first) - underscores(second));
    const unique = found.filter(([at], i) => i === 0 || found[i - 1][0] !== at);
    this.address = unique.map(([at]) => at);
    this.name = unique.map(([, name]) => name);
  }

  /** The last function that begins at or before `address`. */
  before(address: number): { readonly name: string; readonly offset: number } | undefined {
    let low = 0;
    let high = this.address.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.address[middle] <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    return { name: this.name[low - 1], offset: address - this.address[low - 1] };
  }
}

/** The linker's `--wrap` renames a replacement; an entry for hard float is part of its function. */
function plainName(name: string): string {
  return name.replace(/^__(wrap|hard)_/, "");
}

/** Of several names of one function the one with the fewest leading underscores is the one people know. */
function underscores(name: string): number {
  return name.search(/[^_]/);
}
