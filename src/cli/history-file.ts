import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Lines of an interactive terminal's history when nobody says how many. */
export const RICH_HISTORY = 500;

/**
 * The lines entered in sessions before. Whatever goes wrong with the file, a session goes on without it: it is a convenience.
 */
export class HistoryFile {
  private usable = true;

  constructor(
    private readonly path: string,
    private readonly capacity: number,
  ) {}

  /**
   * The newest lines, oldest first. A file that grew much longer is cut, but not to fewer lines than a session with the default wants: a small
   * capacity is for this one. A file that is something else is left alone.
   */
  read(): string[] {
    let lines: string[];
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(this.path));
      if (text.includes("\0")) throw new TypeError("no text");
      lines = text.split("\n").filter(isLine);
    } catch (error) {
      this.usable = !(error instanceof TypeError);
      return [];
    }
    const kept = Math.max(this.capacity, RICH_HISTORY);
    if (lines.length > 2 * kept) this.replace(lines.slice(-kept));
    return lines.slice(-this.capacity);
  }

  /** Appended at once, so that a session that is killed leaves its lines too. */
  add(line: string): void {
    if (!this.usable || !isLine(line)) return;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, `${line}\n`, { mode: 0o600 });
    } catch {
      this.usable = false;
    }
  }

  private replace(lines: readonly string[]): void {
    const aside = `${this.path}.${process.pid}`;
    try {
      writeFileSync(aside, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
      renameSync(aside, this.path);
    } catch {
      this.usable = false;
    }
  }
}

const isLine = (line: string): boolean => line !== "" && !/[\x00-\x1f\x7f]/.test(line);

/** `$XDG_STATE_HOME/rtt-sim/history`, by default below `~/.local/state`; undefined without a home. */
export function historyPath(env: Record<string, string | undefined>): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = env;
  // A relative path is to be ignored (XDG Base Directory Specification).
  if (state?.startsWith("/")) return join(state, "rtt-sim", "history");
  return home ? join(home, ".local", "state", "rtt-sim", "history") : undefined;
}
