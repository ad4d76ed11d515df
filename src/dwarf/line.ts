import { join, type LineHeader, type LineSections, readLineHeader } from "./line-header.ts";
import { DwarfError, Reader } from "./reader.ts";

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

/** Rows of one table; more is an attack. */
const ROWS_MAX = 4 << 20;

/** DW_LNS, DW_LNE (DWARF 5, 6.2.5.2 and 6.2.5.3). */
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

/** The line table at `offset` of .debug_line; `compDir` is that of the unit that owns it. */
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
  const header = readLineHeader(reader, sections, offsetSize, compDir);
  reader.at = header.program;
  const files = [...header.files];
  return { files, sequences: run(reader, header, files, compDir) };
}

/** Executes the program (DWARF 5, 6.2.5); DW_LNE_define_file adds to `files`. */
function run(
  reader: Reader,
  header: LineHeader,
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
