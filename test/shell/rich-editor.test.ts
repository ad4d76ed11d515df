/** The line editor of an interactive terminal against a model of what people expect of one, on a model of a terminal. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineHistory } from "../../src/shell/mod.ts";
import { RichEditor } from "../../src/shell/rich/editor.ts";
import { KEYS, LineModel, picture, PROMPT } from "./line-model.ts";
import { type TerminalHabits, TerminalModel } from "./terminal-model.ts";

function editor(columns: () => number, lines: string[] = [], capacity = 100) {
  return new RichEditor({
    prompt: () => PROMPT,
    complete: (text) => ({ text: text.endsWith("a") ? `${text}bc` : text, choices: [] }),
    history: new LineHistory(capacity, lines),
    columns,
  });
}

const utf8 = (text: string): string => Buffer.from(text).toString("latin1");

/** Characters whose width every terminal knows, with a mark or without. */
const SURE = [..."abc xyz/", "\u4e2d", "\u00e9", "e\u0301", "\u{1f680}"];
/**
 * A hand with its colour, a family, a heart and a digit that are emoji by a mark, a flag: and the columns that they need where each part is
 * shown for itself.
 */
const UNSURE: Readonly<Record<string, number>> = {
  "\u{1f44d}\u{1f3fd}": 4,
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}": 6,
  "\u2764\ufe0f": 3,
  "1\ufe0f\u20e3": 4,
  "\u{1f1e9}\u{1f1ea}": 4,
};

const keysWith = (characters: readonly string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...characters) },
    { weight: 7, arbitrary: fc.constantFrom(...Object.keys(KEYS)) },
    { weight: 1, arbitrary: fc.constantFrom("enter", "aside") },
  );

/** Feeds the keys to an editor on a terminal; `look` compares what it shows with the model. */
function play(
  keys: readonly string[],
  columns: number,
  habits: TerminalHabits,
  look: (model: LineModel, terminal: TerminalModel) => void,
): void {
  const tested = editor(() => columns);
  const model = new LineModel();
  let terminal = new TerminalModel(columns, habits);
  const write = (output: string) => terminal.write(output.replaceAll("\n", "\r\n"));
  /** What follows begins on a row of its own, below the line. */
  const anew = () => {
    expect([terminal.column, terminal.screen.length <= terminal.row]).toEqual([0, true]);
    terminal = new TerminalModel(columns, habits);
  };
  write(tested.prompted());
  for (const name of [...keys, "enter"]) {
    if (name === "enter") {
      const { output, entered } = tested.feed(0x0d);
      const line = utf8(model.enter());
      expect(entered).toEqual({ buffer: line, length: line.length });
      write(output);
      anew();
      write(tested.prompted());
      continue;
    }
    if (name === "aside") {
      write(tested.leave());
      anew();
      write(tested.redrawn());
    } else {
      for (const char of utf8(KEYS[name] ?? name)) write(tested.feed(char.charCodeAt(0)).output);
      model.key(name);
    }
    look(model, terminal);
  }
}

test("any keys: the screen shows the line wherever it wraps, and Enter gives it", () => {
  fc.assert(
    fc.property(
      fc.array(keysWith(SURE), { maxLength: 80 }),
      fc.integer({ min: 2, max: 40 }),
      (keys, columns) =>
        play(keys, columns, {}, (model, terminal) => {
          const { rows, cursor } = picture(model, columns);
          while (rows.at(-1) === "") rows.pop();
          expect(terminal.screen).toEqual(rows);
          expect([terminal.row, terminal.column]).toEqual(cursor);
        }),
    ),
    { numRuns: 1000 },
  );
});

test("any keys and emoji that terminals show differently: nothing is left over, and the cursor is where it belongs", () => {
  fc.assert(
    fc.property(
      fc.array(keysWith([...SURE, ...Object.keys(UNSURE)]), { maxLength: 60 }),
      fc.oneof(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 6 })),
      fc.constantFrom<TerminalHabits>({ joins: true }, { regional: 1 }, { regional: 2 }),
      (keys, columns, habits) =>
        play(keys, columns, habits, ({ chars, at }, terminal) => {
          // What the terminal may be too narrow for is a question mark.
          const fits = (char: string) => (UNSURE[char] ?? 0) <= columns;
          const plain = (shown: readonly string[]) =>
            (PROMPT + shown.map((char) => (fits(char) ? char : "?")).join("")).replaceAll(" ", "");
          const [all, before] = [plain(chars), plain(chars.slice(0, at))];
          expect(terminal.texts).toEqual({ all, before });
        }),
    ),
    { numRuns: 600 },
  );
});

test("any bytes: nothing thrown, a line of 1023 bytes at most, UTF-8 that is whole", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 100, maxLength: 3000 }), (bytes) => {
      const tested = editor(() => 20);
      for (const byte of [...bytes, 0x07, 0x0d]) {
        const { entered } = tested.feed(byte);
        if (!entered) continue;
        expect(entered.length).toBeLessThanOrEqual(1023);
        const text = Buffer.from(entered.buffer, "latin1");
        expect(Buffer.from(text.toString("utf8")).equals(text)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

function session(columns = 40, lines: string[] = []) {
  const size = { columns };
  const tested = editor(() => size.columns, lines);
  const terminal = new TerminalModel(columns);
  terminal.write(PROMPT);
  return {
    size,
    terminal,
    type(text: string) {
      let line: string | undefined;
      for (const char of utf8(text)) {
        const { output, entered } = tested.feed(char.charCodeAt(0));
        terminal.write(output.replaceAll("\n", "\r\n"));
        if (!entered) continue;
        line = Buffer.from(entered.buffer, "latin1").toString();
        terminal.write(PROMPT);
      }
      return line;
    },
  };
}

test("Ctrl-R finds what was entered before, again and again; Ctrl-G gives the line back", () => {
  const lines = ["cat first.txt", "ls /bin", "cat second.txt"];
  const { terminal, type } = session(60, lines);
  type("abc\x12cat");
  expect(terminal.screen).toEqual(["(reverse-i-search)`cat': cat second.txt"]);
  type("\x12");
  expect(terminal.screen).toEqual(["(reverse-i-search)`cat': cat first.txt"]);
  type("\x12");
  expect(terminal.screen).toEqual(["(failed reverse-i-search)`cat': cat first.txt"]);
  type("\x07");
  expect(terminal.screen).toEqual(["msh />abc"]);
  expect(type("\x15\x12bin\r")).toBe("ls /bin");
  type("\x12sec\x1b[D");
  expect(terminal.screen.at(-1)).toBe("msh />cat second.txt");
  expect(type("\x7f!\r")).toBe("cat second.t!t");
});

test("Ctrl-C gives the line up, Ctrl-D deletes, Ctrl-T exchanges, Ctrl-L clears", () => {
  const { terminal, type } = session();
  expect(type("abc\x03")).toBe("");
  expect(terminal.screen).toEqual(["msh />abc^C", "msh />"]);
  expect(type("xab\x01\x04\x05\x14\r")).toBe("ba");
  type("line\x0c");
  expect(terminal.screen).toEqual(["msh />line"]);
  expect([terminal.row, terminal.column]).toEqual([0, 10]);
});

test("an accent that follows its letter belongs to it", () => {
  const { terminal, type } = session();
  expect(type("cafe\u0301s\x1b[D\x7f\r")).toBe("cafs");
  expect(type("\u{1f469}\u200d\u{1f680}x\x7f\x7fy\r")).toBe("y");
  expect(terminal.bells).toBe(0);
});

test("a terminal that became narrower gets the line broken anew", () => {
  const { size, terminal, type } = session(30);
  type("0123456789abcdef");
  size.columns = 12;
  type("!");
  // The model does not reflow: what counts is that prompt and line are whole behind the change.
  expect(terminal.screen.join("")).toContain("msh />0123456789abcdef!");
});

test("keys nobody knows are swallowed whole", () => {
  const { terminal, type } = session();
  expect(type("a\x1b[5~b\x1b[200~c\x1b[201~\x1bOPd\x1b[1;9Z\r")).toBe("abcd");
  expect(terminal.bells).toBe(0);
});

test("answers of a terminal that somebody has asked are no text, and end with the next key at the latest", () => {
  const { terminal, type } = session();
  // The colour of the background, a copied text, the terminal's name; one that was cut off.
  const answers = [
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "\x1b]52;c;YQ==\x1b\\",
    "\x1bP>|xterm(390)\x1b\\",
  ];
  expect(type(`a${answers.join("b")}c\r`)).toBe("abbc");
  expect(type("ls\x1b]11;rgb\r")).toBe("ls");
  // What never ends is text again.
  expect(type(`\x1bP${"x".repeat(300)}\r`)).toMatch(/^x{40,60}$/);
  expect(terminal.bells).toBe(0);
});

test("a line that is full rings the bell", () => {
  const { terminal, type } = session();
  const line = type(`${"x".repeat(1030)}\r`);
  expect(line).toBe("x".repeat(1023));
  expect(terminal.bells).toBe(7);
});

test("history goes to the line that was being written, and says what is new", () => {
  const kept: string[] = [];
  const history = new LineHistory(2, ["one", "two", "three"], (line) => kept.push(line));
  expect([history.previous("draft"), history.previous(""), history.previous("")]).toEqual([
    "three",
    "two",
    undefined,
  ]);
  expect([history.next(), history.next(), history.next()]).toEqual(["three", "draft", undefined]);
  for (const line of ["three", " secret", "", "four"]) history.push(line);
  expect(kept).toEqual(["four"]);
  const none = new LineHistory(0, ["one"]);
  none.push("x");
  expect(none.previous("")).toBeUndefined();
});
