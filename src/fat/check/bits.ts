/** A set of cluster numbers, one bit each. */
export class Bits {
  private readonly bytes: Uint8Array;

  /** For numbers below `limit`. */
  constructor(limit: number) {
    this.bytes = new Uint8Array((limit + 7) >>> 3);
  }

  has(n: number): boolean {
    return (this.bytes[n >>> 3] & (1 << (n & 7))) !== 0;
  }

  remove(n: number): void {
    this.bytes[n >>> 3] &= ~(1 << (n & 7));
  }

  add(n: number): void {
    this.bytes[n >>> 3] |= 1 << (n & 7);
  }
}
