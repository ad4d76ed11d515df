import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { isTerminal } from "./host-terminal.ts";
import { OutputClosed, writeAll } from "./output.ts";
import { isWritable, sendNow } from "./readable.ts";

const STDOUT = 1;

/** How long a time-out or a signal may be late. */
const WAIT_MS = 20;

/**
 * Standard output, where it is a pipe, a socket or a terminal whose reader may be slow: what does not fit is kept, and nothing waits in
 * a call to the system, in which neither a time-out nor a signal is heard. Of Linux only; elsewhere it is written as always.
 */
export class Outlet {
  /** The same pipe or terminal opened once more: our mode is not that of whoever shares standard output with us. A socket as it is. */
  private fd: number | undefined;
  private socket = false;
  private looked = false;
  private kept: Uint8Array[] = [];

  /** @param onFull Called when something had to be kept: whoever prints should pause until `full` is false. */
  constructor(private readonly onFull: () => void) {}

  /** @throws as `writeAll` */
  readonly write = (bytes: Uint8Array): void => {
    if (!this.looked) this.look();
    if (this.fd === undefined) return writeAll(STDOUT, bytes);
    const done = this.kept.length > 0 ? 0 : this.put(this.fd, bytes);
    if (done === bytes.length) return;
    this.kept.push(bytes.slice(done));
    this.onFull();
  };

  /** Whether something is still kept, after another try. @throws as `writeAll` */
  get full(): boolean {
    if (this.fd === undefined) return false;
    while (this.kept.length > 0) {
      const [first] = this.kept;
      const done = this.put(this.fd, first);
      if (done < first.length) {
        this.kept[0] = first.subarray(done);
        return true;
      }
      this.kept.shift();
    }
    return false;
  }

  /** The same, after a while in which there may be room. */
  readonly waits = (): boolean => {
    if (!this.full || this.fd === undefined) return false;
    isWritable(this.fd, WAIT_MS);
    if (!this.full) return false;
    // There is room for a part, or nobody can tell.
    Bun.sleepSync(1);
    return true;
  };

  /** Nobody waits any longer for the reader, who gets what fits. */
  drop(): void {
    try {
      void this.full;
    } catch {
      // Nor is anything to be said about it.
    }
    this.kept = [];
  }

  /** What is kept goes out, however long it takes. */
  close(): void {
    if (this.fd === undefined) return;
    const { kept } = this;
    this.kept = [];
    try {
      for (const piece of kept) writeAll(STDOUT, piece);
    } finally {
      if (!this.socket) closeSync(this.fd);
      this.fd = undefined;
    }
  }

  private look(): void {
    this.looked = true;
    try {
      const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
      const stat = fstatSync(STDOUT);
      if (stat.isSocket()) {
        this.socket = process.platform === "linux";
        if (this.socket) this.fd = STDOUT;
      } else if (stat.isFIFO() || isTerminal(STDOUT)) {
        this.fd = openSync(`/proc/self/fd/${STDOUT}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
      }
    } catch {
      // Another system, or the pipe is somebody else's.
    }
  }

  /** How many bytes were taken. */
  private put(fd: number, bytes: Uint8Array): number {
    let done = 0;
    try {
      for (let tries = 0; this.socket && done < bytes.length;) {
        const sent = sendNow(fd, bytes.subarray(done));
        if (sent < 0 && !isWritable(fd, 0)) return done;
        // It has room, and takes nothing: a byte says why.
        if (sent < 0 && ++tries > 1) done += writeSync(fd, bytes, done, 1);
        if (sent >= 0) done += sent;
      }
      while (done < bytes.length) done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EPIPE" || code === "ECONNRESET") throw new OutputClosed();
      if (code !== "EAGAIN") throw error;
    }
    return done;
  }
}
