/** Numbers of one piece: 8 KiB of bits. */
const PIECE = 0x10000;

/** A set of numbers of sectors or clusters, one bit each; only where there are some does it take memory. */
export class Bits {
  private readonly pieces: (Uint8Array | undefined)[] = [];

  has(n: number): boolean {
    const piece = this.pieces[Math.trunc(n / PIECE)];
    return piece !== undefined && (piece[(n & 0xffff) >>> 3] & (1 << (n & 7))) !== 0;
  }

  add(n: number): void {
    const piece = (this.pieces[Math.trunc(n / PIECE)] ??= new Uint8Array(PIECE / 8));
    piece[(n & 0xffff) >>> 3] |= 1 << (n & 7);
  }

  remove(n: number): void {
    const piece = this.pieces[Math.trunc(n / PIECE)];
    if (piece) piece[(n & 0xffff) >>> 3] &= ~(1 << (n & 7));
  }

  /** The numbers, smallest first. */
  *[Symbol.iterator](): Generator<number> {
    for (const [index, piece] of this.pieces.entries()) {
      if (!piece) continue;
      for (let i = 0; i < PIECE; i++) if (piece[i >>> 3] & (1 << (i & 7))) yield index * PIECE + i;
    }
  }

  clear(): void {
    this.pieces.length = 0;
  }
}
