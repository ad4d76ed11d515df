import { isAscii } from "./utf8.ts";

/** What takes one step of the cursor: a letter with its marks, an emoji with its parts. */
export interface Cell {
  readonly text: string;
  /** Columns of the screen: 0, 1 or 2. */
  readonly width: number;
  /** Terminals disagree about its width: some show the parts of an emoji side by side. */
  readonly unsure?: boolean;
}

/** More than a character with its marks; U+FE0F, which asks for an emoji, is one of those. */
const COMPOSED = /^.\p{Mn}*[^\p{Mn}]|\ufe0f/su;

let segmenter: Intl.Segmenter | undefined;

/** Cuts a text into cells. */
export function cellsOf(text: string): Cell[] {
  if (isAscii(text)) return [...text].map((char) => ({ text: char, width: 1 }));
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return [...segmenter.segment(text)].map(({ segment }) => ({
    text: segment,
    width: Bun.stringWidth(segment),
    unsure: COMPOSED.test(segment),
  }));
}

export const textOf = (cells: readonly Cell[]): string => cells.map(({ text }) => text).join("");

/** A place on the screen, counted from where the prompt begins. */
export interface Place {
  readonly row: number;
  /** Equal to the number of columns when the row is full and the next character would begin another one. */
  readonly column: number;
}

/** Where the cursor stands after a prompt of that width and the cells, on a screen that wraps. */
export function placeAfter(
  promptWidth: number,
  cells: readonly Cell[],
  columns: number,
  count = cells.length,
): Place {
  let row = promptWidth > columns ? Math.floor((promptWidth - 1) / columns) : 0;
  let column = promptWidth - row * columns;
  for (let i = 0; i < count; i++) {
    const { width } = cells[i];
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
  }
  return { row, column };
}
