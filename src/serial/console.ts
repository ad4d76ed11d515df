import type { ConsoleApi } from "../kernel/types.ts";

const CR = 0x0d;
const LF = 0x0a;

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
  private readonly lines: Uint8Array[] = [];
  private rest: number[] = [];
  private afterCr = false;
  private closed = false;
  private due = 0;
  private typed = 0;
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
      this.rest.push(byte === LF ? CR : byte);
      if (byte === CR || byte === LF) this.cut();
    }
  }

  /** No more bytes will come; after the last line the console is at its end. */
  close(): void {
    this.closed = true;
    if (this.rest.length === 0) return;
    if (this.options.enterLast) this.rest.push(CR);
    this.cut();
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
    if (pace) {
      const { silence, least } = pace(this.typed);
      this.due = Math.max(this.lastOutput + silence, this.lastTyped + least);
    }
    if (tick < this.due && (pace || this.lines.length > 0)) return { wait: this.due };
    const line = this.lines.shift();
    if (!line) {
      this.console.end();
      return "ended";
    }
    this.console.feed(line);
    this.typed++;
    this.lastTyped = tick;
    // Silence is counted anew from the line on, also when nothing comes back.
    this.lastOutput = tick;
    this.due = tick + (this.options.delay ?? 0);
    return "typed";
  }

  private cut(): void {
    this.lines.push(Uint8Array.from(this.rest));
    this.rest = [];
  }
}
