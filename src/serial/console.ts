import type { ConsoleApi } from "../kernel/types.ts";

const CR = 0x0d;
const LF = 0x0a;

export interface LineFeederOptions {
  /** Ticks to let pass between two lines, so that programs started by one are seen before the next; default 0. */
  readonly delay?: number;
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
 * (LF, CR, CR LF). The machine asks whenever the system is idle. A last line without an end is typed without Enter.
 */
export class LineFeeder {
  private readonly lines: Uint8Array[] = [];
  private rest: number[] = [];
  private afterCr = false;
  private closed = false;
  private due = 0;

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
    if (this.rest.length > 0) this.cut();
  }

  /** Types the next line when it is due. To be called when no thread can run at once. */
  step(tick: number): FeederState {
    if (this.lines.length === 0) {
      if (!this.closed) return "starved";
      this.console.end();
      return "ended";
    }
    if (tick < this.due) return { wait: this.due };
    this.console.feed(this.lines.shift() as Uint8Array);
    this.due = tick + (this.options.delay ?? 0);
    return "typed";
  }

  private cut(): void {
    this.lines.push(Uint8Array.from(this.rest));
    this.rest = [];
  }
}
