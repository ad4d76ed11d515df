import { ElfError, ElfImage } from "../elf/mod.ts";
import { type Budget, DwarfError, Reader } from "./reader.ts";
import { debugSection } from "./sections.ts";
import type { FunctionRecord, SplitReference, Unit } from "./unit.ts";
import { readSplitUnit } from "./units.ts";

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
const FILES_MAX = 1024;

export interface SplitOptions {
  readonly files: SplitFiles;
  /** Names of a file with all of them. */
  readonly packages: readonly string[];
  /** Told which file there is not, or what is wrong with it. */
  readonly problem: (what: string) => void;
  readonly budget: Budget;
}

/** What the .dwo files of split units, or the .dwp with all of them, know of functions. */
export function splitFunctions(
  units: readonly Unit[],
  main: { readonly addr?: Uint8Array; readonly ranges?: Uint8Array },
  { files, packages, problem, budget }: SplitOptions,
): FunctionRecord[] {
  const found: FunctionRecord[] = [];
  const references = units.flatMap(({ split }) => split ?? []);
  if (references.length > FILES_MAX)
    problem(`it is split into ${references.length} files, of which ${FILES_MAX} are read`);
  let packed: SplitFile | undefined | null = null;
  for (const split of references.slice(0, FILES_MAX)) {
    if (packed === null) packed = firstOf(packages, files);
    const file = open(files(split.file, split.folder)) ?? packed;
    if (!file) {
      problem(`${split.file} was not found`);
      continue;
    }
    try {
      const functions = functionsOf(file, split, main, budget);
      if (functions) found.push(...functions);
      else problem(`${split.file} was made by another run of the compiler`);
    } catch (error) {
      if (!(error instanceof DwarfError || error instanceof ElfError)) throw error;
      problem(`${split.file} cannot be read: ${error.message}`);
    }
  }
  return found;
}

/** A .dwo or .dwp file; what was unpacked is kept, as many units ask for the same. */
class SplitFile {
  private readonly sections = new Map<string, Uint8Array | undefined>();
  private units: Map<number, number> | undefined;

  constructor(private readonly image: ElfImage) {}

  section(name: string): Uint8Array | undefined {
    if (!this.sections.has(name)) this.sections.set(name, debugSection(this.image, name));
    return this.sections.get(name);
  }

  /** Rows of the index by the identifiers of units; undefined when there is no index. */
  get rows(): ReadonlyMap<number, number> | undefined {
    const index = this.section(".debug_cu_index");
    if (index) this.units ??= rowsOf(index);
    return this.units;
  }
}

function firstOf(names: readonly string[], files: SplitFiles): SplitFile | undefined {
  for (const name of names) {
    const file = open(files(name, undefined));
    if (file) return file;
  }
  return undefined;
}

function open(bytes: Uint8Array | undefined): SplitFile | undefined {
  try {
    return bytes && new SplitFile(new ElfImage(bytes));
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function functionsOf(
  file: SplitFile,
  split: SplitReference,
  main: { readonly addr?: Uint8Array; readonly ranges?: Uint8Array },
  budget: Budget,
): readonly FunctionRecord[] | undefined {
  const { rows } = file;
  const row = rows?.get(split.id);
  if (rows && row === undefined) return undefined;
  const parts = row === undefined ? undefined : partsOf(file.section(".debug_cu_index")!, row);
  const section = ({ name, column }: { name: string; column: number }) => {
    const data = file.section(name);
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
      str: file.section(".debug_str.dwo"),
      strOffsets: section(SECTIONS.strOffsets),
      rnglists: section(SECTIONS.rnglists),
      ...main,
    },
    split,
    budget,
  )?.functions;
}

interface Index {
  readonly columns: number;
  readonly units: number;
  readonly slots: number;
}

/** The head of .debug_cu_index (DWARF 5, 7.3.5.3). */
function readHead(index: Uint8Array): Index {
  const reader = new Reader(index);
  // A halfword and padding in version 5, a word before.
  const version = reader.u32() & 0xffff;
  if (version !== 2 && version !== 5) throw new DwarfError(`an index of version ${version}`);
  const [columns, units, slots] = [reader.u32(), reader.u32(), reader.u32()];
  if (columns > 16 || units > INDEX_MAX || slots > INDEX_MAX)
    throw new DwarfError("an index that is too large");
  return { columns, units, slots };
}

/** Which row of the table is whose: the slots of the hash table that are in use. */
function rowsOf(index: Uint8Array): Map<number, number> {
  const { units, slots } = readHead(index);
  const ids = new Reader(index, 16);
  const numbers = new Reader(index, 16 + 8 * slots);
  const rows = new Map<number, number>();
  for (let slot = 0; slot < slots; slot++) {
    const [id, row] = [ids.u64(), numbers.u32()];
    if (row > 0 && row <= units && !rows.has(id)) rows.set(id, row);
  }
  return rows;
}

/** Where the parts of the unit of a row are in the sections of a .dwp, by the number of the section. */
function partsOf(index: Uint8Array, row: number): Map<number, { offset: number; size: number }> {
  const { columns, units, slots } = readHead(index);
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
