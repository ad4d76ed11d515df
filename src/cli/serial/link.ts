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
  /** Whoever sends waits until `goOn`. Absent: what the guest is too slow for is lost, as it would be at a UART. */
  hold?(): void;
  goOn?(): void;
  /** What waits for the other side is given up. */
  drop?(): void;
  close(): void;
}

/** Bytes kept for a reader that is slow, or not there yet. */
export const BACKLOG_BYTES = 256 * 1024;
/** A reader that takes nothing for so long is taken for absent: the guest goes on without it. */
export const PATIENCE_MS = 1000;

/** What is printed character by character is kept in pieces of that size. */
const PIECE_BYTES = 4096;

/** Bytes that wait to be sent, oldest first; the newest BACKLOG_BYTES when there are more than `limit`. */
export class Backlog {
  private pieces: Uint8Array[] = [];
  private at = 0;
  /** Free bytes at the end of the last piece. */
  private room = 0;
  length = 0;

  push(bytes: Uint8Array, limit = Infinity): void {
    const count = bytes.length;
    if (count > this.room) {
      this.trim();
      const piece = new Uint8Array(Math.max(count, PIECE_BYTES));
      this.pieces.push(piece);
      this.room = piece.length;
    }
    const last = this.pieces[this.pieces.length - 1];
    if (count > 0) last.set(bytes, last.length - this.room);
    this.room -= count;
    this.length += count;
    while (this.length > limit && this.pieces.length > 1)
      this.drop(this.pieces[0].length - this.at);
  }

  /** The next bytes; they stay until they are dropped. */
  get first(): Uint8Array | undefined {
    if (this.length === 0) return undefined;
    const piece = this.pieces[0];
    return piece.subarray(
      this.at,
      this.pieces.length > 1 ? piece.length : piece.length - this.room,
    );
  }

  drop(count: number): void {
    this.length -= count;
    this.at += count;
    while (this.pieces.length > 0 && this.at >= this.pieces[0].length) {
      this.at -= this.pieces[0].length;
      this.pieces.shift();
    }
    if (this.length === 0) this.clear();
  }

  clear(): void {
    this.pieces = [];
    this.at = 0;
    this.room = 0;
    this.length = 0;
  }

  /** The last piece ends with its last byte. */
  private trim(): void {
    if (this.room === 0) return;
    const last = this.pieces.length - 1;
    this.pieces[last] = this.pieces[last].subarray(0, this.pieces[last].length - this.room);
    this.room = 0;
  }
}
