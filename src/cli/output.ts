import { fstatSync, readFileSync, writeSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The reader of our output went away (`| head`): not an error, but nothing more can be said. */
export class OutputClosed extends Error {}

const FLUSH_BYTES = 65536;

/** Up to here bytes are copied one by one: programs that print characters. */
const FEW = 16;

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
    if (bytes.length > FEW) this.buffer.set(bytes, this.used);
    else for (let at = 0; at < bytes.length; at++) this.buffer[this.used + at] = bytes[at];
    this.used += bytes.length;
  }

  end(): void {
    this.flush();
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
  let to = bytes.indexOf(CR);
  if (to < 0) return length;
  for (let from = to; from < length; from++) {
    const byte = bytes[from];
    if (byte !== CR || bytes[from + 1] !== LF) bytes[to++] = byte;
  }
  return to;
}

/** Why a descriptor cannot be written to. */
const WHY: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the device",
  EDQUOT: "the quota is used up",
  EFBIG: "the file would be too large",
  EIO: "the device has an error",
  EBADF: "it is closed, or open for reading only",
};

/** The reader of a pipe or a socket has gone. */
const GONE = new Set(["EPIPE", "ECONNRESET"]);

const STDOUT = 1;
let looked = false;

/**
 * Writes everything, also when the descriptor is a pipe in non-blocking mode. @throws OutputClosed when the reader has gone; UserError
 * (74) when it cannot be written
 */
export function writeAll(fd: number, bytes: Uint8Array, what = "the output"): void {
  if (fd === STDOUT && !looked && bytes.length > 0) {
    if (wasClosed(fd)) throw cannot(what, "EBADF");
    looked = true;
  }
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as { code?: string };
      if (GONE.has(code ?? "")) throw new OutputClosed();
      if (code !== "EAGAIN") throw cannot(what, code ?? String(error));
      Bun.sleepSync(1);
    }
  }
}

function cannot(what: string, code: string): UserError {
  return new UserError(
    ExitCode.NoOutput,
    `cannot write ${what}: ${WHY[code] ? `${code}, ${WHY[code]}` : code}`,
  );
}

/** O_CLOEXEC of Linux on ARM, x86 and RISC-V. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Whether the process was started without this descriptor. The runtime then puts /dev/null there; it is known by its being closed by
 * exec(), which an inherited descriptor cannot be. Only Linux tells.
 */
function wasClosed(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
    return flags !== null && (Number.parseInt(flags[1], 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return false;
  }
}

/** Collects what the serial line prints, for files and pipes: `\r\n` becomes `\n`, a lone `\r` stays. */
export class LineEndFilter {
  private readonly buffer = new Uint8Array(FLUSH_BYTES);
  private used = 0;

  constructor(private readonly next: (bytes: Uint8Array) => void) {}

  write(bytes: Uint8Array): void {
    let piece = bytes;
    for (;;) {
      const room = FLUSH_BYTES - this.used;
      if (piece.length <= room) break;
      this.copy(piece.subarray(0, room));
      this.flush();
      piece = piece.subarray(room);
    }
    this.copy(piece);
  }

  /** Gives away all but a return that may belong to a line feed. */
  flush(): void {
    const { buffer, used } = this;
    if (used === 0) return;
    const left = dropReturns(buffer.subarray(0, used));
    const pending = Number(buffer[left - 1] === CR);
    this.used = pending;
    if (left > pending) this.next(buffer.subarray(0, left - pending));
    buffer[0] = CR;
  }

  end(): void {
    this.flush();
    if (this.used > 0) this.next(new Uint8Array([CR]));
    this.used = 0;
  }

  private copy(bytes: Uint8Array): void {
    const { buffer, used } = this;
    if (bytes.length > FEW) buffer.set(bytes, used);
    else for (let at = 0; at < bytes.length; at++) buffer[used + at] = bytes[at];
    this.used += bytes.length;
  }
}
