import type { ConsoleApi } from "../kernel/types.ts";

const CR = 0x0d;
const LF = 0x0a;

/** Of a line without an end so much is typed at once. */
const PIECE = 65536;

export interface LineFeederOptions {
  /** Ticks to let pass between two lines, so that programs started by one are seen before the next; default 0. */
  readonly delay?: number;
  /** When each line (0-based) is typed; without it, as soon as the system is idle. */
  readonly pace?: (line: number) => LinePace;
  /** Enter is typed behind a last line that has no end. */
  readonly enterLast?: boolean;
}

/** In ticks. */
export interface LinePace {
  /** Since the last output. */
  readonly silence: number;
  /** Since the line before, at least. */
  readonly least: number;
}

/**
 * What the machine should do next.
 * - typed: bytes were sent, run on.
 * - wait: run to that tick, then ask again.
 * - starved: every line so far was typed; push more or close.
 * - ended: the last line was typed.
 */
export type FeederState = "typed" | { readonly wait: number } | "starved" | "ended";

/**
 * Types a stream of host bytes at the console line by line, each with one CR for Enter, whatever ends the lines of the host
 * (LF, CR, CR LF). The machine asks whenever the system is idle.
 */
export class LineFeeder {
  /** Tick at which the line before was typed. */
  lastTyped = 0;
  /** Bytes that are not typed yet. */
  waiting = 0;
  private readonly lines: Uint8Array[] = [];
  /** What stands behind the last end of a line. */
  private rest = new Uint8Array(256);
  private length = 0;
  private afterCr = false;
  private closed = false;
  private due = 0;
  private typed = 0;
  /** What was cut last has no end of a line, what was typed last neither. */
  private cutInLine = false;
  private inLine = false;
  private lastOutput = 0;

  constructor(
    private readonly console: Pick<ConsoleApi, "feed" | "end">,
    private readonly options: LineFeederOptions = {},
  ) {}

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const second = this.afterCr && byte === LF;
      this.afterCr = byte === CR;
      if (second) continue;
      this.add(byte === LF ? CR : byte);
      if (byte === CR || byte === LF || this.length === PIECE) this.cut();
    }
  }

  /** No more bytes will come; after the last line the console is at its end. */
  close(): void {
    this.closed = true;
    if (this.length === 0 && !this.cutInLine) return;
    if (this.options.enterLast) this.add(CR);
    if (this.length > 0) this.cut();
  }

  /** The system starts again: its ticks are counted from 0. */
  restart(): void {
    this.due = 0;
    this.lastTyped = 0;
    this.lastOutput = 0;
  }

  /** The guest has printed something. */
  heard(tick: number): void {
    this.lastOutput = tick;
  }

  /** Types the next line when it is due. To be called when no thread can run at once, or with a pace at any time. */
  step(tick: number): FeederState {
    const { pace } = this.options;
    if (this.lines.length === 0 && !this.closed) return "starved";
    // The rest of a long line follows its start at once.
    const within = this.inLine && this.lines.length > 0;
    if (pace && !within) {
      const { silence, least } = pace(this.typed);
      this.due = Math.max(this.lastOutput + silence, this.lastTyped + least);
    }
    if (!within && tick < this.due && (pace || this.lines.length > 0)) return { wait: this.due };
    const line = this.lines.shift();
    if (!line) {
      this.console.end();
      return "ended";
    }
    this.waiting -= line.length;
    this.console.feed(line);
    this.inLine = line.at(-1) !== CR;
    if (!this.inLine) this.typed++;
    this.lastTyped = tick;
    // Silence is counted anew from the line on, also when nothing comes back.
    this.lastOutput = tick;
    this.due = tick + (this.options.delay ?? 0);
    return "typed";
  }

  private add(byte: number): void {
    if (this.length === this.rest.length) {
      const { rest } = this;
      this.rest = new Uint8Array(2 * rest.length);
      this.rest.set(rest);
    }
    this.rest[this.length++] = byte;
    this.waiting++;
  }

  private cut(): void {
    this.cutInLine = this.rest[this.length - 1] !== CR;
    this.lines.push(this.rest.slice(0, this.length));
    this.length = 0;
  }
}
