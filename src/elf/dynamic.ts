import { type Bytes, StringTable } from "./bytes.ts";
import { DT, PT } from "./constants.ts";
import { amount, ElfError, hex } from "./error.ts";
import type { ProgramHeader } from "./headers.ts";
import { ElfRelocations } from "./relocations.ts";
import { ElfSymbols, SYM_SIZE } from "./symbols.ts";

/** The dynamic segment: tag -> values in file order. Empty when there is none. */
export type Dynamic = ReadonlyMap<number, readonly number[]>;

export function readDynamic(bytes: Bytes, segments: readonly ProgramHeader[]): Dynamic {
  const entries = new Map<number, number[]>();
  let segment: ProgramHeader | undefined;
  for (const each of segments) if (each.type === PT.DYNAMIC) segment ??= each;
  if (!segment) return entries;
  bytes.check(segment.offset, segment.filesz, "the dynamic segment");
  const end = segment.offset + segment.filesz;
  for (let at = segment.offset; at + 8 <= end; at += 8) {
    const tag = bytes.view.getUint32(at, true);
    if (tag === DT.NULL) break;
    const value = bytes.view.getUint32(at + 4, true);
    const list = entries.get(tag);
    if (list) list.push(value);
    else entries.set(tag, [value]);
  }
  return entries;
}

/** The first value of a tag. */
export function dynamicValue(dynamic: Dynamic, tag: number): number | undefined {
  return dynamic.get(tag)?.[0];
}

/** File offset of [address, address + size), which one PT_LOAD must hold in the file. */
function fileOffset(
  segments: readonly ProgramHeader[],
  address: number,
  size: number,
  what: string,
): number {
  for (const { type, vaddr, filesz, offset } of segments) {
    if (type === PT.LOAD && address >= vaddr && address + size <= vaddr + filesz)
      return offset + (address - vaddr);
  }
  throw new ElfError(
    "malformed",
    `${what} lies in no segment: ${amount(size, "byte")} at address ${hex(address)}`,
  );
}

/** The string table that the dynamic segment names, empty when it names none. */
export function dynamicStrings(
  bytes: Bytes,
  segments: readonly ProgramHeader[],
  dynamic: Dynamic,
): Uint8Array {
  const address = dynamicValue(dynamic, DT.STRTAB);
  const size = dynamicValue(dynamic, DT.STRSZ) ?? 0;
  if (address === undefined || size === 0) return new Uint8Array(0);
  return bytes.slice(
    fileOffset(segments, address, size, "the dynamic string table"),
    size,
    "the dynamic string table",
  );
}

/** DT_NEEDED, in order. */
export function neededNames(dynamic: Dynamic, strings: Uint8Array): string[] {
  const table = new StringTable(strings);
  return (dynamic.get(DT.NEEDED) ?? []).map((offset) => table.at(offset, () => "a DT_NEEDED name"));
}

/**
 * Symbols and relocations of a file without section headers. The dynamic segment does not say how many symbols there
 * are (DT_HASH does, but modules have it stripped); by custom the string table follows the symbols, which bounds them.
 */
export function dynamicTables(
  bytes: Bytes,
  segments: readonly ProgramHeader[],
  dynamic: Dynamic,
): { symbols: ElfSymbols; relocations: ElfRelocations[] } {
  const strings = dynamicStrings(bytes, segments, dynamic);
  const symtab = dynamicValue(dynamic, DT.SYMTAB);
  const strtab = dynamicValue(dynamic, DT.STRTAB);
  let table = new Uint8Array(0);
  if (symtab !== undefined && strtab !== undefined && strtab > symtab) {
    const size = Math.floor((strtab - symtab) / SYM_SIZE) * SYM_SIZE;
    const at = fileOffset(segments, symtab, size, "the dynamic symbol table");
    table = new Uint8Array(bytes.slice(at, size, "the dynamic symbol table"));
  }
  const symbols = new ElfSymbols(table, strings, "DT_SYMTAB");
  const relocations: ElfRelocations[] = [];
  const add = (address: number, size: number, addends: boolean, what: string): void => {
    const address0 = dynamicValue(dynamic, address);
    const length = dynamicValue(dynamic, size) ?? 0;
    if (address0 === undefined || length === 0) return;
    const at = fileOffset(segments, address0, length, what);
    relocations.push(
      new ElfRelocations(bytes.slice(at, length, what), addends, symbols, what, 0, true),
    );
  };
  add(DT.REL, DT.RELSZ, false, "DT_REL");
  add(DT.RELA, DT.RELASZ, true, "DT_RELA");
  add(DT.JMPREL, DT.PLTRELSZ, dynamicValue(dynamic, DT.PLTREL) === DT.RELA, "DT_JMPREL");
  return { symbols, relocations };
}
