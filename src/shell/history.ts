/** FINSH_HISTORY_LINES of the reference configuration. */
export const HISTORY_LINES = 5;

/** The command lines entered before, oldest first, and the place reached with the arrow keys. */
export class History {
  private readonly lines: string[] = [];
  private at = 0;

  constructor(private readonly capacity = HISTORY_LINES) {}

  /**
   * Called at each Enter.
   *
   * @param line What was entered; "" is not kept.
   * @param buffer The whole line buffer up to its NUL, which is what the newest entry is compared with. It differs from `line`
   *   only after a line that was too long (see LineEditor).
   */
  push(line: string, buffer = line): void {
    if (line !== "" && this.lines.at(-1) !== buffer) {
      if (this.lines.length === this.capacity) this.lines.shift();
      this.lines.push(line);
    }
    this.at = this.lines.length;
  }

  /** The entry before; undefined at the oldest one. */
  previous(): string | undefined {
    if (this.at === 0) return undefined;
    this.at--;
    return this.lines[this.at];
  }

  /** The entry after; at the end the newest one again, never an empty line. */
  next(): string | undefined {
    if (this.lines.length === 0) return undefined;
    this.at = Math.min(this.at + 1, this.lines.length - 1);
    return this.lines[this.at];
  }
}
