import { ElfError, ElfImage } from "../elf/mod.ts";
import { DwarfError, Reader } from "./reader.ts";
import { debugSection } from "./sections.ts";
import { type FunctionRecord, readSplitUnit, type SplitReference, type Unit } from "./units.ts";

/** Gives a file by its name; `folder` is where the compiler ran. */
export type SplitFiles = (name: string, folder: string | undefined) => Uint8Array | undefined;

/** Sections of a .dwo file, and their numbers in the index of a .dwp (DWARF 5, 7.3.5.3; of GCC's before it). */
const SECTIONS = {
  info: { name: ".debug_info.dwo", column: 1 },
  abbrev: { name: ".debug_abbrev.dwo", column: 3 },
  strOffsets: { name: ".debug_str_offsets.dwo", column: 6 },
  rnglists: { name: ".debug_rnglists.dwo", column: 8 },
} as const;

/** Limits of what is believed. */
const INDEX_MAX = 1 << 20;

/**
 * What the .dwo files of split units, or the .dwp with all of them, know of functions. `missing` is told which file there is not, or what
 * is wrong with it.
 */
export function splitFunctions(
  units: readonly Unit[],
  main: { readonly addr?: Uint8Array; readonly ranges?: Uint8Array },
  files: SplitFiles,
  packages: readonly string[],
  missing: (what: string) => void,
): FunctionRecord[] {
  const found: FunctionRecord[] = [];
  let packed: ElfImage | undefined | null = null;
  for (const { split } of units) {
    if (!split) continue;
    packed ??= firstOf(packages, files);
    const file = open(files(split.file, split.folder)) ?? packed ?? undefined;
    if (!file) {
      missing(`${split.file} was not found`);
      continue;
    }
    try {
      const functions = functionsOf(file, split, main);
      if (functions) found.push(...functions);
      else missing(`${split.file} was made by another run of the compiler`);
    } catch (error) {
      if (!(error instanceof DwarfError || error instanceof ElfError)) throw error;
      missing(`${split.file} cannot be read: ${error.message}`);
    }
  }
  return found;
}

function firstOf(names: readonly string[], files: SplitFiles): ElfImage | undefined {
  for (const name of names) {
    const file = open(files(name, undefined));
    if (file) return file;
  }
  return undefined;
}

function open(bytes: Uint8Array | undefined): ElfImage | undefined {
  try {
    return bytes && new ElfImage(bytes);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function functionsOf(
  image: ElfImage,
  split: SplitReference,
  main: { readonly addr?: Uint8Array; readonly ranges?: Uint8Array },
): readonly FunctionRecord[] | undefined {
  const index = debugSection(image, ".debug_cu_index");
  const parts = index && partsOf(index, split.id);
  if (index && !parts) return undefined;
  const section = ({ name, column }: { name: string; column: number }) => {
    const data = debugSection(image, name);
    if (!parts || !data) return data;
    const part = parts.get(column);
    if (!part) return undefined;
    if (part.offset + part.size > data.length)
      throw new DwarfError(`the index points behind ${name}`);
    return data.subarray(part.offset, part.offset + part.size);
  };
  const info = section(SECTIONS.info);
  const abbrev = section(SECTIONS.abbrev);
  if (!info || !abbrev) return undefined;
  return readSplitUnit(
    {
      info,
      abbrev,
      str: debugSection(image, ".debug_str.dwo"),
      strOffsets: section(SECTIONS.strOffsets),
      rnglists: section(SECTIONS.rnglists),
      ...main,
    },
    split,
  )?.functions;
}

/** Where the parts of a unit are in the sections of a .dwp, by the number of the section. */
function partsOf(
  index: Uint8Array,
  id: number,
): Map<number, { offset: number; size: number }> | undefined {
  const reader = new Reader(index);
  // A halfword and padding in version 5, a word before.
  const version = reader.u32() & 0xffff;
  if (version !== 2 && version !== 5) throw new DwarfError(`an index of version ${version}`);
  const columns = reader.u32();
  const units = reader.u32();
  const slots = reader.u32();
  if (columns > 16 || units > INDEX_MAX || slots > INDEX_MAX)
    throw new DwarfError("an index that is too large");
  let row = 0;
  for (let slot = 0; slot < slots && row === 0; slot++)
    if (new Reader(index, 16 + 8 * slot).u64() === id)
      row = new Reader(index, 16 + 8 * slots + 4 * slot).u32();
  if (row === 0 || row > units) return undefined;
  const table = 16 + 12 * slots;
  const word = (n: number): number => new Reader(index, table + 4 * n).u32();
  const parts = new Map<number, { offset: number; size: number }>();
  for (let column = 0; column < columns; column++)
    parts.set(word(column), {
      offset: word(columns * row + column),
      size: word(columns * (units + row) + column),
    });
  return parts;
}
