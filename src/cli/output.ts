import { writeSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The reader of our output went away (`| head`): not an error, but nothing more can be said. */
export class OutputClosed extends Error {}

const FLUSH_BYTES = 65536;

const CR = 0x0d;
const LF = 0x0a;

/** Guest output on a host descriptor: collected, and written in large pieces when the system is idle. */
export class Output {
  private readonly buffer = new Uint8Array(FLUSH_BYTES);
  private used = 0;

  /** @param terminal It goes to a terminal in raw mode, which adds a carriage return to every line feed itself. */
  constructor(
    private readonly fd: number,
    private readonly terminal = false,
    /** For messages. */
    private readonly what = "the output",
  ) {}

  write(bytes: Uint8Array): void {
    if (bytes.length > FLUSH_BYTES - this.used) this.flush();
    if (bytes.length > FLUSH_BYTES) {
      this.send(this.terminal ? bytes.slice() : bytes);
      return;
    }
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  flush(): void {
    if (this.used === 0) return;
    const bytes = this.buffer.subarray(0, this.used);
    this.used = 0;
    this.send(bytes);
  }

  private send(bytes: Uint8Array): void {
    const left = this.terminal ? dropReturns(bytes) : bytes.length;
    writeAll(this.fd, bytes.subarray(0, left), this.what);
  }
}

/** Makes CR LF to LF in place; how many bytes are left. A CR at the end stays, whatever follows. */
function dropReturns(bytes: Uint8Array): number {
  const { length } = bytes;
  let from = bytes.indexOf(CR);
  if (from < 0) return length;
  let to = from;
  while (from < length) {
    const start = bytes[from + 1] === LF ? from + 1 : from;
    const next = bytes.indexOf(CR, from + 1);
    const end = next < 0 ? length : next;
    bytes.copyWithin(to, start, end);
    to += end - start;
    from = end;
  }
  return to;
}

/** Writes everything, also when the descriptor is a pipe in non-blocking mode. */
export function writeAll(fd: number, bytes: Uint8Array, what = "the output"): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "EPIPE") throw new OutputClosed();
      if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" || code === "EIO")
        throw new UserError(ExitCode.NoOutput, `cannot write ${what}: ${code}`);
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
}

/** `\r\n` of the serial line becomes `\n` for files and pipes; a lone `\r` stays. */
export class LineEndFilter {
  private pending = false;

  constructor(private readonly next: (bytes: Uint8Array) => void) {}

  write(bytes: Uint8Array): void {
    const before = Number(this.pending);
    if (before === 0 && !bytes.includes(CR)) {
      this.next(bytes);
      return;
    }
    if (bytes.length === 0) return;
    const out = new Uint8Array(before + bytes.length);
    out[0] = CR;
    out.set(bytes, before);
    const left = dropReturns(out);
    this.pending = out[left - 1] === CR;
    const length = left - Number(this.pending);
    if (length > 0) this.next(out.subarray(0, length));
  }

  end(): void {
    if (this.pending) this.next(new Uint8Array([CR]));
    this.pending = false;
  }
}
