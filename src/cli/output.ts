import { fstatSync, readFileSync, writeSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The reader of our output went away (`| head`): not an error, but nothing more can be said. */
export class OutputClosed extends Error {}

const FLUSH_BYTES = 65536;

/** Up to here bytes are copied one by one: programs that print characters. */
const FEW = 4;

const CR = 0x0d;
const LF = 0x0a;

/** Guest output on a host descriptor: collected, and written in large pieces when the system is idle. */
export class Output {
  private readonly buffer = new Uint8Array(FLUSH_BYTES);
  private used = 0;

  /** @param terminal It goes to a terminal in raw mode, which adds a carriage return to every line feed itself. */
  constructor(
    fd: number,
    private readonly terminal = false,
    /** For messages. */
    what = "the output",
    /** Takes what would be written to the descriptor. */
    private readonly sink = (bytes: Uint8Array): void => writeAll(fd, bytes, what),
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
    this.sink(bytes.subarray(0, left));
  }
}

/** Makes CR LF to LF in place; how many bytes are left. A CR at the end stays, whatever follows. */
function dropReturns(bytes: Uint8Array): number {
  const { length } = bytes;
  let to = bytes.indexOf(CR);
  if (to < 0) return length;
  for (let at = to; at < length;) {
    const next = bytes.indexOf(CR, at + 1);
    const end = next < 0 ? length : next;
    const start = bytes[at + 1] === LF ? at + 1 : at;
    bytes.copyWithin(to, start, end);
    to += end - start;
    at = end;
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

/** Copies a piece without a view of `this`, which may be all memory of the guest. */
const copyPiece = Buffer.prototype.copy;

/** Collects what the serial line prints, for files and pipes: `\r\n` becomes `\n`, a lone `\r` stays. */
export class LineEndFilter {
  private readonly buffer = new Uint8Array(FLUSH_BYTES);
  private used = 0;
  /** Before here the returns are out. */
  private clean = 0;

  constructor(private readonly next: (bytes: Uint8Array) => void) {}

  write(bytes: Uint8Array): void {
    this.add(bytes, 0, bytes.length, false);
  }

  /** Takes the bytes from `start` up to `end`, before each `\n` of which the line has put a `\r`: they are what is left of it. */
  text(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return;
    if (this.clean < this.used) this.clear();
    if (end - start <= FLUSH_BYTES - this.used) this.copy(bytes, start, end, true);
    else this.add(bytes, start, end, true);
  }

  /** Gives away all but a return that may belong to a line feed. */
  flush(): void {
    if (this.used === 0) return;
    this.clear();
    const { buffer, used } = this;
    const pending = Number(buffer[used - 1] === CR);
    this.used = pending;
    this.clean = 0;
    if (used > pending) this.next(buffer.subarray(0, used - pending));
    buffer[0] = CR;
  }

  end(): void {
    this.flush();
    if (this.used > 0) this.next(new Uint8Array([CR]));
    this.used = this.clean = 0;
  }

  /** Takes the returns out of what came as it was on the line. */
  private clear(): void {
    const { buffer, used, clean } = this;
    if (clean < used) this.used = clean + dropReturns(buffer.subarray(clean, used));
    this.clean = this.used;
  }

  private add(bytes: Uint8Array, start: number, end: number, text: boolean): void {
    let from = start;
    for (;;) {
      const room = FLUSH_BYTES - this.used;
      if (end - from <= room) break;
      this.copy(bytes, from, from + room, text);
      from += room;
      this.flush();
    }
    this.copy(bytes, from, end, text);
  }

  private copy(bytes: Uint8Array, start: number, end: number, text: boolean): void {
    const { buffer } = this;
    let to = this.used;
    if (end - start > FEW) to += copyPiece.call(bytes, buffer, to, start, end);
    else for (let at = start; at < end; at++) buffer[to++] = bytes[at];
    this.used = to;
    // A return at the end may stand before a line feed that is sent as it is.
    if (text && end > start) this.clean = buffer[to - 1] === CR ? to - 1 : to;
  }
}
