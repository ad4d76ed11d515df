import type { EditorStep } from "../line-editor.ts";
import { type Cell, cellsOf, textOf } from "./cells.ts";
import type { Offer } from "./completion.ts";
import { inColumns } from "./columns.ts";
import type { LineHistory } from "./history.ts";
import { type Action, KeyInput } from "./keys.ts";
import { Screen, type View } from "./screen.ts";
import { fromGuest, toGuest, Utf8Input } from "./utf8.ts";
import { wordEnd, wordStart } from "./words.ts";

/** Bytes of the longest line; further characters are refused with a bell. */
const RICH_CAPACITY = 1023;

const BELL = "\x07";
const NOTHING: EditorStep = { output: "" };

export interface RichEditorOptions {
  readonly prompt: () => string;
  readonly complete: (before: string) => Offer;
  readonly history: LineHistory;
  /** Columns of the terminal; 0: unknown. */
  readonly columns: () => number;
}

/** An incremental search backwards through the history. */
interface Search {
  text: string;
  /** Number of the entry found. */
  at: number;
  failed: boolean;
  readonly before: readonly Cell[];
}

/**
 * The line editor of an interactive terminal: a pure state machine as LineEditor is, with the keys, characters and long lines that
 * people expect there. Texts in and out are bytes of UTF-8 as latin-1 characters.
 */
export class RichEditor {
  echo = true;
  private cells: Cell[] = [];
  private cursor = 0;
  private killed = "";
  private search: Search | undefined;
  private readonly keys = new KeyInput();
  private readonly utf8 = new Utf8Input();
  private readonly screen: Screen;

  constructor(private readonly options: RichEditorOptions) {
    this.screen = new Screen(options.columns);
  }

  /** Nothing is written. */
  get empty(): boolean {
    return this.cells.length === 0 && !this.search;
  }

  /** Handles one received byte. After a step with `entered` the caller executes the line and prints the prompt. */
  feed(byte: number): EditorStep {
    const step = this.key(byte);
    return { ...step, output: this.echo ? toGuest(step.output) : "" };
  }

  /** The terminal has another width: prompt and line drawn anew, nothing when it is the same. */
  resized(): string {
    return this.screen.resized(this.view) ? toGuest(this.screen.draw(this.view)) : "";
  }

  /** The prompt, for the start of a row. */
  prompted(): string {
    return toGuest(this.screen.begun(fromGuest(this.options.prompt())));
  }

  /** Prompt and line once more, when something else was shown behind them and ended its row. */
  redrawn(): string {
    this.screen.fresh();
    return toGuest(this.screen.draw(this.view));
  }

  /** The cursor goes behind the line and to a new row, so that something else can be shown; `redrawn` shows the line again. */
  leave(): string {
    return toGuest(this.screen.left(this.view));
  }

  private get view(): View {
    const { search, cells, cursor } = this;
    if (!search) return { prompt: fromGuest(this.options.prompt()), cells, cursor };
    const prompt = `(${search.failed ? "failed " : ""}reverse-i-search)\`${search.text}': `;
    return { prompt, cells, cursor };
  }

  private key(byte: number): EditorStep {
    const redraw = this.screen.resized(this.view) ? this.screen.draw(this.view) : "";
    const key = this.keys.feed(byte);
    if (!key) return { output: redraw };
    const step = "byte" in key ? this.character(this.utf8.feed(key.byte)) : this.act(key.action);
    return redraw === "" ? step : { ...step, output: redraw + step.output };
  }

  private character(text: string): EditorStep {
    if (text === "") return NOTHING;
    if (this.search) return this.searchFor(this.search.text + text, Infinity);
    return this.insert(text);
  }

  private act(action: Action): EditorStep {
    if (this.search) {
      const step = this.actInSearch(action);
      if (step) return step;
      this.search = undefined;
      const shown = this.screen.draw(this.view);
      const after = this.act(action);
      return { ...after, output: shown + after.output };
    }
    switch (action) {
      case "left":
        return this.move(this.cursor - 1);
      case "right":
        return this.move(this.cursor + 1);
      case "word-left":
        return this.move(wordStart(this.cells, this.cursor));
      case "word-right":
        return this.move(wordEnd(this.cells, this.cursor));
      case "home":
        return this.move(0);
      case "end":
        return this.move(this.cells.length);
      case "up":
        return this.recall(this.options.history.previous(textOf(this.cells)));
      case "down":
        return this.recall(this.options.history.next());
      case "backspace":
        return this.backspace();
      case "end-of-input":
      case "delete":
        return this.remove(this.cursor, this.cursor + 1);
      case "kill-word":
        return this.kill(wordStart(this.cells, this.cursor, true), this.cursor);
      case "kill-word-right":
        return this.kill(this.cursor, wordEnd(this.cells, this.cursor));
      case "kill-to-start":
        return this.kill(0, this.cursor);
      case "kill-to-end":
        return this.kill(this.cursor, this.cells.length);
      case "yank":
        return this.insert(this.killed);
      case "transpose":
        return this.transpose();
      case "search":
        this.search = { text: "", at: Infinity, failed: false, before: this.cells };
        return this.draw();
      case "clear":
        this.screen.fresh();
        return { output: `\x1b[2J\x1b[H${this.screen.draw(this.view)}` };
      case "complete":
        return this.complete();
      case "enter":
        return this.enter();
      case "cancel":
        return this.cancel();
      case "abort":
        return { output: BELL };
    }
  }

  private draw(): EditorStep {
    return { output: this.screen.draw(this.view) };
  }

  private move(to: number): EditorStep {
    const from = this.cursor;
    this.cursor = Math.max(0, Math.min(this.cells.length, to));
    return { output: this.screen.moved(this.view, from) };
  }

  private insert(text: string): EditorStep {
    const before = textOf(this.cells.slice(0, this.cursor));
    const behind = textOf(this.cells.slice(this.cursor));
    if (toGuest(before + text + behind).length > RICH_CAPACITY) return { output: BELL };
    const { length } = this.cells;
    // What is typed may join the cell before it: an accent, a part of an emoji.
    const left = cellsOf(before + text);
    this.cells = [...left, ...cellsOf(behind)];
    this.cursor = left.length;
    const added = this.cells.length - length;
    if (added <= 0) return this.draw();
    return { output: this.screen.typed(this.view, added) };
  }

  private backspace(): EditorStep {
    const { cursor } = this;
    if (cursor === 0) return NOTHING;
    const [cell] = this.cells.splice(cursor - 1, 1);
    this.cursor--;
    return { output: this.screen.erased(this.view, cell) };
  }

  private remove(from: number, to: number): EditorStep {
    if (from >= Math.min(to, this.cells.length)) return NOTHING;
    this.cells.splice(from, to - from);
    this.cursor = from;
    return this.draw();
  }

  private kill(from: number, to: number): EditorStep {
    if (from < to) this.killed = textOf(this.cells.slice(from, to));
    return this.remove(from, to);
  }

  /** The character before the cursor changes places with the one under it, as in Emacs; at the end the last two do. */
  private transpose(): EditorStep {
    const { cells } = this;
    const at = Math.min(this.cursor, cells.length - 1);
    if (at < 1) return { output: BELL };
    [cells[at - 1], cells[at]] = [cells[at], cells[at - 1]];
    this.cursor = at + 1;
    return this.draw();
  }

  private recall(line: string | undefined): EditorStep {
    if (line === undefined) return NOTHING;
    this.set(line);
    return this.draw();
  }

  private complete(): EditorStep {
    const before = textOf(this.cells.slice(0, this.cursor));
    const behind = this.cells.slice(this.cursor);
    const { text, choices } = this.options.complete(toGuest(before));
    const certain = fromGuest(text);
    if (toGuest(certain + textOf(behind)).length > RICH_CAPACITY) return { output: BELL };
    if (certain === before && choices.length === 0) return { output: BELL };
    const leave = choices.length > 0 && certain === before ? this.screen.left(this.view) : "";
    const left = cellsOf(certain);
    this.cells = [...left, ...behind];
    this.cursor = left.length;
    if (leave === "") return this.draw();
    const list = inColumns(choices.map(fromGuest), this.screen.columns);
    return { output: leave + list + this.screen.draw(this.view) };
  }

  private enter(): EditorStep {
    const line = textOf(this.cells);
    this.options.history.push(line);
    return this.finish(line, "");
  }

  private cancel(): EditorStep {
    this.options.history.push("");
    return this.finish("", "^C");
  }

  private finish(line: string, mark: string): EditorStep {
    const end = this.move(this.cells.length).output;
    const output = `${end}${mark}${mark === "" ? this.screen.left(this.view) : "\n"}`;
    this.set("");
    this.screen.fresh();
    const buffer = toGuest(line);
    return { output, entered: { buffer, length: buffer.length } };
  }

  private set(line: string): void {
    this.cells = cellsOf(line);
    this.cursor = this.cells.length;
  }

  private actInSearch(action: Action): EditorStep | undefined {
    const { search } = this;
    if (!search) return undefined;
    switch (action) {
      case "search":
        return this.searchFor(search.text, search.at);
      case "backspace":
        return this.searchFor([...search.text].slice(0, -1).join(""), Infinity);
      case "abort":
      case "cancel":
        this.set(textOf(search.before));
        this.search = undefined;
        return this.draw();
      default:
        return undefined;
    }
  }

  private searchFor(text: string, before: number): EditorStep {
    const { search } = this;
    if (!search) return NOTHING;
    search.text = text;
    const found = text === "" ? undefined : this.options.history.find(text, finite(before));
    search.failed = text !== "" && !found;
    if (found) {
      search.at = found.at;
      this.set(found.line);
    }
    return this.draw();
  }
}

const finite = (n: number): number | undefined => (Number.isFinite(n) ? n : undefined);
