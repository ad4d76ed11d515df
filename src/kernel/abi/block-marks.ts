/**
 * The first word of a block's header in the small-memory heap: whose header it is, and whether the block is used. The links that follow it,
 * and the letters of the thread, are the same in all versions.
 */
export class BlockMarks {
  private constructor(
    /** The word of a free block. */
    readonly free: number,
    /** The word of a used block. */
    readonly taken: number,
    /** The bits that say whose header it is; the others say whether the block is used. */
    private readonly owner: number,
  ) {}

  /** struct heap_mem of RT-Thread 4.0.4: u16 magic, u16 used. */
  static readonly magic = new BlockMarks(0x1ea0, 0x11ea0, 0xffff);

  /** struct rt_small_mem_item of 4.1 and later: the address of the heap's struct rt_small_mem, with bit 0 when the block is used. */
  static pool(heap: number): BlockMarks {
    return new BlockMarks(heap | 0, heap | 1, ~1);
  }

  /** It is one of the two words. */
  isWhole(word: number): boolean {
    return (word | 0) === this.free || (word | 0) === this.taken;
  }
  /** It may be used by something else than 1. */
  isSound(word: number): boolean {
    return (word & this.owner) === (this.free & this.owner);
  }
  isUsed(word: number): boolean {
    return (word & ~this.owner) !== 0;
  }
}
