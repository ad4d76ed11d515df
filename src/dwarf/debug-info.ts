import { ElfError, ElfImage } from "../elf/mod.ts";
import { Intervals } from "./intervals.ts";
import { type LineTable, readLineTable, ROW_WORDS, RowFlag, type Sequence } from "./line.ts";
import { Budget, DwarfError } from "./reader.ts";
import { CallFrames } from "./unwind/mod.ts";
import { debugSection } from "./sections.ts";
import { splitFunctions, type SplitFiles } from "./split.ts";
import type { FunctionRecord, Sections, Unit } from "./unit.ts";
import { readUnits } from "./units.ts";

export interface SourceLine {
  /** The path as the compiler was told, below the directory it ran in. */
  readonly file: string;
  /** 0: generated code without a line. */
  readonly line: number;
}

/** One row of a line table; addresses up to the next row belong to it. */
export interface LineRow extends SourceLine {
  readonly start: number;
  readonly end: number;
  /** A good place to stop at. */
  readonly statement: boolean;
}

interface Placed {
  readonly start: number;
  readonly end: number;
  /** Of several with one address, the first of the file counts. */
  readonly order: number;
  readonly sequence: Sequence;
  readonly files: readonly string[];
}

const SECTIONS = {
  info: ".debug_info",
  abbrev: ".debug_abbrev",
  line: ".debug_line",
  str: ".debug_str",
  lineStr: ".debug_line_str",
  addr: ".debug_addr",
  strOffsets: ".debug_str_offsets",
  ranges: ".debug_ranges",
  rnglists: ".debug_rnglists",
} as const;

export interface ReadOptions {
  /** Gives the files of split units. */
  readonly files?: SplitFiles;
  /** Names of a file with all of them. */
  readonly packages?: readonly string[];
  /** Told what cannot be read, and why. */
  readonly problem?: (what: string) => void;
}

/** Lines and functions of one ELF file, by link-time address. */
export class DebugInfo {
  private tables: readonly Placed[] | undefined;
  private sequences: Intervals<Placed> | undefined;
  private byAddress:
    | Intervals<{ readonly start: number; readonly end: number; readonly fn: FunctionRecord }>
    | undefined;

  private constructor(
    private readonly sections: Sections,
    readonly units: readonly Unit[],
    /** .debug_frame, when there is one that can be read. */
    readonly frames: CallFrames | undefined,
    /** Functions of units whose entries are in files of their own. */
    private readonly split: readonly FunctionRecord[],
    private readonly size: number,
    private readonly problem: (what: string) => void,
  ) {}

  /** Undefined when the file has no debugging information, or none that can be read. */
  static read(file: Uint8Array, options: ReadOptions = {}): DebugInfo | undefined {
    const { files = () => undefined, packages = [], problem = () => {} } = options;
    try {
      const image = new ElfImage(file);
      const data = (name: string): Uint8Array | undefined => debugSection(image, name);
      const sections: Record<string, Uint8Array | undefined> = {};
      for (const [key, name] of Object.entries(SECTIONS)) sections[key] = data(name);
      if (!sections.info || !sections.abbrev) return undefined;
      const all = sections as unknown as Sections;
      const budget = new Budget(file.length);
      const units = readUnits(all, budget);
      const { addr, ranges } = all;
      const split = splitFunctions(units, { addr, ranges }, { files, packages, problem, budget });
      const frames = readFrames(data(".debug_frame"), problem);
      return new DebugInfo(all, units, frames, split, file.length, problem);
    } catch (error) {
      if (!(error instanceof DwarfError || error instanceof ElfError)) throw error;
      problem(error.message);
      return undefined;
    }
  }

  /**
   * The source line of the instruction at an address: as addr2line gives it, or, for `statements`, as debuggers do, which of several rows
   * of one address take the last statement.
   */
  line(address: number, statements = false): SourceLine | undefined {
    this.tables ??= this.readTables();
    this.sequences ??= new Intervals(this.tables);
    let first: Placed | undefined;
    for (const placed of this.sequences.at(address))
      if (!first || placed.order < first.order) first = placed;
    if (!first) return undefined;
    const { sequence, files } = first;
    const last = rowAt(sequence, address);
    const row = statements ? statementAt(sequence, last) : last;
    const file = files[sequence.rows[row + 1]];
    return { file: file ?? "??", line: sequence.rows[row + 2] };
  }

  /** Every row of every table. */
  *rows(): Generator<LineRow> {
    this.tables ??= this.readTables();
    for (const { sequence, files } of this.tables) {
      const { rows } = sequence;
      for (let i = 0; i + ROW_WORDS < rows.length; i += ROW_WORDS) {
        yield {
          start: rows[i],
          end: rows[i + ROW_WORDS],
          file: files[rows[i + 1]] ?? "??",
          line: rows[i + 2],
          statement: (rows[i + 3] & RowFlag.IsStatement) !== 0,
        };
      }
    }
  }

  /** The functions of all units, those in other files included. */
  get allFunctions(): readonly FunctionRecord[] {
    return [...this.units.flatMap((unit) => unit.functions), ...this.split];
  }

  /** Functions that contain an address, innermost first; all but the last are inlined. */
  functions(address: number): FunctionRecord[] {
    this.byAddress ??= new Intervals(
      this.allFunctions.flatMap((fn) => fn.ranges.map(({ start, end }) => ({ start, end, fn }))),
    );
    // Those that begin first come first, as they always have among equals.
    const found = [...this.byAddress.at(address)].map(({ fn }) => fn).reverse();
    return found.sort((a, b) => b.depth - a.depth);
  }

  private readTables(): Placed[] {
    const { line, str, lineStr } = this.sections;
    const tables: Placed[] = [];
    if (!line) return tables;
    const seen = new Set<number>();
    const budget = new Budget(this.size);
    for (const { lines, compDir } of this.units) {
      if (lines === undefined || seen.has(lines)) continue;
      seen.add(lines);
      let table: LineTable;
      try {
        table = readLineTable({ line, str, lineStr, budget }, lines, compDir);
      } catch (error) {
        if (!(error instanceof DwarfError)) throw error;
        this.problem(`lines: ${error.message}`);
        continue;
      }
      for (const sequence of table.sequences) {
        const { start, end } = sequence;
        tables.push({ start, end, order: tables.length, sequence, files: table.files });
      }
    }
    return tables;
  }
}

function readFrames(
  section: Uint8Array | undefined,
  problem: (what: string) => void,
): CallFrames | undefined {
  try {
    return section && new CallFrames(section);
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    problem(`call frames: ${error.message}`);
    return undefined;
  }
}

/** The last row at or before an address: of several with that address the last. */
function rowAt({ rows }: Sequence, address: number): number {
  let low = 0;
  let high = rows.length / ROW_WORDS - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (rows[middle * ROW_WORDS] <= address) low = middle;
    else high = middle - 1;
  }
  return low * ROW_WORDS;
}

/** The last statement among the rows of that one's address; the row itself when there is none. */
function statementAt({ rows }: Sequence, row: number): number {
  for (let at = row; at >= 0 && rows[at] === rows[row]; at -= ROW_WORDS)
    if (rows[at + 3] & RowFlag.IsStatement) return at;
  return row;
}
