/**
 * The serial console's line editor, byte for byte, against its rules written down a second time, on strings: the keys of a board, keys it
 * does not know, completion, history, lines that are too long.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { complete } from "../../src/shell/completion.ts";
import { FakeBoard } from "./fake.ts";
import { LineEditor } from "../../src/shell/mod.ts";
import type { Vfs } from "../../src/vfs/mod.ts";
import { VfsError } from "../../src/vfs/mod.ts";

const PROMPT = "msh />";
const SIZE = 80;
const HISTORY = 5;
const COMMANDS = ["ls", "list", "list_fd", "cat", "cd", "date", "x"];
const FOLDERS: Record<string, string[]> = {
  "": ["a", "ab", "abc", "lid.mo", "list", "d", "xyz"],
  "/": ["a", "ab", "abc", "lid.mo", "list", "d", "xyz"],
  "d/": ["t", "tac", "tab", "s"],
  "a/": [],
};

/** What the board does with each byte. */
class Rules {
  /** What the buffer holds, also behind its NUL. */
  private memory = "\0".repeat(SIZE + 1);
  private length = 0;
  private cursor = 0;
  private sequence = "";
  private readonly history: string[] = [];
  private recalled = 0;
  entered: { buffer: string; length: number } | undefined;

  /** Up to the NUL: longer than `length` behind a line that was too long. */
  private get buffer(): string {
    return this.memory.slice(0, this.memory.indexOf("\0"));
  }

  byte(byte: string): string {
    this.entered = undefined;
    const sequence = this.sequence + byte;
    this.sequence = "";
    if (byte === "\x1b" || sequence === "\x1b[") {
      this.sequence = sequence === "\x1b[" ? sequence : "\x1b";
      return "";
    }
    if (sequence === "\x1b[A" || sequence === "\x1b[B") return this.recall(byte === "A");
    if (sequence === "\x1b[C") return this.cursor < this.length ? this.memory[this.cursor++] : "";
    if (sequence === "\x1b[D") return this.cursor > 0 ? (this.cursor--, "\b") : "";
    if (byte === "\0" || byte === "\xff") return "";
    if (byte === "\t") return this.tab();
    if (byte === "\x7f" || byte === "\b") return this.erase();
    return byte === "\r" || byte === "\n" ? this.enter() : this.insert(byte);
  }

  private insert(byte: string): string {
    const { memory, cursor, length } = this;
    const behind = length - cursor;
    const head = memory.slice(0, cursor) + byte + memory.slice(cursor, length);
    this.memory = head + memory.slice(length + 1);
    this.length++;
    this.cursor++;
    if (this.length === SIZE) this.length = this.cursor = 0;
    return behind === 0 ? byte : this.buffer.slice(cursor) + "\b".repeat(behind);
  }

  private erase(): string {
    if (this.cursor === 0) return "";
    const { memory, length } = this;
    const at = --this.cursor;
    this.length--;
    this.memory = `${memory.slice(0, at)}${memory.slice(at + 1, length)}\0${memory.slice(length)}`;
    if (at === length - 1) return "\b \b";
    return `\b${this.buffer.slice(at)}  \b${"\b".repeat(this.length - at + 1)}`;
  }

  private recall(up: boolean): string {
    const { history } = this;
    if (up ? this.recalled === 0 : history.length === 0) return "";
    this.recalled = up ? this.recalled - 1 : Math.min(this.recalled + 1, history.length - 1);
    this.set(history[this.recalled]);
    return `\x1b[2K\r${PROMPT}${this.buffer}`;
  }

  private enter(): string {
    const { buffer, length, history } = this;
    if (length > 0 && history.at(-1) !== buffer) history.push(buffer.slice(0, length));
    if (history.length > HISTORY) history.shift();
    this.recalled = history.length;
    this.entered = { buffer, length };
    this.set("");
    return "\n";
  }

  private tab(): string {
    const back = "\b".repeat(this.cursor);
    const [listing, line] = completed(this.buffer);
    this.set(line.length < SIZE ? line : this.buffer.slice(0, SIZE - 1));
    return `${back}\n${listing}${PROMPT}${this.buffer}`;
  }

  private set(line: string): void {
    this.memory = line.padEnd(SIZE + 1, "\0");
    this.length = this.cursor = line.length;
  }
}

/** What is listed, and the line after TAB. */
function completed(line: string): [string, string] {
  if (line === "") return ["<help>\n", ""];
  const blank = line.lastIndexOf(" ");
  const start = blank > 0 ? line.slice(0, blank + 1) : "";
  const word = line.slice(start.length);
  let [listing, path] = withFiles(word);
  const whole = start + path;
  const commands = COMMANDS.filter((command) => command.startsWith(whole));
  listing += commands.map((command) => `${command}\n`).join("");
  return [listing, commands.length > 0 ? common(commands) : whole];
}

function withFiles(word: string): [string, string] {
  const folder = /^.*\//.exec(word)?.[0] ?? "";
  const typed = word.slice(folder.length);
  const names = FOLDERS[folder.replace(/(.)\/+$/, "$1/")]?.filter((name) => name.startsWith(typed));
  if (!names || names.length === 0) return ["", word];
  const listing = names.map((name) => `${name}\n`).join("");
  if (typed === "") return [listing, word];
  const all = common(names);
  return [all === names[0] ? "" : listing, folder + all];
}

function common(names: readonly string[]): string {
  const [first] = names;
  let length = first.length;
  while (!names.every((name) => name.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length);
}

const vfs = {
  list(path: string) {
    const names = FOLDERS[path.replace(/(.)\/+$/, "$1/")];
    if (!names) throw new VfsError(2, "no such directory");
    return names.map((name) => ({ name, directory: false, size: 0 }));
  },
} as unknown as Vfs;

const source = { vfs, commands: COMMANDS, help: () => "<help>\n" };

const key = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(..."lsitac d/x_") },
  { weight: 3, arbitrary: fc.constantFrom("ls ", "li", "cat d/", "d/ta", "a", "ca") },
  { weight: 6, arbitrary: fc.constantFrom("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D") },
  { weight: 4, arbitrary: fc.constantFrom("\x7f", "\b", "\x7f\x7f\x7f") },
  { weight: 3, arbitrary: fc.constantFrom("\t", "\t\t") },
  { weight: 3, arbitrary: fc.constantFrom("\r", "\n", "\r\n") },
  // Home, End, Delete, PageUp, F1, an Alt key, and sequences that are cut off.
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        "\x1b[H",
        "\x1bOF",
        "\x1b[3~",
        "\x1b[5~",
        "\x1bOP",
        "\x1bb",
        "\x1b",
        "\x1b[",
        "\x1b\x1b[A",
      ],
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom("\0", "\xff", "\x03", "\x04", "\x15", "\x01", "\xe9") },
  // Across the end of the buffer.
  { weight: 1, arbitrary: fc.constantFrom("s".repeat(40), "0123456789".repeat(7), "t".repeat(79)) },
);

test("any keys: every byte that comes back, and every line that is executed, is the board's", () => {
  const seen = { entered: 0, overflows: 0, tabs: 0 };
  fc.assert(
    fc.property(fc.array(key, { maxLength: 120 }), (keys) => {
      const rules = new Rules();
      const tested = new LineEditor({
        prompt: () => PROMPT,
        complete: (line) => complete(source, line),
      });
      for (const name of [...keys, "\r"])
        for (const byte of name) {
          const expected = rules.byte(byte);
          const { output, entered } = tested.feed(byte.charCodeAt(0));
          expect([name, output, entered]).toEqual([name, expected, rules.entered]);
          if (byte === "\t") seen.tabs++;
          if (entered) seen.entered++;
          if (entered && entered.buffer.length > entered.length) seen.overflows++;
        }
    }),
    { numRuns: 1000 },
  );
  // The sequences reach what they are for.
  expect(seen.entered).toBeGreaterThan(1000);
  expect(seen.tabs).toBeGreaterThan(500);
  expect(seen.overflows).toBeGreaterThan(20);
});

test("no keys break the prompt: the next command is executed, and the prompt is back", () => {
  const files = { "/": ["a", "ab", "d"], "/d": ["t"] };
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), (keys) => {
      using board = new FakeBoard(files);
      board.type(`${keys.join("")}\r`);
      // A key that was cut off takes the first byte with it.
      board.type("\r");
      expect(board.type("pwd\r")).toMatch(/^pwd\r\n(\/\S*)\r\nmsh \1>$/);
    }),
    { numRuns: 1000 },
  );
});
