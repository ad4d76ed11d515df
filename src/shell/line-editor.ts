import { History } from "./history.ts";
import { latin1, Keys } from "./keys.ts";

/** FINSH_CMD_SIZE of the reference configuration. */
const LINE_CAPACITY = 80;

/** What TAB did: lines to show, each ended by `\n`, and what the input line has become. */
export interface Completion {
  readonly listing: string;
  readonly line: string;
}

export interface LineEditorOptions {
  /** The prompt to draw before a recalled or completed line. */
  readonly prompt: () => string;
  readonly complete: (line: string) => Completion;
  readonly history?: History;
}

/** A line that was ended with Enter. */
export interface EnteredLine {
  /** Everything in the line buffer up to its NUL; longer than `length` only after a line that was too long. */
  readonly buffer: string;
  /** How many characters of it are the line. */
  readonly length: number;
}

/** The answer to one received byte: what to print (with `\n` for a new line) and, after Enter, the line to execute. */
export interface EditorStep {
  readonly output: string;
  readonly entered?: EnteredLine;
}

const NOTHING: EditorStep = { output: "" };

/** Where the editor is inside an arrow-key sequence `ESC [ A`. */
type EscapeState = "none" | "escape" | "bracket";

/**
 * The line editor of RT-Thread 4.0.4's shell as a pure state machine: bytes in, text out.
 *
 * The 80th character of a line resets position and cursor to 0 without clearing the buffer or the screen, as the original
 * does: the characters that follow overwrite the buffer from the start and the tail of the old line stays behind them.
 */
export class LineEditor {
  /** Whether typed characters and the new line of Enter are printed (`finsh_set_echo`). */
  echo = true;
  private readonly buffer = new Uint8Array(LINE_CAPACITY + 1);
  private position = 0;
  private cursor = 0;
  private escape: EscapeState = "none";
  private readonly history: History;

  constructor(private readonly options: LineEditorOptions) {
    this.history = options.history ?? new History();
  }

  /** Handles one received byte. After a step with `entered` the caller executes the line and prints the prompt. */
  feed(byte: number): EditorStep {
    const escape = this.escape;
    this.escape = "none";
    if (byte === Keys.escape) {
      this.escape = "escape";
      return NOTHING;
    }
    if (escape === "escape" && byte === Keys.bracket) {
      this.escape = "bracket";
      return NOTHING;
    }
    if (escape === "bracket") {
      const step = this.arrow(byte);
      if (step) return step;
    }
    // A sequence that is no arrow key is forgotten and its last byte is ordinary: the Delete key inserts `3~`.
    return this.key(byte);
  }

  /** The prompt, for the start of a row. */
  prompted(): string {
    return this.options.prompt();
  }

  /** The prompt and the line, for a new line of the screen. */
  redrawn(): string {
    const line = this.text(0).slice(0, this.position);
    return `${this.options.prompt()}${line}${"\b".repeat(this.position - this.cursor)}`;
  }

  private key(byte: number): EditorStep {
    switch (byte) {
      case Keys.nul:
      case Keys.noise:
        return NOTHING;
      case Keys.tab:
        return this.tab();
      case Keys.backspace:
      case Keys.delete:
        return this.erase();
      case Keys.cr:
      case Keys.lf:
        return this.enter();
      default:
        return this.insert(byte);
    }
  }

  private arrow(byte: number): EditorStep | undefined {
    switch (byte) {
      case Keys.up:
        return this.recall(this.history.previous());
      case Keys.down:
        return this.recall(this.history.next());
      case Keys.right:
        if (this.cursor >= this.position) return NOTHING;
        return { output: String.fromCharCode(this.buffer[this.cursor++]) };
      case Keys.left:
        if (this.cursor === 0) return NOTHING;
        this.cursor--;
        return { output: "\b" };
      default:
        return undefined;
    }
  }

  private recall(line: string | undefined): EditorStep {
    if (line === undefined) return NOTHING;
    this.replace(line);
    return { output: `\x1b[2K\r${this.options.prompt()}${line}` };
  }

  /** Redraws the whole line below the candidates, wherever the cursor was. */
  private tab(): EditorStep {
    const back = "\b".repeat(this.cursor);
    const before = this.text(0);
    const { listing, line } = this.options.complete(before);
    // A name that does not fit would overrun the buffer on the board: the line then stays as it was.
    const after = line.length < LINE_CAPACITY ? line : before.slice(0, LINE_CAPACITY - 1);
    this.replace(after);
    return { output: `${back}\n${listing}${this.options.prompt()}${after}` };
  }

  private erase(): EditorStep {
    if (this.cursor === 0) return NOTHING;
    const { buffer } = this;
    this.position--;
    this.cursor--;
    if (this.position === this.cursor) {
      buffer[this.position] = 0;
      return { output: "\b \b" };
    }
    buffer.copyWithin(this.cursor, this.cursor + 1, this.position + 1);
    buffer[this.position] = 0;
    const tail = this.text(this.cursor);
    return { output: `\b${tail}  \b${"\b".repeat(this.position - this.cursor + 1)}` };
  }

  private enter(): EditorStep {
    const buffer = this.text(0);
    const length = this.position;
    this.history.push(buffer.slice(0, length), buffer);
    this.replace("");
    return { output: this.echo ? "\n" : "", entered: { buffer, length } };
  }

  private insert(byte: number): EditorStep {
    const { buffer, cursor, position } = this;
    const behind = position - cursor;
    if (behind > 0) buffer.copyWithin(cursor + 1, cursor, position);
    buffer[cursor] = byte;
    const drawn = behind > 0 ? this.text(cursor) + "\b".repeat(behind) : String.fromCharCode(byte);
    this.position++;
    this.cursor++;
    if (this.position >= LINE_CAPACITY) {
      this.position = 0;
      this.cursor = 0;
    }
    return { output: this.echo ? drawn : "" };
  }

  private replace(line: string): void {
    this.buffer.fill(0);
    for (let i = 0; i < line.length; i++) this.buffer[i] = line.charCodeAt(i);
    this.position = line.length;
    this.cursor = line.length;
  }

  private text(from: number): string {
    return latin1(this.buffer.subarray(from, this.buffer.indexOf(0, from)));
  }
}
