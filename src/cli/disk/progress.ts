import { writeAll } from "../output.ts";

/** Work that takes less shows nothing. */
const QUIET_MS = 1000;
const PERIOD_MS = 200;

/** A line on the terminal about work that takes more than a second. */
export class Progress {
  private readonly shown = process.stderr.isTTY === true;
  private readonly started = performance.now();
  private last = 0;
  private visible = false;

  /** `what` is a phrase like "copying"; `total` in bytes, or a number of files; 0: nobody knows how much there is. */
  constructor(
    private readonly what: string,
    private total: number,
    private readonly unit: "bytes" | "files" = "bytes",
  ) {}

  /** So much of the total is done. */
  at(done: number, total = this.total): void {
    this.total = total;
    if (!this.shown) return;
    const now = performance.now();
    if (now - this.started < QUIET_MS || now - this.last < PERIOD_MS) return;
    this.last = now;
    this.visible = true;
    const amount = (n: number): string => (this.unit === "files" ? `${n} files` : readable(n));
    const share = `${Math.min(100, Math.floor((100 * done) / total))}% of ${amount(total)}`;
    say(`\r\x1b[Krtt-sim: ${this.what} ${total > 0 ? share : `${amount(done)} so far`}`);
  }

  end(): void {
    if (this.visible) say("\r\x1b[K");
    this.visible = false;
  }
}

function say(text: string): void {
  writeAll(2, new TextEncoder().encode(text));
}

/** `512 bytes`, `1.5 KiB`, `64 MiB`. */
export function readable(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
