/** A line that is edited, as people expect it: what keys do to it, and what it looks like on a terminal. */

export const PROMPT = "msh />";

/** Keys by name, as xterm sends them. */
export const KEYS: Record<string, string> = {
  left: "\x1b[D",
  right: "\x1b[C",
  up: "\x1b[A",
  down: "\x1bOB",
  home: "\x1b[H",
  end: "\x1bOF",
  start: "\x01",
  finish: "\x05",
  erase: "\x7f",
  delete: "\x1b[3~",
  killStart: "\x15",
  killEnd: "\x0b",
  killWord: "\x17",
  wordLeft: "\x1b[1;5D",
  wordRight: "\x1bf",
  yank: "\x19",
  transpose: "\x14",
  tab: "\t",
  paste: "\x1b[200~y\ta\x15\x1b[201~",
  /** Keys that mean nothing here, and a sequence that a key cuts off. */
  unknown: "\x1b[15;2~",
  function: "\x1bOP",
  cutOff: "\x1b[1\x05",
};

/** What the keys mean, written down without looking at an editor. */
export class LineModel {
  chars: string[] = [];
  at = 0;
  killed: string[] = [];
  readonly history: string[] = [];
  recalled = 0;
  draft = "";

  key(key: string): void {
    const { chars, at } = this;
    const letter = (i: number) => /^[a-z1\u4e2d\u00e9]/.test(chars[i] ?? "");
    if (key === "left") this.at = Math.max(0, at - 1);
    else if (key === "right") this.at = Math.min(chars.length, at + 1);
    else if (key === "home" || key === "start") this.at = 0;
    else if (key === "end" || key === "finish" || key === "cutOff") this.at = chars.length;
    else if (key === "erase") this.cut(Math.max(0, at - 1), at, false);
    else if (key === "delete") this.cut(at, Math.min(chars.length, at + 1), false);
    else if (key === "killStart") this.cut(0, at);
    else if (key === "killEnd") this.cut(at, chars.length);
    else if (key === "killWord") {
      let from = at;
      while (from > 0 && chars[from - 1] === " ") from--;
      while (from > 0 && chars[from - 1] !== " ") from--;
      this.cut(from, at);
    } else if (key === "wordLeft") {
      while (this.at > 0 && !letter(this.at - 1)) this.at--;
      while (this.at > 0 && letter(this.at - 1)) this.at--;
    } else if (key === "wordRight") {
      while (this.at < chars.length && !letter(this.at)) this.at++;
      while (this.at < chars.length && letter(this.at)) this.at++;
    } else if (key === "transpose" && chars.length > 1) {
      const last = Math.min(at, chars.length - 1);
      if (last > 0) {
        chars.splice(last - 1, 2, chars[last], chars[last - 1]);
        this.at = last + 1;
      }
    } else if (key === "paste") for (const char of "y a") this.chars.splice(this.at++, 0, char);
    else if (key === "tab" && chars[at - 1] === "a")
      for (const char of "bc") this.chars.splice(this.at++, 0, char);
    else if (key === "yank") for (const char of this.killed) this.chars.splice(this.at++, 0, char);
    else if (key === "up" && this.recalled > 0) {
      if (this.recalled === this.history.length) this.draft = chars.join("");
      this.set(this.history[--this.recalled]);
    } else if (key === "down" && this.recalled < this.history.length) {
      this.recalled++;
      this.set(this.history[this.recalled] ?? this.draft);
    } else if (!(key in KEYS)) this.chars.splice(this.at++, 0, key);
  }

  enter(): string {
    const line = this.chars.join("");
    if (line !== "" && line[0] !== " " && line !== this.history.at(-1)) this.history.push(line);
    this.recalled = this.history.length;
    this.set("");
    return line;
  }

  private cut(from: number, to: number, keep = true): void {
    if (keep && to > from) this.killed = this.chars.slice(from, to);
    this.chars.splice(from, to - from);
    this.at = from;
  }

  private set(line: string): void {
    this.chars = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
    this.at = this.chars.length;
  }
}

/** What prompt and line look like on a terminal so wide: the rows, and the place of the cursor. */
export function picture(model: LineModel, columns: number) {
  const rows: string[] = [""];
  let width = 0;
  let cursor = [0, 0];
  const place = () => (width === columns ? [rows.length, 0] : [rows.length - 1, width]);
  [...PROMPT, ...model.chars].forEach((char, i) => {
    const wide = char === "\u4e2d" || char === "\u{1f680}" ? 2 : 1;
    if (width + wide > columns) {
      rows.push("");
      width = 0;
    }
    if (i === PROMPT.length + model.at) cursor = [rows.length - 1, width];
    rows[rows.length - 1] += char;
    width += wide;
  });
  if (model.at === model.chars.length) cursor = place();
  return { rows: rows.map((row) => row.trimEnd()), cursor };
}
