/** More than a person pastes; a line that nobody reads loses what comes then, as a UART does. */
const LIMIT = 4 << 20;

/** Bytes in the order in which they arrived: a ring that grows. */
export class ByteQueue {
  private ring = new Uint8Array(256);
  private start = 0;
  length = 0;

  push(bytes: Uint8Array): void {
    const count = Math.min(bytes.length, LIMIT - this.length);
    this.reserve(this.length + count);
    const mask = this.ring.length - 1;
    for (let i = 0, at = this.start + this.length; i < count; i++, at++)
      this.ring[at & mask] = bytes[i];
    this.length += count;
  }

  /** The first byte, which stays; there has to be one. */
  get first(): number {
    return this.ring[this.start];
  }

  /** The first byte; there has to be one. */
  shift(): number {
    const byte = this.ring[this.start];
    this.start = (this.start + 1) & (this.ring.length - 1);
    this.length--;
    return byte;
  }

  /** At most `count` bytes. */
  take(count: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(count, this.length)));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.shift();
    return bytes;
  }

  private reserve(length: number): void {
    if (length <= this.ring.length) return;
    let size = this.ring.length;
    while (size < length) size *= 2;
    const ring = new Uint8Array(size);
    const { length: held } = this;
    for (let i = 0; i < held; i++) ring[i] = this.ring[(this.start + i) & (this.ring.length - 1)];
    this.ring = ring;
    this.start = 0;
  }
}
