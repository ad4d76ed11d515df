const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const isOne = (text: string): boolean => [...segmenter.segment(text)].length === 1;

/** What terminals do differently. */
export interface TerminalHabits {
  /** The parts of an emoji are one character of two columns; else each is shown for itself. */
  readonly joins?: boolean;
  /** Columns of half a flag that is not joined. */
  readonly regional?: 1 | 2;
}

/** A terminal as ECMA-48 and the VT100 describe it, as far as a line editor uses one: a grid that wraps late and scrolls never. */
export class TerminalModel {
  readonly rows: string[][] = [];
  row = 0;
  column = 0;
  /** The last column was written: the next character begins a new row. */
  private pending = false;
  bells = 0;

  /** Where the last character is. */
  private last: { readonly row: string[]; readonly column: number; width: number } | undefined;

  constructor(
    readonly columns: number,
    private readonly habits: TerminalHabits = {},
  ) {}

  /** Everything, and what is before the cursor, without blanks. */
  get texts(): { all: string; before: string } {
    const plain = (rows: readonly (readonly string[])[]): string =>
      rows.map((row) => Array.from(row ?? [], (cell) => cell ?? "").join("")).join("");
    const above = Array.from({ length: this.row }, (_, i) => this.rows[i]);
    const before = [...above, (this.rows[this.row] ?? []).slice(0, this.column)];
    const [all, left] = [Array.from(this.rows), before].map((rows) =>
      plain(rows).replaceAll(" ", ""),
    );
    return { all, before: left };
  }

  write(bytes: string): void {
    const text = Buffer.from(bytes, "latin1").toString("utf8");
    for (let i = 0; i < text.length;) {
      const sequence = /^\x1b\[(\d*)([A-Z])/.exec(text.slice(i, i + 12));
      if (sequence) {
        this.control(sequence[2], Number(sequence[1] || 1), sequence[1]);
        i += sequence[0].length;
        continue;
      }
      const char = String.fromCodePoint(text.codePointAt(i) as number);
      i += char.length;
      if (char === "\r") this.to(this.row, 0);
      else if (char === "\n") this.to(this.row + 1, this.column);
      else if (char === "\b") this.to(this.row, this.column - 1);
      else if (char === "\x07") this.bells++;
      else this.put(char);
    }
  }

  /** Everything that can be seen, rows without blanks at their end. */
  get screen(): string[] {
    const lines = this.rows.map((row) =>
      Array.from(row, (cell) => cell ?? " ")
        .join("")
        .trimEnd(),
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  private put(char: string): void {
    if (this.joined(char)) return;
    const wide = this.widthOf(char);
    if (this.pending || this.column + wide > this.columns) this.to(this.row + 1, 0);
    const row = (this.rows[this.row] ??= []);
    this.last = { row, column: this.column, width: wide };
    row[this.column] = char;
    if (wide === 2) row[this.column + 1] = "";
    this.advance(wide);
  }

  private advance(columns: number): void {
    const next = this.column + columns;
    this.pending = next === this.columns;
    this.column = Math.min(next, this.columns - 1);
  }

  /** A mark, or with that habit another part of an emoji, belongs to the character before it. */
  private joined(char: string): boolean {
    const { last } = this;
    if (!last) return false;
    const text = last.row[last.column] + char;
    const part = this.habits.joins === true && isOne(text);
    if (!part && !/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char)) return false;
    last.row[last.column] = text;
    if (part && last.width === 1 && /\ufe0f|\p{RI}{2}/u.test(text)) {
      last.row[last.column + 1] = "";
      last.width = 2;
      this.advance(1);
    }
    return true;
  }

  private widthOf(char: string): number {
    if (/\p{RI}/u.test(char)) return this.habits.joins ? 1 : (this.habits.regional ?? 1);
    return /[\u1100-\u115f\u2e80-\uffdc\u{1f300}-\u{1faff}]/u.test(char) ? 2 : 1;
  }

  private control(letter: string, count: number, parameter: string): void {
    if (letter === "A") this.to(this.row - count, this.column);
    else if (letter === "B") this.to(this.row + count, this.column);
    else if (letter === "C") this.to(this.row, this.column + count);
    else if (letter === "D") this.to(this.row, this.column - count);
    else if (letter === "H") this.to(0, 0);
    else if (letter === "J" && parameter === "2") this.rows.length = 0;
    else if (letter === "J") {
      this.rows.length = Math.min(this.rows.length, this.row + 1);
      this.rows[this.row]?.splice(this.column);
    } else if (letter === "K") this.rows[this.row]?.splice(parameter === "2" ? 0 : this.column);
    else throw new Error(`ESC [ ${parameter} ${letter} is not known here`);
  }

  private to(row: number, column: number): void {
    this.row = Math.max(0, row);
    this.column = Math.max(0, Math.min(this.columns - 1, column));
    this.pending = false;
    this.last = undefined;
  }
}
