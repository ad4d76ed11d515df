import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineEditor } from "../../src/shell/mod.ts";

const editor = (): LineEditor =>
  new LineEditor({ prompt: () => "msh />", complete: (line) => ({ listing: "", line }) });

/** A terminal one row high: what a person sees of the editor's output. */
class Row {
  text = "";
  column = 0;

  write(output: string): void {
    for (let i = 0; i < output.length; i++) {
      if (output.startsWith("\x1b[2K", i)) {
        this.text = " ".repeat(this.text.length);
        i += 3;
      } else if (output[i] === "\r") {
        this.column = 0;
      } else if (output[i] === "\b") {
        this.column = Math.max(0, this.column - 1);
      } else if (output[i] === "\n") {
        this.text = "";
        this.column = 0;
      } else {
        const padded = this.text.padEnd(this.column);
        this.text = padded.slice(0, this.column) + output[i] + padded.slice(this.column + 1);
        this.column++;
      }
    }
  }
}

/** What a line editor is for: a list of characters, a place in it, and the last five lines. */
class Model {
  chars: string[] = [];
  at = 0;
  history: string[] = [];
  recalled = 0;

  key(key: string): void {
    if (key === "left") this.at = Math.max(0, this.at - 1);
    else if (key === "right") this.at = Math.min(this.chars.length, this.at + 1);
    else if (key === "erase" && this.at > 0) this.chars.splice(--this.at, 1);
    else if (key === "up" && this.recalled > 0) this.set(this.history[--this.recalled]);
    else if (key === "down" && this.history.length > 0) {
      this.recalled = Math.min(this.recalled + 1, this.history.length - 1);
      this.set(this.history[this.recalled]);
    } else if (key.length === 1) this.chars.splice(this.at++, 0, key);
  }

  enter(): string {
    const line = this.chars.join("");
    if (line !== "" && line !== this.history.at(-1))
      this.history = [...this.history, line].slice(-5);
    this.recalled = this.history.length;
    this.set("");
    return line;
  }

  private set(line: string): void {
    this.chars = [...line];
    this.at = this.chars.length;
  }
}

const BYTES: Record<string, string> = {
  left: "\x1b[D",
  right: "\x1b[C",
  up: "\x1b[A",
  down: "\x1b[B",
  erase: "\x7f",
};

test("any keys: the screen shows the line, and Enter gives it", () => {
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(..."abc xyz/") },
    { weight: 5, arbitrary: fc.constantFrom("left", "right", "erase", "up", "down") },
    { weight: 1, arbitrary: fc.constant("enter") },
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 79 }), (keys) => {
      const tested = editor();
      const model = new Model();
      const row = new Row();
      row.write("msh />");
      for (const name of [...keys, "enter"]) {
        if (name === "enter") {
          const step = tested.feed(0x0d);
          const line = model.enter();
          expect(step.entered).toEqual({ buffer: line, length: line.length });
          row.write(`${step.output}msh />`);
          continue;
        }
        for (const char of BYTES[name] ?? name) row.write(tested.feed(char.charCodeAt(0)).output);
        model.key(name);
        expect(row.text.trimEnd()).toBe(`msh />${model.chars.join("")}`.trimEnd());
        expect(row.column).toBe("msh />".length + model.at);
      }
    }),
    { numRuns: 1000 },
  );
});

test("any bytes: a line of 80 at most, and nothing thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 200, maxLength: 400 }), (bytes) => {
      const tested = editor();
      for (const byte of [...bytes, 0x0d]) {
        const { entered } = tested.feed(byte);
        if (!entered) continue;
        expect(entered.length).toBeLessThan(80);
        expect(entered.buffer.length).toBeLessThanOrEqual(80);
        expect(entered.length).toBeLessThanOrEqual(entered.buffer.length);
      }
    }),
  );
});

test("without echo only prompts and redraws are printed", () => {
  const tested = editor();
  tested.echo = false;
  expect([..."pwd"].map((char) => tested.feed(char.charCodeAt(0)).output).join("")).toBe("");
  expect(tested.feed(0x0d)).toEqual({ output: "", entered: { buffer: "pwd", length: 3 } });
});
