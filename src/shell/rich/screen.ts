import { type Cell, cellsOf, placeAfter, type Place, textOf } from "./cells.ts";

/** What is to be seen: a prompt, a line, and how many cells are left of the cursor. */
export interface View {
  readonly prompt: string;
  readonly cells: readonly Cell[];
  readonly cursor: number;
}

/** The part of the terminal that shows prompt and line: what to send so that it shows something else. Texts have `\n` for a new line. */
export class Screen {
  /** Row of the terminal's cursor, counted from the prompt's first row. */
  private row = 0;
  private drawnColumns: number;

  constructor(private readonly width: () => number) {
    this.drawnColumns = this.columns;
  }

  get columns(): number {
    // A terminal that does not say how wide it is.
    return this.width() || 80;
  }

  /** The prompt was printed by somebody else, on a row of its own. */
  fresh(): void {
    this.row = 0;
    this.drawnColumns = this.columns;
  }

  /** Everything drawn anew. */
  draw(view: View): string {
    const { columns } = this;
    const end = this.place(view, view.cells.length);
    const full = end.column === columns;
    const text = view.prompt + textOf(view.cells);
    const up = this.row > 0 ? `\x1b[${this.row}A` : "";
    const bottom = full ? { row: end.row + 1, column: 0 } : end;
    const atEnd = view.cursor === view.cells.length;
    const target = atEnd ? bottom : this.cursorAt(view, view.cursor);
    this.row = target.row;
    this.drawnColumns = columns;
    const back = atEnd ? "" : this.way(view, bottom, view.cells.length);
    return `${up}\r\x1b[J${text}${full ? "\n" : ""}${back}`;
  }

  /** Characters were added before the cursor of `view`, which stands behind them; `count` cells of it are new. */
  typed(view: View, count: number): string {
    const { cells, cursor } = view;
    const before = this.place(view, cursor - count);
    const after = this.place(view, cursor);
    const simple =
      cursor === cells.length && before.row === after.row && after.column < this.columns;
    return simple ? textOf(cells.slice(cursor - count)) : this.draw(view);
  }

  /** One cell at the end of the line was removed; `view` is the line after that. */
  erased(view: View, cell: Cell): string {
    const at = this.place(view, view.cursor);
    const simple = view.cursor === view.cells.length && at.column + cell.width < this.columns;
    if (!simple || cell.unsure) return this.draw(view);
    const back = "\b".repeat(cell.width);
    return `${back}${" ".repeat(cell.width)}${back}`;
  }

  /** The cursor goes from one cell to another. */
  moved(view: View, from: number): string {
    const start = this.cursorAt(view, from);
    this.row = this.cursorAt(view, view.cursor).row;
    return this.way(view, start, from);
  }

  /** The way to the cursor of `view` from a place that is before cell number `from`. */
  private way(view: View, start: Place, from: number): string {
    const { cells, cursor, prompt } = view;
    const target = this.cursorAt(view, cursor);
    const near = start.row === target.row;
    const passed = near ? cells.slice(Math.min(from, cursor), Math.max(from, cursor)) : cells;
    if (!passed.some(({ unsure }) => unsure)) return travel(start, target);
    // Columns cannot be counted: what is before the cursor is printed once more.
    const up = start.row > 0 ? `\x1b[${start.row}A` : "";
    const next = target.row > this.place(view, cursor).row ? "\n" : "";
    return `${up}\r${prompt}${textOf(cells.slice(0, cursor))}${next}`;
  }

  /** The cursor goes behind the line, and a new row begins: what follows is not part of the line. */
  left(view: View): string {
    const text = this.moved({ ...view, cursor: view.cells.length }, view.cursor);
    const { column } = this.cursorAt(view, view.cells.length);
    this.row = 0;
    // A full row was left already.
    return column === 0 && view.cells.length > 0 ? text : `${text}\n`;
  }

  /** The terminal has another width now, and broke the line elsewhere. */
  resized(view: View): boolean {
    if (this.columns === this.drawnColumns) return false;
    this.drawnColumns = this.columns;
    this.row = this.cursorAt(view, view.cursor).row;
    return true;
  }

  private place({ prompt, cells }: View, count: number): Place {
    const width = cellsOf(prompt).reduce((sum, cell) => sum + cell.width, 0);
    return placeAfter(width, cells, this.columns, count);
  }

  /** Where the cursor is shown before that cell, or behind the last: never behind a full row, nor where the cell does not fit. */
  private cursorAt(view: View, count: number): Place {
    const place = this.place(view, count);
    const width = view.cells[count]?.width ?? 1;
    return place.column + width > this.columns ? { row: place.row + 1, column: 0 } : place;
  }
}

/** Cursor movements between two places. */
function travel(from: Place, to: Place): string {
  if (from.row === to.row) {
    const right = to.column - from.column;
    if (right === 0) return "";
    return right < 0 && right >= -4
      ? "\b".repeat(-right)
      : `\x1b[${Math.abs(right)}${right > 0 ? "C" : "D"}`;
  }
  const rows = to.row - from.row;
  const vertical = `\x1b[${Math.abs(rows)}${rows > 0 ? "B" : "A"}`;
  return `${vertical}\r${to.column > 0 ? `\x1b[${to.column}C` : ""}`;
}
