import { isAscii } from "./utf8.ts";

/** What takes one step of the cursor: a letter with its marks, an emoji with its parts. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** Terminals disagree about its width: some show the parts of an emoji side by side. */
  readonly unsure: boolean;
  /** Columns that no terminal exceeds: `width` of what is sure. */
  readonly widest: number;
}

/** More than a character with its marks; U+FE0F, which asks for an emoji, is one of those, and half a flag. */
const COMPOSED = /^.\p{Mn}*[^\p{Mn}]|\ufe0f|\p{RI}/su;

let segmenter: Intl.Segmenter | undefined;

/** Cuts a text into cells. */
export function cellsOf(text: string): Cell[] {
  if (isAscii(text))
    return [...text].map((char) => ({ text: char, width: 1, unsure: false, widest: 1 }));
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return [...segmenter.segment(text)].map(({ segment }) => {
    const width = Bun.stringWidth(segment);
    const unsure = COMPOSED.test(segment);
    return { text: segment, width, unsure, widest: unsure ? sideBySide(segment) : width };
  });
}

/** Columns of the parts when each is shown for itself, as wide as there are. */
function sideBySide(text: string): number {
  return [...text].reduce((sum, part) => sum + widestOf(part), 0);
}

function widestOf(part: string): number {
  // It makes its letter an emoji.
  if (part === "\ufe0f") return 1;
  if (/[\p{Mn}\p{Cf}]/u.test(part)) return 0;
  return isAscii(part) ? 1 : 2;
}

export const textOf = (cells: readonly Cell[]): string => cells.map(({ text }) => text).join("");

export interface Place {
  readonly row: number;
  readonly column: number;
  /** Columns that are left of the row, whatever terminal it is; 0: it may be full, and the next cell begins another one. */
  readonly room: number;
}

/** Goes over the first `count` cells row by row; `begun` is told the number of each cell that begins another row. */
function walk(
  cells: readonly Cell[],
  columns: number,
  count: number,
  begun: (cell: number) => void,
): Place {
  let [row, column, room] = [0, 0, columns];
  for (let i = 0; i < count; i++) {
    const { width, widest } = cells[i];
    if (widest > room && column > 0) {
      begun(i);
      row++;
      column = 0;
      room = columns;
    }
    column += width;
    room = Math.max(0, room - widest);
  }
  return { row, column, room };
}

/** Where the terminal's cursor is behind that many cells. */
export const placeAfter = (cells: readonly Cell[], columns: number, count: number): Place =>
  walk(cells, columns, count, () => {});

/** The text of each row of the first `count` cells. */
export function rowsOf(cells: readonly Cell[], columns: number, count: number): Cell[][] {
  const starts = [0];
  walk(cells, columns, count, (cell) => starts.push(cell));
  return starts.map((start, i) => cells.slice(start, starts[i + 1] ?? count));
}
