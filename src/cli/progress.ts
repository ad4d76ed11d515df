import type { TransferProgress, TransferWait } from "../shell/mod.ts";
import { writeAll } from "./output.ts";

/** Between two looks at a transfer. */
const INTERVAL_MS = 200;

/** Says on stderr how file transfers get on: one line that changes in a terminal, one per file elsewhere. */
export class Progress {
  private readonly terminal: boolean;
  private started = 0;
  private shown = 0;

  constructor(fd = 2) {
    this.terminal = process.stderr.isTTY === true && fd === 2;
  }

  readonly event = (event: TransferProgress): void => {
    const now = performance.now();
    if (event.state === "begin") {
      this.started = now;
      this.shown = 0;
    }
    const last = event.state === "complete" || event.state === "failed";
    if (event.state === "end" || (event.state === "failed" && event.path === "")) return;
    if (!last && (!this.terminal || now - this.shown < INTERVAL_MS)) return;
    this.shown = now;
    const text = this.text(event, now);
    this.say(this.terminal ? `\r\x1b[K${text}${last ? "\n" : ""}` : `${text}\n`);
  };

  private text({ direction, path, size, done, state }: TransferProgress, now: number): string {
    const seconds = Math.max((now - this.started) / 1000, 0.001);
    const speed = `${(done / 1024 / seconds).toFixed(0)} KiB/s`;
    const share = size ? `, ${Math.floor((100 * done) / size)}%` : "";
    const bytes = size === undefined ? `${done} bytes` : `${done} of ${size} bytes${share}`;
    const word = direction === "receive" ? "receiving" : "sending";
    return `rtt-sim: ${word} ${shown(path)}: ${bytes}, ${speed}${state === "failed" ? ", failed" : ""}`;
  }

  private say(text: string): void {
    writeAll(2, new TextEncoder().encode(text));
  }
}

/** What a transfer waits for, and how to end it. */
export function waitText({ direction, line, keys }: TransferWait): string {
  const whom = direction === "receive" ? "a sender" : "a receiver";
  return `waiting for ${whom} on ${line}; ${keys} cancels`;
}

/** A name of the guest's, one character per byte, as it is meant; what a terminal would obey is not shown. */
const shown = (path: string): string =>
  Buffer.from(path, "latin1")
    .toString("utf8")
    .replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
