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
  ) {}

  write(bytes: Uint8Array): void {
    if (bytes.length > FLUSH_BYTES - this.used) this.flush();
    if (bytes.length > FLUSH_BYTES) {
      this.send(bytes);
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
    writeAll(this.fd, this.terminal ? withoutReturns(bytes) : bytes);
  }
}

/** CR LF as LF; the bytes themselves when there is none. */
function withoutReturns(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CR)) return bytes;
  const out = new Uint8Array(bytes.length);
  let n = 0;
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i] !== CR || bytes[i + 1] !== LF) out[n++] = bytes[i];
  return out.subarray(0, n);
}

/** Writes everything, also when the descriptor is a pipe in non-blocking mode. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "EPIPE") throw new OutputClosed();
      if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" || code === "EIO")
        throw new UserError(ExitCode.NoOutput, `cannot write the output: ${code}`);
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
    if (!this.pending && !bytes.includes(CR)) {
      this.next(bytes);
      return;
    }
    const out = new Uint8Array(bytes.length + 1);
    let { pending } = this;
    let n = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (pending && byte !== LF) out[n++] = CR;
      pending = byte === CR;
      if (!pending) out[n++] = byte;
    }
    this.pending = pending;
    if (n > 0) this.next(out.subarray(0, n));
  }

  end(): void {
    if (this.pending) this.next(new Uint8Array([CR]));
    this.pending = false;
  }
}
