/** Lines entered before, oldest first, and the place reached with the arrow keys; a line being written is kept meanwhile. */
export class LineHistory {
  private readonly lines: string[];
  private at: number;
  private draft = "";

  constructor(
    private readonly capacity: number,
    lines: readonly string[] = [],
    /** Takes each line that is kept. */
    private readonly kept: (line: string) => void = () => {},
  ) {
    this.lines = capacity > 0 ? lines.slice(-capacity) : [];
    this.at = this.lines.length;
  }

  /** At each Enter. A line that begins with a blank, and one equal to the last, is not kept. */
  push(line: string): void {
    if (line !== "" && line[0] !== " " && line !== this.lines.at(-1) && this.capacity > 0) {
      if (this.lines.length === this.capacity) this.lines.shift();
      this.lines.push(line);
      this.kept(line);
    }
    this.at = this.lines.length;
    this.draft = "";
  }

  /** The entry before; undefined at the oldest one. */
  previous(current: string): string | undefined {
    if (this.at === 0) return undefined;
    if (this.at === this.lines.length) this.draft = current;
    return this.lines[--this.at];
  }

  /** The entry after, and behind the newest what was being written; undefined there. */
  next(): string | undefined {
    if (this.at === this.lines.length) return undefined;
    return ++this.at === this.lines.length ? this.draft : this.lines[this.at];
  }

  /** The newest entry before number `before` that contains the text. */
  find(text: string, before = this.lines.length): { line: string; at: number } | undefined {
    for (let at = before - 1; at >= 0; at--)
      if (this.lines[at].includes(text)) return { line: this.lines[at], at };
    return undefined;
  }
}
