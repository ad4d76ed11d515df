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
  const machine = new LineMachine(header, files, compDir);
  machine.run(reader);
  return { files, sequences: machine.sequences };
}

/** The machine that a line-number program runs on (DWARF 5, 6.2.2): each row that it emits is a state of its registers. */
class LineMachine {
  readonly sequences: Sequence[] = [];
  private rows: number[] = [];
  /** Rows of all sequences. */
  private total = 0;
  private address = 0;
  private file = 1;
  private line = 1;
  private statement: boolean;

  /** DW_LNE_define_file adds to `files`. */
  constructor(
    private readonly header: LineHeader,
    private readonly files: string[],
    private readonly compDir: string | undefined,
  ) {
    this.statement = header.defaultIsStatement;
  }

  /** Executes the program that the reader holds. */
  run(reader: Reader): void {
    const { opcodeBase } = this.header;
    while (reader.left > 0) {
      const opcode = reader.u8();
      if (opcode >= opcodeBase) this.special(opcode - opcodeBase);
      else if (opcode === 0) this.extended(reader);
      else this.standard(opcode, reader);
    }
  }

  private emit(flags: number): void {
    if (++this.total > ROWS_MAX) throw new DwarfError("a line table is too long");
    const statement = this.statement ? RowFlag.IsStatement : 0;
    this.rows.push(this.address, this.file, this.line, statement | flags);
  }

  private advance(by: number): void {
    this.address = (this.address + by) >>> 0;
  }

  /** So many instructions as a special opcode, counted from the first, goes on by. */
  private instructions(opcode: number): number {
    const { lineRange, minimumInstruction } = this.header;
    if (lineRange === 0) throw new DwarfError("a line range of zero");
    return Math.floor(opcode / lineRange) * minimumInstruction;
  }

  private special(opcode: number): void {
    const { lineBase, lineRange } = this.header;
    this.advance(this.instructions(opcode));
    this.line += lineBase + (opcode % lineRange);
    this.emit(0);
  }

  private extended(reader: Reader): void {
    const length = reader.uleb();
    if (length === 0) return;
    if (length > reader.left) throw new DwarfError("an extended opcode is too long");
    const next = reader.at + length;
    switch (reader.u8()) {
      case LNE.endSequence:
        this.endSequence();
        break;
      case LNE.setAddress:
        this.address = length - 1 === 8 ? reader.u64() : length - 1 === 4 ? reader.u32() : 0;
        break;
      case LNE.defineFile:
        this.files.push(join(this.compDir, reader.string()));
    }
    reader.at = next;
  }

  private endSequence(): void {
    this.emit(RowFlag.End);
    const sequence = finish(this.rows);
    if (sequence.end > sequence.start) this.sequences.push(sequence);
    this.address = 0;
    this.file = 1;
    this.line = 1;
    this.statement = this.header.defaultIsStatement;
    this.rows = [];
  }

  private standard(opcode: number, reader: Reader): void {
    const { minimumInstruction, opcodeBase, opcodeLengths } = this.header;
    switch (opcode) {
      case LNS.copy:
        this.emit(0);
        break;
      case LNS.advancePc:
        this.advance(reader.uleb() * minimumInstruction);
        break;
      case LNS.advanceLine:
        this.line += reader.sleb();
        break;
      case LNS.setFile:
        this.file = reader.uleb();
        break;
      case LNS.negateStmt:
        this.statement = !this.statement;
        break;
      case LNS.constAddPc:
        this.advance(this.instructions(255 - opcodeBase));
        break;
      case LNS.fixedAdvancePc:
        this.advance(reader.u16());
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
