import {
  amount,
  ElfError,
  type ElfImage,
  type ElfSymbols,
  relocationName,
  type SectionHeader,
  SHF,
  SHN,
  SHT,
  STB,
  STT,
} from "../elf/mod.ts";
import { readAttributes } from "./check/attributes.ts";
import { LoadError } from "./load-error.ts";
import { tablesOf } from "./tables-room.ts";
import {
  type LoadPlan,
  NOTHING,
  planSymbols,
  type PlannedSegment,
  type Span,
} from "./plan-types.ts";

/** A section wants at most this alignment: the heap gives the whole distance for it. */
const ALIGN_MAX = 0x10000;
const WORD = 4;
/** Bytes of an image behind which every branch reaches: half of what the conditional ones of Thumb code do. */
const NEAR = 0x80000;

/** Order in the block; tables that are read as one array lie side by side. */
const enum Rank {
  Code = 0,
  Constants = 1,
  Unwind = 2,
  Preinit = 3,
  Init = 4,
  Fini = 5,
  Data = 6,
  Zero = 7,
}

/** Types of sections that become part of the image. */
const LOADED: ReadonlySet<number> = new Set([
  SHT.PROGBITS,
  SHT.NOBITS,
  SHT.NOTE,
  SHT.INIT_ARRAY,
  SHT.FINI_ARRAY,
  SHT.PREINIT_ARRAY,
  SHT.ARM_EXIDX,
]);

/** What loading an object file (`gcc -c`, `ld -r`) means: its sections are placed one behind the other, as a linker does. */
export function planObject(image: ElfImage): LoadPlan {
  const { header } = image;
  let layout = new Layout(image);
  let common = layout.place(image);
  const room = layout.size > NEAR ? tablesOf(image) : 0;
  if (room > 0) {
    layout = new Layout(image, room);
    common = layout.place(image);
  }
  const original = image.staticSymbols();
  const symbols = original?.placed((i) => common.get(i) ?? layout.addressOf(original, i));
  const relocations = image.relocations().flatMap((table) => {
    const base = layout.address.get(table.target);
    if (base === undefined || !original || !symbols) return [];
    layout.check(image.sections[table.target], table, original, common);
    return [table.placed(base, symbols)];
  });
  return {
    start: 0,
    size: layout.size,
    align: layout.align,
    ...entryOf(image, original, symbols, layout),
    object: true,
    segments: layout.segments,
    room: layout.room,
    relocations,
    symbols,
    ...planSymbols(symbols, (i) => common.has(i) || layout.holds(original!.shndx(i))),
    needed: [],
    preinit: layout.span(Rank.Preinit),
    init: layout.span(Rank.Init),
    fini: layout.span(Rank.Fini),
    exidx: layout.span(Rank.Unwind),
    extab: NOTHING,
    linked: header.magic === "RTM",
    // The assembler leaves EF_ARM_ABI_FLOAT_HARD to the linker.
    hardFloat: readAttributes(image)?.floatArguments === "VFP registers",
    warnings: [],
  };
}

/** Where the sections of an object go. Addresses count from 0. */
class Layout {
  size = 0;
  align = WORD;
  readonly segments: PlannedSegment[] = [];
  /** By section index. */
  readonly address = new Map<number, number>();
  /** For the loader's own tables, behind the code: what follows may be larger than a branch reaches. */
  room: Span | undefined;
  private readonly ranks = new Map<Rank, { from: number; to: number }>();

  constructor(
    private readonly image: ElfImage,
    /** Bytes of that room; 0 for none. */
    private readonly tables = 0,
  ) {}

  /** Places every section, then the common symbols; gives the addresses of those by symbol index. */
  place(image: ElfImage): Map<number, number> {
    const sections = image.sections
      .filter(({ flags, type, size }) => (flags & SHF.ALLOC) !== 0 && LOADED.has(type) && size > 0)
      .map((section) => ({ section, rank: rankOf(section), key: orderOf(section) }))
      .sort((a, b) => a.rank - b.rank || a.key - b.key || a.section.index - b.section.index);
    const tls = sections.find(({ section }) => (section.flags & SHF.TLS) !== 0);
    if (tls)
      throw new LoadError(
        "",
        `section ${tls.section.name} holds native thread-local variables, which need a system with a thread pointer; clang -femulated-tls makes ones that work`,
      );
    for (const { section, rank } of sections) {
      if (rank !== Rank.Code) this.makeRoom();
      this.add(section, rank);
    }
    this.makeRoom();
    const common = this.common(image.staticSymbols());
    if (this.size === 0) throw new LoadError("", "it has nothing to load: no section with a size");
    return common;
  }

  /** Address of a symbol's definition, undefined for one that has none in a placed section. */
  addressOf(symbols: ElfSymbols, i: number): number | undefined {
    const base = this.address.get(symbols.shndx(i));
    return base === undefined ? undefined : (base + symbols.value(i)) >>> 0;
  }

  holds(shndx: number): boolean {
    return shndx === SHN.ABS || this.address.has(shndx);
  }

  span(rank: Rank): Span {
    const range = this.ranks.get(rank);
    return range ? { vaddr: range.from, size: range.to - range.from } : NOTHING;
  }

  /** Throws unless every record patches its own section and means a symbol that is loaded. */
  check(
    section: SectionHeader,
    table: ReturnType<ElfImage["relocations"]>[number],
    symbols: ElfSymbols,
    common: ReadonlyMap<number, number>,
  ): void {
    for (let i = 0; i < table.count; i++) {
      if (table.offset(i) >= section.size)
        throw new ElfError(
          "malformed",
          `record ${i} of ${table.section} (${relocationName(table.type(i))}) patches 0x${table.offset(i).toString(16)}, outside ${section.name}`,
        );
      const symbol = table.symbol(i);
      const shndx = symbols.shndx(symbol);
      if (symbol === 0 || shndx === SHN.UNDEF || this.holds(shndx) || common.has(symbol)) continue;
      const where = this.image.sections[shndx];
      // An empty section has no place of its own; its symbols are marks, e.g. of the personality routine that EHABI asks for.
      if (where && where.size === 0) continue;
      throw new LoadError(
        "",
        `record ${i} of ${table.section} refers to ${symbols.name(symbol) || "a symbol"} in ${where ? `section ${where.name}, which is not loaded` : `section ${shndx}, which does not exist`}`,
      );
    }
  }

  private makeRoom(): void {
    const { tables: size } = this;
    if (size === 0 || this.room) return;
    this.room = { vaddr: this.reserve(size, WORD, "room for the loader's tables"), size };
  }

  private add(section: SectionHeader, rank: Rank): void {
    const { addralign, size, index } = section;
    const at = this.reserve(size, Math.max(addralign, 1), `section ${section.name}`);
    this.address.set(index, at);
    const range = this.ranks.get(rank);
    if (range) range.to = at + size;
    else this.ranks.set(rank, { from: at, to: at + size });
    this.segments.push({
      vaddr: at,
      bytes: this.image.data(section),
      memsz: size,
      writable: (section.flags & SHF.WRITE) !== 0,
    });
  }

  private common(symbols: ElfSymbols | undefined): Map<number, number> {
    const addresses = new Map<number, number>();
    for (let i = 1; i < (symbols?.count ?? 0); i++) {
      if (symbols!.shndx(i) !== SHN.COMMON) continue;
      // The value of a common symbol is its alignment.
      const what = `variable ${symbols!.name(i)}`;
      addresses.set(i, this.reserve(symbols!.size(i), Math.max(symbols!.value(i), 1), what));
    }
    return addresses;
  }

  private reserve(size: number, align: number, what: string): number {
    if ((align & (align - 1)) !== 0)
      throw new ElfError("malformed", `${what} has alignment ${align}, which is no power of two`);
    if (align > ALIGN_MAX)
      throw new LoadError("", `${what} wants alignment ${align}; the largest is ${ALIGN_MAX}`);
    const at = Math.ceil(this.size / align) * align;
    this.size = at + size;
    if (this.size > 0xffffffff)
      throw new LoadError(
        "",
        `it needs ${amount(this.size, "byte")}, more than there are addresses`,
      );
    this.align = Math.max(this.align, align);
    return at;
  }
}

function rankOf({ type, flags }: SectionHeader): Rank {
  if (type === SHT.ARM_EXIDX) return Rank.Unwind;
  if (type === SHT.PREINIT_ARRAY) return Rank.Preinit;
  if (type === SHT.INIT_ARRAY) return Rank.Init;
  if (type === SHT.FINI_ARRAY) return Rank.Fini;
  if ((flags & SHF.EXECINSTR) !== 0) return Rank.Code;
  if ((flags & SHF.WRITE) === 0) return Rank.Constants;
  return type === SHT.NOBITS ? Rank.Zero : Rank.Data;
}

/**
 * Unwind tables have the order of the code they belong to (sh_link), since they are searched by halving. `.init_array.00101` has
 * a priority, and what has none comes last.
 */
function orderOf({ type, link, name }: SectionHeader): number {
  if (type === SHT.ARM_EXIDX) return link;
  const priority = /^\.(?:init|fini|preinit)_array\.(\d+)$/.exec(name);
  return priority ? Number(priority[1]) : type === SHT.PROGBITS || type === SHT.NOBITS ? 0 : 65536;
}

/**
 * `ld -r -e NAME` leaves the entry as the offset of NAME in its own section and does not say which section that is. The function main,
 * when the offset is its own or there is none; otherwise whatever has that offset in the first section of code.
 */
function entryOf(
  { header, sections }: ElfImage,
  original: ElfSymbols | undefined,
  symbols: ElfSymbols | undefined,
  layout: Layout,
): Pick<LoadPlan, "entry" | "program"> {
  const main = symbols
    ?.named(["main"])
    .find(
      ({ index }) =>
        symbols.bind(index) !== STB.LOCAL &&
        symbols.type(index) !== STT.OBJECT &&
        layout.address.has(symbols.shndx(index)),
    );
  if (main && (header.entry === 0 || original!.value(main.index) === header.entry))
    return { entry: symbols!.value(main.index), program: true };
  const code = sections.find(
    ({ flags, index }) => (flags & SHF.EXECINSTR) !== 0 && layout.address.has(index),
  );
  if (header.entry !== 0 && code)
    return { entry: layout.address.get(code.index)! + header.entry, program: true };
  return { entry: 0, program: false };
}
