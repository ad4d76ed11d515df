import type { Failure, TestResult } from "../result.ts";

/** Milliseconds of a test: the host's when they were measured, or the simulated ones. */
export function millis({ wall, figures }: TestResult): number {
  return wall ?? (figures?.ran ?? 0) / 1e6;
}

/** ECMA-48 8.3.117, Select Graphic Rendition: colours. */
const COLOURS = /\x1b\[[0-9;:]*m/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text of a guest or of a scenario that a terminal or the log of a CI may show: colours are taken out, other control characters are
 * visible, and nothing in it is a command to GitHub's runner (`::error::` at the beginning of a line, `##[error]` anywhere). Line
 * ends and tabs stay.
 */
export function harmless(text: string): string {
  return (
    text
      .replace(COLOURS, "")
      .replace(/\r\n/g, "\n")
      .replace(CONTROLS, visible)
      // Not \s: it would look through all the empty lines that follow, from each of them.
      .replace(/^([^\S\n]*):(?=:)/gm, "$1\\x3a")
      .replace(/#(?=#\[)/g, "\\x23")
  );
}

/** The same on one line. */
export function harmlessLine(text: string): string {
  return harmless(text.replace(/[\n\t]/g, visible));
}

function visible(letter: string): string {
  const code = letter.charCodeAt(0);
  const hex = code.toString(16);
  return code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
}

export function folderOf(id: string): string {
  const slash = id.lastIndexOf("/");
  return slash < 0 ? "." : id.slice(0, slash);
}

/** A failure of the test with its details, lines without a last line end; `id` absent: the place is told elsewhere. */
export function failureText({ message, details, line }: Failure, id?: string): string {
  // What is wrong with a scenario says its place in full.
  const told = line === undefined || id === undefined || message.startsWith(`${id}:${line}:`);
  const where = told ? "" : `${id}:${line}: `;
  const more = details ? `\n${details.replace(/^/gm, "  ")}` : "";
  return `${where}${message}${more}`;
}
