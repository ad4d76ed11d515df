import { readSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";
import { isReadable } from "./readable.ts";

/** How long `ready` waits for somebody who types. */
const WAIT_MS = 20;

/** Standard input read when the guest wants it: in virtual time nothing else can happen meanwhile. */
export class Input {
  private readonly buffer = new Uint8Array(65536);
  private ended = false;

  constructor(private readonly fd: number) {}

  /** Whether `next` need not wait for somebody. */
  ready(): boolean {
    return this.fd < 0 || this.ended || isReadable(this.fd, WAIT_MS);
  }

  /** The next piece (a copy), or undefined at the end of input. @throws UserError when it is none */
  next(): Uint8Array | undefined {
    while (!this.ended) {
      try {
        const n = readSync(this.fd, this.buffer, 0, this.buffer.length, null);
        if (n > 0) return this.buffer.slice(0, n);
        this.ended = true;
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (code === "EISDIR")
          throw new UserError(ExitCode.NoInput, "standard input cannot be read: it is a directory");
        if (code === "EAGAIN") Bun.sleepSync(1);
        else this.ended = true;
      }
    }
    return undefined;
  }
}
