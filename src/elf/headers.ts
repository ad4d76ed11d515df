import { type Bytes, StringTable } from "./bytes.ts";
import { machineName, SHN, SHT } from "./constants.ts";
import { amount, ElfError, hex } from "./error.ts";

const EHDR_SIZE = 52;
const PHDR_SIZE = 32;
const SHDR_SIZE = 40;

/** Elf32_Ehdr without the identification; field names as in the gABI, without the prefix `e_`. */
export interface ElfHeader {
  /** "RTM" marks a file that RT-Thread's old tools had linked already. */
  readonly magic: "ELF" | "RTM";
  readonly type: number;
  readonly machine: number;
  readonly version: number;
  readonly entry: number;
  readonly phoff: number;
  readonly shoff: number;
  readonly flags: number;
  readonly phnum: number;
  readonly shnum: number;
  readonly shstrndx: number;
}

/** Elf32_Phdr. */
export interface ProgramHeader {
  readonly index: number;
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
  readonly flags: number;
  readonly align: number;
}

/** Elf32_Shdr. */
export interface SectionHeader {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly addr: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly addralign: number;
  readonly entsize: number;
}

export function readHeader(bytes: Bytes): ElfHeader {
  const { u8, view } = bytes;
  const magic = u8.length >= 4 && u8[0] === 0x7f ? String.fromCharCode(u8[1], u8[2], u8[3]) : "";
  if (magic !== "ELF" && magic !== "RTM")
    throw new ElfError(
      "magic",
      u8.length === 0
        ? "the file is empty"
        : "the file does not begin with the magic bytes of an ELF file",
    );
  if (u8.length < 6) bytes.check(0, EHDR_SIZE, "the ELF header");
  if (u8[4] !== 1)
    throw new ElfError(
      "class",
      u8[4] === 2
        ? `the file is a 64-bit ELF file (ELFCLASS64)${builtFor(bytes)}; a 32-bit one for EM_ARM is needed`
        : `the ELF class is ${u8[4]}; ELFCLASS32 is 1`,
    );
  if (u8[5] !== 1)
    throw new ElfError(
      "encoding",
      u8[5] === 2
        ? `the file is big-endian (ELFDATA2MSB)${builtFor(bytes)}; a little-endian one for EM_ARM is needed`
        : `the ELF data encoding is ${u8[5]}; ELFDATA2LSB is 1`,
    );
  bytes.check(0, EHDR_SIZE, "the ELF header");
  const header = {
    magic: magic as "ELF" | "RTM",
    type: view.getUint16(16, true),
    machine: view.getUint16(18, true),
    version: view.getUint32(20, true),
    entry: view.getUint32(24, true),
    phoff: view.getUint32(28, true),
    shoff: view.getUint32(32, true),
    flags: view.getUint32(36, true),
    phnum: view.getUint16(44, true),
    shnum: view.getUint16(48, true),
    shstrndx: view.getUint16(50, true),
  };
  entrySize("program header", header.phnum, view.getUint16(42, true), PHDR_SIZE);
  entrySize("section header", header.shnum, view.getUint16(46, true), SHDR_SIZE);
  return header;
}

/** Which processor a file of another class or byte order is for: e_machine is at the same place in all. */
function builtFor({ u8, view }: Bytes): string {
  return u8.length < 20 ? "" : ` for ${machineName(view.getUint16(18, u8[5] !== 2))}`;
}

export function readProgramHeaders(bytes: Bytes, header: ElfHeader): ProgramHeader[] {
  if (header.phnum === 0) return [];
  bytes.check(header.phoff, header.phnum * PHDR_SIZE, "the program header table");
  const segments: ProgramHeader[] = [];
  for (let index = 0; index < header.phnum; index++) {
    const at = header.phoff + index * PHDR_SIZE;
    const word = (n: number): number => bytes.view.getUint32(at + 4 * n, true);
    segments.push({
      index,
      type: word(0),
      offset: word(1),
      vaddr: word(2),
      filesz: word(4),
      memsz: word(5),
      flags: word(6),
      align: word(7),
    });
  }
  return segments;
}

export function readSectionHeaders(bytes: Bytes, header: ElfHeader): SectionHeader[] {
  if (header.shoff === 0 || (header.shnum === 0 && header.shstrndx === 0)) return [];
  const { view } = bytes;
  const at = (index: number): number => header.shoff + index * SHDR_SIZE;
  // Extended numbering: section 0 holds what does not fit into 16 bits.
  let count = header.shnum;
  let names = header.shstrndx;
  if (count === 0 || names === SHN.XINDEX) {
    bytes.check(header.shoff, SHDR_SIZE, "section header 0");
    if (count === 0) count = view.getUint32(at(0) + 20, true);
    if (names === SHN.XINDEX) names = view.getUint32(at(0) + 24, true);
  }
  bytes.check(header.shoff, count * SHDR_SIZE, "the section header table");
  const table = sectionNames(bytes, header, count, names);
  const sections: SectionHeader[] = [];
  for (let index = 0; index < count; index++) {
    const word = (n: number): number => view.getUint32(at(index) + 4 * n, true);
    sections.push({
      index,
      name: table ? table.at(word(0), () => `the name of section ${index}`) : "",
      type: word(1),
      flags: word(2),
      addr: word(3),
      offset: word(4),
      size: word(5),
      link: word(6),
      info: word(7),
      addralign: word(8),
      entsize: word(9),
    });
  }
  return sections;
}

function sectionNames(
  bytes: Bytes,
  header: ElfHeader,
  count: number,
  index: number,
): StringTable | undefined {
  if (index === SHN.UNDEF) return undefined;
  if (index >= count)
    throw new ElfError(
      "malformed",
      `e_shstrndx names section ${index}, but there are ${amount(count, "section")}`,
    );
  const at = header.shoff + index * SHDR_SIZE;
  if (bytes.view.getUint32(at + 4, true) !== SHT.STRTAB)
    throw new ElfError(
      "malformed",
      `section ${index} holds the section names but is no string table`,
    );
  const offset = bytes.view.getUint32(at + 16, true);
  const size = bytes.view.getUint32(at + 20, true);
  return new StringTable(bytes.slice(offset, size, "the section name table"));
}

function entrySize(what: string, count: number, found: number, expected: number): void {
  if (count === 0 || found === expected) return;
  throw new ElfError(
    "malformed",
    `the size of a ${what} is given as ${amount(found, "byte")}; a 32-bit ELF file has ${expected} (${hex(expected)})`,
  );
}
