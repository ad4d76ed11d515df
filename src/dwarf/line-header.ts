import { type FormContext, readForm } from "./forms.ts";
import { type Budget, DwarfError, type Reader } from "./reader.ts";

/** What tables of line numbers are read from. */
export interface LineSections {
  readonly line: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  /** Of all tables of a file. */
  readonly budget: Budget;
}

/** More is an attack. */
const FILES_MAX = 1 << 16;
/** DW_LNCT (DWARF 5, 6.2.4.1). */
const LNCT = { path: 1, directoryIndex: 2 } as const;

/** What stands in front of a line-number program (DWARF 5, 6.2.4). */
export interface LineHeader {
  readonly minimumInstruction: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of the standard opcodes, by opcode. */
  readonly opcodeLengths: readonly number[];
  /** Paths as addr2line prints them. */
  readonly files: readonly string[];
  /** Where the program begins. */
  readonly program: number;
}

/** Reads the header of a table behind its length; `compDir` is that of the unit that owns it. */
export function readLineHeader(
  reader: Reader,
  { str, lineStr, budget }: LineSections,
  offsetSize: 4 | 8,
  compDir: string | undefined,
): LineHeader {
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
  // A header has no references, which would count from the unit.
  const unit = 0;
  const context = { version, offsetSize, addressSize, unit, str, lineStr, budget };
  const files = version >= 5 ? filesOf5(reader, context, compDir) : filesOf2(reader, compDir);
  return {
    minimumInstruction,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    opcodeLengths,
    files,
    program,
  };
}

/** `directory/name`, below the compilation's directory unless it is absolute. */
export function join(directory: string | undefined, name: string): string {
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
function filesOf5(reader: Reader, context: FormContext, compDir: string | undefined): string[] {
  const directories = entries(reader, context).map(({ path }) => path);
  const base = directories[0] !== undefined ? join(compDir, directories[0]) : compDir;
  const absolute = directories.map((path, i) => (i === 0 ? (base ?? path) : join(base, path)));
  return entries(reader, context).map(({ path, directory }) => join(absolute[directory], path));
}

function entries(reader: Reader, context: FormContext): { path: string; directory: number }[] {
  const formats: [number, number][] = [];
  for (let n = reader.u8(); n > 0; n--) formats.push([reader.uleb(), reader.uleb()]);
  const count = reader.uleb();
  if (count > FILES_MAX || (count > 0 && formats.length === 0))
    throw new DwarfError("too many files");
  const found: { path: string; directory: number }[] = [];
  for (let n = 0; n < count; n++) {
    const entry = { path: "??", directory: 0 };
    for (const [content, form] of formats) {
      const value = readForm(reader, form, context, 0);
      if (content === LNCT.path && value?.kind === "string") entry.path = value.text;
      if (content === LNCT.directoryIndex && value?.kind === "number")
        entry.directory = value.value;
    }
    found.push(entry);
  }
  return found;
}
