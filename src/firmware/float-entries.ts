import { type ElfImage, STT } from "../elf/mod.ts";

/** As src/firmware/build/hard-float.ts names them. */
const PREFIX = "__hard_";

/**
 * By the name of a library function: the address of its entry for callers that pass floating-point values in VFP registers
 * (AAPCS 6.1). Of an image without such entries: empty. Throws ElfError when the symbol table is damaged.
 */
export function floatEntries(image: ElfImage): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const symbols = image.staticSymbols();
  for (let i = 1; i < (symbols?.count ?? 0); i++) {
    if (!symbols?.defined(i) || symbols.type(i) !== STT.FUNC) continue;
    const name = symbols.name(i);
    if (name.startsWith(PREFIX)) found.set(name.slice(PREFIX.length), symbols.value(i));
  }
  return found;
}
