import { type Cell, cellsOf, placeAfter, type Place, rowsOf, textOf } from "./cells.ts";

/** What is to be seen: a prompt, a line, and how many cells are left of the cursor. */
export interface View {
  readonly prompt: string;
  readonly cells: readonly Cell[];
  readonly cursor: number;
}

/**
 * The part of the terminal that shows prompt and line: what to send so that it shows something else. Texts have `\n` for a new line.
 *
 * Lines wrap where the terminal wraps them. Of a line with cells that are unsure nobody knows where that is: its rows are ended here, before
 * any terminal would, so that its rows can be counted though its columns cannot. A cell that may need more columns than the terminal has is
 * shown as a question mark: nobody knows over how many rows it would go.
 */
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

  /** What follows is on a row of its own. */
  fresh(): void {
    this.row = 0;
    this.drawnColumns = this.columns;
  }

  /** The prompt alone, for the start of a row: it may need more than one. */
  begun(prompt: string): string {
    const { columns } = this;
    const view = fitted({ prompt, cells: [], cursor: 0 }, columns);
    const { row, room } = this.place(view, 0);
    const full = room === 0;
    this.row = full ? row + 1 : row;
    this.drawnColumns = columns;
    return this.text(view, 0) + (full ? "\n" : "");
  }

  /** Everything drawn anew. */
  draw(line: View): string {
    const view = fitted(line, this.columns);
    const { cells, cursor } = view;
    const end = this.place(view, cells.length);
    const full = end.room === 0;
    const text = this.text(view, cells.length);
    const up = this.row > 0 ? `\x1b[${this.row}A` : "";
    const bottom = full ? { row: end.row + 1, column: 0 } : end;
    const atEnd = cursor === cells.length;
    const target = atEnd ? bottom : this.cursorAt(view, cursor);
    this.row = target.row;
    this.drawnColumns = this.columns;
    const back = atEnd ? "" : this.way(view, bottom, cells.length);
    return `${up}${ERASE}${text}${full ? "\n" : ""}${back}`;
  }

  /** Characters were added before the cursor of `view`, which stands behind them; `count` cells of it are new. */
  typed(line: View, count: number): string {
    const view = fitted(line, this.columns);
    const { cells, cursor } = view;
    const before = this.place(view, cursor - count);
    const after = this.place(view, cursor);
    const simple = cursor === cells.length && before.row === after.row && after.room > 0;
    return simple ? textOf(cells.slice(cursor - count)) : this.draw(view);
  }

  /** One cell at the end of the line was removed; `view` is the line after that. */
  erased(line: View, removed: Cell): string {
    const view = fitted(line, this.columns);
    const cell = fitting(removed, this.columns);
    const at = this.place(view, view.cursor);
    const simple = view.cursor === view.cells.length && cell.widest < at.room;
    if (!simple || cell.unsure) return this.draw(view);
    const back = "\b".repeat(cell.width);
    return `${back}${" ".repeat(cell.width)}${back}`;
  }

  /** The cursor goes from one cell to another. */
  moved(line: View, from: number): string {
    const view = fitted(line, this.columns);
    const start = this.cursorAt(view, from);
    this.row = this.cursorAt(view, view.cursor).row;
    return this.way(view, start, from);
  }

  /** The cursor goes behind the line, and a new row begins: what follows is not part of the line. */
  left(view: View): string {
    const text = this.moved({ ...view, cursor: view.cells.length }, view.cursor);
    const { column } = this.cursorAt(fitted(view, this.columns), view.cells.length);
    this.row = 0;
    // A full row was left already.
    return column === 0 && view.cells.length > 0 ? text : `${text}\n`;
  }

  /** The terminal has another width now, and broke the line elsewhere. */
  resized(view: View): boolean {
    const { columns, drawnColumns } = this;
    if (columns === drawnColumns) return false;
    this.drawnColumns = columns;
    const drawn = fitted(view, drawnColumns);
    this.row = isUnsure(all(drawn))
      ? rowsWithin(drawn, drawnColumns, columns)
      : this.cursorAt(fitted(drawn, columns), view.cursor).row;
    return true;
  }

  /** The way to the cursor of `view` from a place that is before cell number `from`. */
  private way(view: View, start: Spot, from: number): string {
    const { cells, cursor } = view;
    const target = this.cursorAt(view, cursor);
    const near = start.row === target.row;
    const passed = near ? cells.slice(Math.min(from, cursor), Math.max(from, cursor)) : all(view);
    if (!isUnsure(passed)) return travel(start, target);
    // Columns cannot be counted: what is before the cursor is printed once more.
    const up = start.row > 0 ? `\x1b[${start.row}A` : "";
    const next = target.row > this.place(view, cursor).row ? "\n" : "";
    return `${up}\r${this.text(view, cursor)}${next}`;
  }

  /** Prompt and the first cells, as they are printed. */
  private text(view: View, count: number): string {
    const cells = all(view);
    const length = cells.length - view.cells.length + count;
    if (!isUnsure(cells)) return textOf(cells.slice(0, length));
    return rowsOf(cells, this.columns, length).map(textOf).join("\n");
  }

  private place(view: View, count: number): Place {
    const cells = all(view);
    return placeAfter(cells, this.columns, cells.length - view.cells.length + count);
  }

  /** Where the cursor is shown before that cell, or behind the last: never behind a full row, nor where the cell does not fit. */
  private cursorAt(view: View, count: number): Spot {
    const { row, column, room } = this.place(view, count);
    const need = view.cells[count]?.widest ?? 1;
    return need > room && column > 0 ? { row: row + 1, column: 0 } : { row, column };
  }
}

/**
 * Erases from the first column of the cursor's row on, but for the cell there, which is to be written again. With that cell, in the first row
 * it would be all of the screen, which some terminals (tmux) keep in their history first: a copy for every key.
 */
const ERASE = "\r\x1b[C\x1b[J\r";

type Spot = Pick<Place, "row" | "column">;

/** In place of a cell for which the terminal may be too narrow. */
const NO_ROOM: Cell = { text: "?", width: 1, unsure: false, widest: 1 };

const fitting = (cell: Cell, columns: number): Cell => (cell.widest > columns ? NO_ROOM : cell);

/** What of it a terminal of so many columns is given. */
function fitted(view: View, columns: number): View {
  const { prompt, cells } = view;
  if (all(view).every(({ widest }) => widest <= columns)) return view;
  const fit = (whole: readonly Cell[]): Cell[] => whole.map((cell) => fitting(cell, columns));
  return { ...view, prompt: textOf(fit(cellsOf(prompt))), cells: fit(cells) };
}

const all = ({ prompt, cells }: View): Cell[] => [...cellsOf(prompt), ...cells];

const isUnsure = (cells: readonly Cell[]): boolean => cells.some(({ unsure }) => unsure);

/** The row of the cursor in rows that were ended at one width and are broken by a terminal that has another one now. */
function rowsWithin(view: View, drawn: number, columns: number): number {
  const cells = all(view);
  const rows = rowsOf(cells, drawn, cells.length - view.cells.length + view.cursor);
  const widths = rows.map((row) => row.reduce((sum, { width }) => sum + width, 0));
  const last = widths.pop() ?? 0;
  const above = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
  return above + Math.floor(last / columns);
}

/** Cursor movements between two places. */
function travel(from: Spot, to: Spot): string {
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
