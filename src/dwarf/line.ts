import { type Budget, DwarfError, Reader, stringAt } from "./reader.ts";

/** Rows of one sequence of a line-number program: addresses in ascending order, the last one its end (DWARF 5, 6.2). */
export interface Sequence {
  readonly start: number;
  readonly end: number;
  /** For each row: address, index into `files`, line, flags (Row). */
  readonly rows: Float64Array;
}

export const ROW_WORDS = 4;
export const RowFlag = { IsStatement: 1, End: 2 } as const;

export interface LineTable {
  /** Paths as addr2line prints them. */
  readonly files: readonly string[];
  readonly sequences: readonly Sequence[];
}

export interface LineSections {
  readonly line: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  /** Of all tables of a file. */
  readonly budget: Budget;
}

/** Rows of one table; more is an attack. */
const ROWS_MAX = 4 << 20;
const FILES_MAX = 1 << 16;

const LNS = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStmt: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  fixedAdvancePc: 9,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
  setIsa: 12,
} as const;
const LNE = { endSequence: 1, setAddress: 2, defineFile: 3, setDiscriminator: 4 } as const;
const LNCT = { path: 1, directoryIndex: 2 } as const;
const FORM = {
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  strp: 0x0e,
  udata: 0x0f,
  data16: 0x1e,
  lineStrp: 0x1f,
} as const;

interface Header {
  readonly version: number;
  readonly minimumInstruction: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly opcodeLengths: readonly number[];
  readonly addressSize: number;
}

/** The line table at `offset` of .debug_line; `compDir` and `compName` are those of the unit that owns it. */
export function readLineTable(
  sections: LineSections,
  offset: number,
  compDir: string | undefined,
): LineTable {
  const reader = new Reader(sections.line, offset);
  const { end, offsetSize } = reader.unitLength();
  reader.end = end;
  // Each byte makes at most one row.
  sections.budget.spend(ROW_WORDS * reader.left);
  const version = reader.u16();
  if (version < 2 || version > 5) throw new DwarfError(`line table of version ${version}`);
  let addressSize = 4;
  if (version >= 5) {
    addressSize = reader.u8();
    reader.u8();
  }
  const headerLength = reader.offset(offsetSize);
  if (headerLength > reader.left) throw new DwarfError("a line header is too long");
  const program = reader.at + headerLength;
  const minimumInstruction = reader.u8();
  if (version >= 4) reader.u8();
  const defaultIsStatement = reader.u8() !== 0;
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const opcodeLengths = [0];
  for (let n = 1; n < opcodeBase; n++) opcodeLengths.push(reader.u8());
  const files =
    version >= 5 ? filesOf5(reader, sections, offsetSize, compDir) : filesOf2(reader, compDir);
  const header: Header = {
    version,
    minimumInstruction,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    opcodeLengths,
    addressSize,
  };
  reader.at = program;
  return { files, sequences: run(reader, header, files, compDir) };
}

/** `directory/name`, below the compilation's directory unless it is absolute. */
function join(directory: string | undefined, name: string): string {
  return directory && !name.startsWith("/") ? `${directory}/${name}` : name;
}

/** include_directories and file_names of DWARF 2 to 4; file 1 is the first. */
function filesOf2(reader: Reader, compDir: string | undefined): string[] {
  const directories: (string | undefined)[] = [compDir];
  for (let name = reader.string(); name !== ""; name = reader.string()) {
    if (directories.length > FILES_MAX) throw new DwarfError("too many directories");
    directories.push(join(compDir, name));
  }
  const files = ["??"];
  for (let name = reader.string(); name !== ""; name = reader.string()) {
    if (files.length > FILES_MAX) throw new DwarfError("too many files");
    const directory = reader.uleb();
    reader.uleb();
    reader.uleb();
    files.push(join(directories[directory], name));
  }
  return files;
}

/** directory_entry_format and its kin of DWARF 5; file 0 is the first. */
function filesOf5(
  reader: Reader,
  sections: LineSections,
  offsetSize: 4 | 8,
  compDir: string | undefined,
): string[] {
  const directories = entries(reader, sections, offsetSize).map(({ path }) => path);
  const base = directories[0] !== undefined ? join(compDir, directories[0]) : compDir;
  const absolute = directories.map((path, i) => (i === 0 ? (base ?? path) : join(base, path)));
  return entries(reader, sections, offsetSize).map(({ path, directory }) =>
    join(absolute[directory], path),
  );
}

function entries(
  reader: Reader,
  sections: LineSections,
  offsetSize: 4 | 8,
): { path: string; directory: number }[] {
  const formats: [number, number][] = [];
  for (let n = reader.u8(); n > 0; n--) formats.push([reader.uleb(), reader.uleb()]);
  const count = reader.uleb();
  if (count > FILES_MAX || (count > 0 && formats.length === 0))
    throw new DwarfError("too many files");
  const found: { path: string; directory: number }[] = [];
  for (let n = 0; n < count; n++) {
    const entry = { path: "??", directory: 0 };
    for (const [content, form] of formats) {
      const value = formValue(reader, form, sections, offsetSize);
      if (content === LNCT.path && typeof value === "string") entry.path = value;
      if (content === LNCT.directoryIndex && typeof value === "number") entry.directory = value;
    }
    found.push(entry);
  }
  return found;
}

function formValue(
  reader: Reader,
  form: number,
  sections: LineSections,
  offsetSize: 4 | 8,
): string | number | undefined {
  switch (form) {
    case FORM.string:
      return reader.string();
    case FORM.lineStrp:
      return stringAt(sections.lineStr, reader.offset(offsetSize), sections.budget);
    case FORM.strp:
      return stringAt(sections.str, reader.offset(offsetSize), sections.budget);
    case FORM.udata:
      return reader.uleb();
    case FORM.data1:
      return reader.u8();
    case FORM.data2:
      return reader.u16();
    case FORM.data4:
      return reader.u32();
    case FORM.data8:
      return reader.u64();
    case FORM.data16:
      return void reader.skip(16);
    case FORM.block:
      return void reader.skip(reader.uleb());
    case FORM.block1:
      return void reader.skip(reader.u8());
    case FORM.block2:
      return void reader.skip(reader.u16());
    case FORM.block4:
      return void reader.skip(reader.u32());
    default:
      throw new DwarfError(`form 0x${form.toString(16)} in a line table`);
  }
}

/** Executes the program (6.2.5). */
function run(
  reader: Reader,
  header: Header,
  files: string[],
  compDir: string | undefined,
): Sequence[] {
  const { minimumInstruction, lineBase, lineRange, opcodeBase, opcodeLengths } = header;
  const sequences: Sequence[] = [];
  let rows: number[] = [];
  let total = 0;
  let address = 0;
  let file = 1;
  let line = 1;
  let statement = header.defaultIsStatement;
  const reset = (): void => {
    address = 0;
    file = 1;
    line = 1;
    statement = header.defaultIsStatement;
    rows = [];
  };
  const emit = (flags: number): void => {
    if (++total > ROWS_MAX) throw new DwarfError("a line table is too long");
    rows.push(address, file, line, (statement ? RowFlag.IsStatement : 0) | flags);
  };
  const special = (opcode: number): void => {
    if (lineRange === 0) throw new DwarfError("a line range of zero");
    address = (address + Math.floor(opcode / lineRange) * minimumInstruction) >>> 0;
    line += lineBase + (opcode % lineRange);
  };
  while (reader.left > 0) {
    const opcode = reader.u8();
    if (opcode >= opcodeBase) {
      special(opcode - opcodeBase);
      emit(0);
      continue;
    }
    switch (opcode) {
      case 0: {
        const length = reader.uleb();
        if (length === 0) break;
        if (length > reader.left) throw new DwarfError("an extended opcode is too long");
        const next = reader.at + length;
        const extended = reader.u8();
        if (extended === LNE.endSequence) {
          emit(RowFlag.End);
          sequences.push(finish(rows));
          reset();
        } else if (extended === LNE.setAddress) {
          address = length - 1 === 8 ? reader.u64() : length - 1 === 4 ? reader.u32() : 0;
        } else if (extended === LNE.defineFile) {
          files.push(join(compDir, reader.string()));
        }
        reader.at = next;
        break;
      }
      case LNS.copy:
        emit(0);
        break;
      case LNS.advancePc:
        address = (address + reader.uleb() * minimumInstruction) >>> 0;
        break;
      case LNS.advanceLine:
        line += reader.sleb();
        break;
      case LNS.setFile:
        file = reader.uleb();
        break;
      case LNS.negateStmt:
        statement = !statement;
        break;
      case LNS.constAddPc:
        if (lineRange === 0) throw new DwarfError("a line range of zero");
        address = (address + Math.floor((255 - opcodeBase) / lineRange) * minimumInstruction) >>> 0;
        break;
      case LNS.fixedAdvancePc:
        address = (address + reader.u16()) >>> 0;
        break;
      case LNS.setColumn:
      case LNS.setIsa:
        reader.uleb();
        break;
      case LNS.setBasicBlock:
      case LNS.setPrologueEnd:
      case LNS.setEpilogueBegin:
        break;
      default:
        for (let n = opcodeLengths[opcode]; n > 0; n--) reader.uleb();
    }
  }
  return sequences.filter(({ start, end }) => end > start);
}

/** Sorted by address; rows of the same address stay in their order. */
function finish(rows: readonly number[]): Sequence {
  let sorted = true;
  for (let i = ROW_WORDS; i < rows.length; i += ROW_WORDS)
    if (rows[i] < rows[i - ROW_WORDS]) sorted = false;
  let words = Float64Array.from(rows);
  if (!sorted) {
    const order = Array.from({ length: rows.length / ROW_WORDS }, (_, i) => i * ROW_WORDS);
    order.sort((a, b) => rows[a] - rows[b] || a - b);
    words = Float64Array.from(order.flatMap((i) => rows.slice(i, i + ROW_WORDS)));
  }
  return { start: words[0], end: words[words.length - ROW_WORDS], rows: words };
}
