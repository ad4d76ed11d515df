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

/** Longest piece that is looked at byte by byte: less than a call of the host costs. */
const LINE_MAX = 256;

/** Where the first return is; -1: there is none. */
function firstReturn(bytes: Uint8Array): number {
  if (bytes.length > LINE_MAX) return bytes.indexOf(CR);
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === CR) return at;
  return -1;
}

/** The line without its return. */
function withoutReturn(line: Uint8Array): Uint8Array {
  const length = line.length - 1;
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at++) out[at] = line[at];
  out[length - 1] = LF;
  return out;
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

/** `\r\n` of the serial line becomes `\n` for files and pipes; a lone `\r` stays. */
export class LineEndFilter {
  private pending = false;

  constructor(private readonly next: (bytes: Uint8Array) => void) {}

  write(bytes: Uint8Array): void {
    const { length: size } = bytes;
    if (size === 0) return;
    const before = Number(this.pending);
    if (before === 0) {
      const at = firstReturn(bytes);
      if (at < 0) return this.next(bytes);
      // One line of a program.
      if (at === size - 2 && bytes[at + 1] === LF && size <= LINE_MAX)
        return this.next(withoutReturn(bytes));
    }
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
