import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ExitCode, UserError } from "../exit-codes.ts";
import { hostError } from "../host-file.ts";

/** An archive larger than this is not read. */
const MAX_ARCHIVE = 2 ** 30;

/** An archive of the host, read in pieces. */
export class Archive {
  readonly size: number;
  private readonly fd: number;

  /** @throws UserError */
  constructor(readonly path: string) {
    try {
      this.fd = openSync(path, "r");
    } catch (error) {
      throw hostError(path, error);
    }
    this.size = fstatSync(this.fd).size;
    if (this.size <= MAX_ARCHIVE) return;
    this.close();
    throw new UserError(ExitCode.BadData, `${path} is larger than 1 GiB; unpack it first`);
  }

  /** Fills the array from an offset on; gives fewer bytes only at the end of the file. */
  read(offset: number, into: Uint8Array): number {
    let done = 0;
    try {
      while (done < into.length) {
        const n = readSync(this.fd, into, done, into.length - done, offset + done);
        if (n === 0) break;
        done += n;
      }
    } catch (error) {
      throw hostError(this.path, error);
    }
    return done;
  }

  /** The bytes of a range; fewer at the end of the file. */
  bytes(offset: number, length: number): Uint8Array {
    const into = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    return into.subarray(0, this.read(offset, into));
  }

  /** Reads a range piece by piece, as `inflate` asks for it. */
  source(offset: number, length: number): (into: Uint8Array) => number {
    let at = offset;
    return (into) => {
      const n = this.read(at, into.subarray(0, Math.min(into.length, offset + length - at)));
      at += n;
      return n;
    };
  }

  close(): void {
    closeSync(this.fd);
  }
}
