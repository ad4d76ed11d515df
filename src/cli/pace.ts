import { existsSync, readFileSync } from "node:fs";
import { hostError } from "./host-file.ts";
import { parseTime } from "./parse.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

/** When the next line of piped input is typed, in simulated milliseconds. */
export interface Pace {
  /** Since the last output. */
  readonly silence: number;
  /** Since the line before was typed, at least. */
  readonly least: number;
}

/** The pace before each line of input (0-based); what follows the last line is waited for at the pace after it. */
export type PaceOf = (line: number) => Pace;

const TIME = /^\d+(?:\.\d+)?(?:ms|s|m)?$/;

/**
 * `--pace TIME`: every line after that much silence. `--pace FILE`: a row `SILENCE [LEAST]` for each line of input, the last one
 * for all that follow; empty rows and what stands behind a `#` do not count.
 */
export function parsePace(text: string): PaceOf {
  if (TIME.test(text) && !existsSync(text)) {
    const pace = { silence: parseTime("pace", text), least: 0 };
    return () => pace;
  }
  const rows = readRows(text);
  return (line) => rows[Math.min(line, rows.length - 1)];
}

function readRows(path: string): Pace[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw hostError(path, error);
  }
  const rows: Pace[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    if (words[0] === "") continue;
    if (words.length > 2 || !words.every((word) => TIME.test(word))) {
      throw new UserError(
        ExitCode.BadData,
        `${path}:${i + 1}: '${line.trim()}' is not a pace`,
        "a row is SILENCE [LEAST], for instance 500ms or 500ms 4s",
      );
    }
    const [silence, least = 0] = words.map((word) => parseTime("pace", word));
    rows.push({ silence, least });
  }
  if (rows.length === 0) {
    throw new UserError(ExitCode.BadData, `${path}: no rows`, "a row is SILENCE [LEAST]");
  }
  return rows;
}
