import { Bytes } from "./bytes.ts";
import { SHF, SHT } from "./constants.ts";
import {
  type Dynamic,
  dynamicStrings,
  dynamicTables,
  neededNames,
  readDynamic,
} from "./dynamic.ts";
import { amount, ElfError } from "./error.ts";
import {
  type ElfHeader,
  type ProgramHeader,
  readHeader,
  readProgramHeaders,
  readSectionHeaders,
  type SectionHeader,
} from "./headers.ts";
import { ElfRelocations } from "./relocations.ts";
import { ElfSymbols, SYM_SIZE } from "./symbols.ts";

/**
 * A 32-bit little-endian ELF file. The constructor reads and checks the headers; contents are checked when asked for.
 * Every defect is an ElfError. Nothing is copied, and nothing is allocated that the size of the file does not bound.
 */
export class ElfImage {
  readonly header: ElfHeader;
  readonly segments: readonly ProgramHeader[];
  readonly sections: readonly SectionHeader[];
  private readonly bytes: Bytes;
  private readonly symbolCache = new Map<number, ElfSymbols>();
  private dynamicCache: Dynamic | undefined;

  constructor(file: Uint8Array) {
    this.bytes = new Bytes(file);
    this.header = readHeader(this.bytes);
    this.segments = readProgramHeaders(this.bytes, this.header);
    this.sections = readSectionHeaders(this.bytes, this.header);
  }

  /** Bytes of the file. */
  get fileSize(): number {
    return this.bytes.u8.length;
  }

  /** The first section of that name. */
  section(name: string): SectionHeader | undefined {
    for (const section of this.sections) if (section.name === name) return section;
    return undefined;
  }

  /** The file bytes of a section; empty for SHT_NOBITS. */
  data(section: SectionHeader): Uint8Array {
    if (section.type === SHT.NOBITS) return new Uint8Array(0);
    return this.bytes.slice(section.offset, section.size, label(section));
  }

  /** The file bytes of a segment (p_filesz of them). */
  contents(segment: ProgramHeader): Uint8Array {
    return this.bytes.slice(segment.offset, segment.filesz, `segment ${segment.index}`);
  }

  /** The symbols of a SHT_SYMTAB or SHT_DYNSYM section. */
  symbols(section: SectionHeader): ElfSymbols {
    let symbols = this.symbolCache.get(section.index);
    if (!symbols) {
      this.entrySize(section, SYM_SIZE);
      symbols = new ElfSymbols(this.data(section), this.strings(section), nameOf(section));
      this.symbolCache.set(section.index, symbols);
    }
    return symbols;
  }

  /** The first SHT_DYNSYM section's symbols; from the dynamic segment when the file has no section headers. */
  dynamicSymbols(): ElfSymbols | undefined {
    if (this.sections.length === 0)
      return this.dynamic.size > 0
        ? dynamicTables(this.bytes, this.segments, this.dynamic).symbols
        : undefined;
    return this.table(SHT.DYNSYM);
  }

  /** The full symbol table (SHT_SYMTAB), absent in stripped files. */
  staticSymbols(): ElfSymbols | undefined {
    return this.table(SHT.SYMTAB);
  }

  private table(type: number): ElfSymbols | undefined {
    for (const section of this.sections) if (section.type === type) return this.symbols(section);
    return undefined;
  }

  /** Every relocation table in section order; from the dynamic segment when the file has no section headers. */
  relocations(): ElfRelocations[] {
    if (this.sections.length === 0)
      return this.dynamic.size > 0
        ? dynamicTables(this.bytes, this.segments, this.dynamic).relocations
        : [];
    const tables: ElfRelocations[] = [];
    for (const section of this.sections) {
      if (section.type !== SHT.REL && section.type !== SHT.RELA) continue;
      const addends = section.type === SHT.RELA;
      this.entrySize(section, addends ? 12 : 8);
      const symbols = this.linked(section, "symbol table");
      if (symbols.type !== SHT.SYMTAB && symbols.type !== SHT.DYNSYM)
        throw new ElfError(
          "malformed",
          `${label(section)} refers to section ${symbols.index} for its symbols, which is no symbol table`,
        );
      tables.push(
        new ElfRelocations(
          this.data(section),
          addends,
          this.symbols(symbols),
          nameOf(section),
          section.info,
          (section.flags & SHF.ALLOC) !== 0,
        ),
      );
    }
    return tables;
  }

  /** The dynamic segment by tag; empty when there is none. */
  get dynamic(): Dynamic {
    this.dynamicCache ??= readDynamic(this.bytes, this.segments);
    return this.dynamicCache;
  }

  /** Names of the libraries that the file asks for (DT_NEEDED), in order. */
  needed(): string[] {
    const strings = dynamicStrings(this.bytes, this.segments, this.dynamic);
    return neededNames(this.dynamic, strings);
  }

  private strings(section: SectionHeader): Uint8Array {
    const strings = this.linked(section, "string table");
    if (strings.type !== SHT.STRTAB)
      throw new ElfError(
        "malformed",
        `${label(section)} refers to section ${strings.index} for its names, which is no string table`,
      );
    return this.data(strings);
  }

  private linked(section: SectionHeader, what: string): SectionHeader {
    const linked = this.sections[section.link];
    if (!linked)
      throw new ElfError(
        "malformed",
        `${label(section)} has its ${what} in section ${section.link}, but there are ${amount(this.sections.length, "section")}`,
      );
    return linked;
  }

  private entrySize(section: SectionHeader, size: number): void {
    if (section.entsize !== size && section.entsize !== 0)
      throw new ElfError(
        "malformed",
        `${label(section)} has records of ${amount(section.entsize, "byte")}; they are ${amount(size, "byte")} long`,
      );
    if (section.size % size !== 0)
      throw new ElfError(
        "malformed",
        `${label(section)} has ${amount(section.size, "byte")}, which is no multiple of its record size ${size}`,
      );
  }
}

function nameOf(section: SectionHeader): string {
  return section.name || `section ${section.index}`;
}

function label(section: SectionHeader): string {
  return section.name ? `section ${section.index} (${section.name})` : `section ${section.index}`;
}
