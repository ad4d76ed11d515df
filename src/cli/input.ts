import { readSync } from "node:fs";

/** Standard input read when the guest wants it; blocks, because in virtual time nothing else can happen meanwhile. */
export class Input {
  private readonly buffer = new Uint8Array(65536);
  private ended = false;

  constructor(private readonly fd: number) {}

  /** The next piece (a copy), or undefined at the end of input. */
  next(): Uint8Array | undefined {
    while (!this.ended) {
      try {
        const n = readSync(this.fd, this.buffer, 0, this.buffer.length, null);
        if (n > 0) return this.buffer.slice(0, n);
        this.ended = true;
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (code === "EAGAIN") Bun.sleepSync(1);
        else this.ended = true;
      }
    }
    return undefined;
  }
}

/** Cuts a byte stream into lines at LF, CR or CR LF; the last one may lack its end. */
export class LineReader {
  private rest = new Uint8Array(0);
  private done = false;

  constructor(private readonly input: Input) {}

  /** The next line without its end, or undefined when there is none left. */
  next(): Uint8Array | undefined {
    for (;;) {
      const end = this.rest.findIndex((byte) => byte === 0x0a || byte === 0x0d);
      const cr = end >= 0 && this.rest[end] === 0x0d;
      // A CR at the very end may be half of CR LF: look further before cutting.
      if (end >= 0 && (this.done || !cr || end + 1 < this.rest.length)) {
        const line = this.rest.slice(0, end);
        this.rest = this.rest.slice(end + (cr && this.rest[end + 1] === 0x0a ? 2 : 1));
        return line;
      }
      if (this.done) {
        if (this.rest.length === 0) return undefined;
        const line = this.rest;
        this.rest = new Uint8Array(0);
        return line;
      }
      const piece = this.input.next();
      if (piece === undefined) {
        this.done = true;
        continue;
      }
      const joined = new Uint8Array(this.rest.length + piece.length);
      joined.set(this.rest);
      joined.set(piece, this.rest.length);
      this.rest = joined;
    }
  }
}
