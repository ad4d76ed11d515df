/** Numbers of one piece: 8 KiB of bits. */
const PIECE = 0x10000;

/** A set of cluster numbers, one bit each; only where there are some does it take memory. */
export class Bits {
  private readonly pieces: (Uint8Array | undefined)[] = [];

  has(n: number): boolean {
    const piece = this.pieces[n >>> 16];
    return piece !== undefined && (piece[(n & 0xffff) >>> 3] & (1 << (n & 7))) !== 0;
  }

  add(n: number): void {
    const piece = (this.pieces[n >>> 16] ??= new Uint8Array(PIECE / 8));
    piece[(n & 0xffff) >>> 3] |= 1 << (n & 7);
  }

  remove(n: number): void {
    const piece = this.pieces[n >>> 16];
    if (piece) piece[(n & 0xffff) >>> 3] &= ~(1 << (n & 7));
  }
}
