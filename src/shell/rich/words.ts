import type { Cell } from "./cells.ts";

const isBlank = ({ text }: Cell): boolean => text === " " || text === "\t";
const isLetter = ({ text }: Cell): boolean => /^[\p{L}\p{N}_]/u.test(text);

/** Where the word before the cursor begins: letters and digits, or with `blanks` everything up to a blank. */
export function wordStart(cells: readonly Cell[], cursor: number, blanks = false): number {
  const inside = (cell: Cell): boolean => (blanks ? !isBlank(cell) : isLetter(cell));
  let at = cursor;
  while (at > 0 && !inside(cells[at - 1])) at--;
  while (at > 0 && inside(cells[at - 1])) at--;
  return at;
}

/** Where the word behind the cursor ends. */
export function wordEnd(cells: readonly Cell[], cursor: number): number {
  let at = cursor;
  while (at < cells.length && !isLetter(cells[at])) at++;
  while (at < cells.length && isLetter(cells[at])) at++;
  return at;
}
