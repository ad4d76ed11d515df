/** The host's end of a serial line. */
export interface Link {
  /** What it is, for messages: `/dev/pts/3`, `tcp 127.0.0.1:5000`. */
  readonly where: string;
  /** The other side is so far behind that the guest should wait. */
  readonly congested: boolean;
  /** Takes what the other side sends. */
  onData: (bytes: Uint8Array) => void;
  /** Called when there is room again. */
  onRoom: () => void;
  write(bytes: Uint8Array): void;
  close(): void;
}

/** Bytes kept for a reader that is slow, or not there yet. */
export const BACKLOG_BYTES = 256 * 1024;
/** A reader that takes nothing for so long is taken for absent: the guest goes on without it. */
export const PATIENCE_MS = 1000;

/** Bytes that wait to be sent, oldest first; the newest BACKLOG_BYTES when there are more than `limit`. */
export class Backlog {
  private pieces: Uint8Array[] = [];
  private at = 0;
  length = 0;

  push(bytes: Uint8Array, limit = Infinity): void {
    this.pieces.push(Uint8Array.from(bytes));
    this.length += bytes.length;
    while (this.length > limit && this.pieces.length > 1)
      this.drop(this.pieces[0].length - this.at);
  }

  /** The next bytes; they stay until they are dropped. */
  get first(): Uint8Array | undefined {
    return this.pieces[0]?.subarray(this.at);
  }

  drop(count: number): void {
    this.length -= count;
    this.at += count;
    while (this.pieces.length > 0 && this.at >= this.pieces[0].length) {
      this.at -= this.pieces[0].length;
      this.pieces.shift();
    }
  }

  clear(): void {
    this.pieces = [];
    this.at = 0;
    this.length = 0;
  }
}
