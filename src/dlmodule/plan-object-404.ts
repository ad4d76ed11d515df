import { ElfRelocations, ElfSymbols, type ElfImage, SHF, SHN, SHT, STT } from "../elf/mod.ts";
import { type LoadPlan, NOTHING, type PlannedSegment } from "./plan-types.ts";

const CODE = SHF.ALLOC | SHF.EXECINSTR;
const DATA = SHF.ALLOC | SHF.WRITE;

/** Where the last section of each kind begins; symbols of variables are found by the name of their section. */
interface Places {
  rodata: number;
  data: number;
  bss: number;
}

/**
 * What RT-Thread 4.0.4 makes of an object file: its sections lie one behind the other without any alignment, every record patches a
 * place counted from the first one, and there is neither a table of symbols nor a check. Only files with a single section of code and
 * no variables come out right.
 */
export function planObject404(image: ElfImage): LoadPlan {
  const places: Places = { rodata: 0, data: 0, bss: 0 };
  const segments: PlannedSegment[] = [];
  let at = 0;
  let size = 0;
  for (const section of image.sections) {
    const { type, flags } = section;
    const code = type === SHT.PROGBITS && (flags & CODE) === CODE;
    const rodata = type === SHT.PROGBITS && flags === SHF.ALLOC;
    const data = type === SHT.PROGBITS && (flags & DATA) === DATA;
    const bss = type === SHT.NOBITS && (flags & DATA) === DATA;
    if (!code && !rodata && !data && !bss) continue;
    if (rodata) places.rodata = at;
    else if (data) places.data = at;
    else if (bss) places.bss = at;
    size += section.size;
    // What follows a .bss lies in the same place as it does.
    if (bss) continue;
    const bytes = image.data(section);
    segments.push({ vaddr: at, bytes, memsz: bytes.length, writable: data });
    at += section.size;
  }
  const original = image.staticSymbols();
  const symbols = original?.placed((i) => addressOf(image, original, i, places));
  return {
    start: 0,
    size,
    align: 4,
    entry: image.header.entry,
    program: true,
    object: true,
    chosen: [],
    segments,
    relocations: symbols ? records(image, original!, symbols) : [],
    symbols,
    exports: new Map(),
    functions: [],
    needed: [],
    preinit: NOTHING,
    init: NOTHING,
    fini: NOTHING,
    exidx: NOTHING,
    extab: NOTHING,
    linked: image.header.magic === "RTM",
    hardFloat: false,
    original: true,
    warnings: [],
  };
}

/** The tables without the records of symbols that the original passes over. */
function records(image: ElfImage, original: ElfSymbols, symbols: ElfSymbols): ElfRelocations[] {
  return image.relocations().map((table) => {
    const { stride, count } = table;
    const words: number[] = [];
    for (let i = 0; i < count; i++) {
      const symbol = table.symbol(i);
      const defined = original.shndx(symbol) !== SHN.UNDEF;
      if (defined && addressOf(image, original, symbol, undefined) === undefined) continue;
      for (let n = 0; n < stride; n++) words.push(table.words[i * stride + n]);
    }
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    return new ElfRelocations(bytes, table.addends, symbols, table.section, 0, true);
  });
}

/** Undefined for a symbol whose records are passed over; without `places`, anything else is only not undefined. */
function addressOf(
  image: ElfImage,
  symbols: ElfSymbols,
  i: number,
  places: Places | undefined,
): number | undefined {
  const value = symbols.value(i);
  const type = symbols.type(i);
  if (type === STT.FUNC) return value;
  if (type !== STT.OBJECT && type !== STT.SECTION) return undefined;
  const name = image.sections[symbols.shndx(i)]?.name ?? "";
  for (const kind of ["rodata", "bss", "data"] as const)
    if (name.startsWith(`.${kind}`)) return ((places?.[kind] ?? 0) + value) >>> 0;
  return undefined;
}
