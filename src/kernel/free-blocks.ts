import type { GuestMemory } from "../memory/mod.ts";
import type { BlockMarks } from "./abi/block-marks.ts";
import { HEAP_MEM } from "./abi/layout.ts";

/** Bytes of the heap that one entry of the index stands for, at least; a header takes 16 and the smallest block 12 of them. */
const CHUNK_SHIFT = 10;
/** Entries at most: larger heaps have larger chunks. */
const CHUNKS = 1 << 17;
/** Headers that `patrol` looks at. */
const PATROL = 16;

/**
 * Where the free blocks of a heap are, so that first fit need not walk over blocks in use: a tree of the largest free block that begins
 * in each chunk of the heap. The headers in guest memory stay the truth: whoever finds one that is not as the index has it, drops the
 * index and walks.
 */
export class FreeBlocks {
  /** Size, with its header, of the largest free block of what is below a node; 1 is the root, the chunks begin at `chunks`. */
  private readonly largest: Int32Array;
  /** Header of the lowest free block of a chunk; 0: none. */
  private readonly lowest: Int32Array;
  private readonly chunks: number;
  private readonly shift: number;
  /** Header that `patrol` looks at next. */
  private beat: number;
  /** A header was overwritten. */
  broken = false;

  /** Walks over all blocks from `begin` to the header `last`, which is in use. */
  constructor(
    private readonly memory: GuestMemory,
    private readonly begin: number,
    private readonly last: number,
    private readonly marks: BlockMarks,
  ) {
    let shift = CHUNK_SHIFT;
    while ((last - begin) >>> shift >= CHUNKS) shift++;
    this.shift = shift;
    this.chunks = 1 << (32 - Math.clz32((last - begin) >>> shift));
    this.largest = new Int32Array(2 * this.chunks);
    this.lowest = new Int32Array(this.chunks);
    this.beat = begin;
    for (let mem = begin; mem !== last && !this.broken;) {
      const next = this.next(mem);
      if (!this.broken && this.isFree(mem)) this.add(mem, next - mem);
      mem = next;
    }
  }

  /** Header of the lowest free block of at least `size` bytes, header included; 0: none. */
  find(size: number): number {
    const { largest, chunks } = this;
    if (largest[1] < size) return 0;
    let node = 1;
    while (node < chunks) {
      node *= 2;
      if (largest[node] < size) node++;
    }
    for (let mem = this.lowest[node - chunks] >>> 0; this.chunk(mem) === node - chunks;) {
      const next = this.next(mem);
      if (this.broken) return 0;
      if (this.isFree(mem) && next - mem >= size) return mem;
      mem = next;
    }
    // The guest changed a header.
    this.broken = true;
    return 0;
  }

  /** The block became free, or grew. */
  add(mem: number, size: number): void {
    // Where an overwritten header points.
    if (mem < this.begin || mem >= this.last) this.broken = true;
    if (this.broken) return;
    const chunk = this.chunk(mem);
    const lowest = this.lowest[chunk] >>> 0;
    if (lowest === 0 || mem < lowest) this.lowest[chunk] = mem;
    if (size > this.largest[this.chunks + chunk]) this.raise(chunk, size);
  }

  /** There is no free block of `size` bytes at `mem` any more; what follows begins at `after`. Headers are as they are from now on. */
  remove(mem: number, size: number, after: number): void {
    const chunk = this.chunk(mem);
    const isLowest = this.lowest[chunk] >>> 0 === mem;
    if (!isLowest && size < this.largest[this.chunks + chunk]) return;
    let lowest = 0;
    let largest = 0;
    for (let at = isLowest ? after : this.lowest[chunk] >>> 0; this.chunk(at) === chunk;) {
      if (at >= this.last) break;
      const next = this.next(at);
      if (this.broken) return;
      if (this.isFree(at)) {
        if (lowest === 0) lowest = at;
        if (next - at > largest) largest = next - at;
      }
      at = next;
    }
    this.lowest[chunk] = lowest;
    this.raise(chunk, largest);
  }

  /** The header `gone` belongs to the block `mem` from now on. */
  merged(mem: number, gone: number): void {
    if (this.beat === gone) this.beat = mem;
  }

  /** Looks at some headers, others each time, for one that was overwritten. */
  patrol(): void {
    for (let n = 0; n < PATROL && !this.broken; n++)
      this.beat = this.beat >= this.last ? this.begin : this.next(this.beat);
  }

  private chunk(mem: number): number {
    return (mem - this.begin) >>> this.shift;
  }

  private isFree(mem: number): boolean {
    return !this.marks.isUsed(this.memory.ld32(mem));
  }

  /** The header behind a block's own; tells when that cannot be one. */
  private next(mem: number): number {
    const next = this.begin + HEAP_MEM.next.get(this.memory, mem);
    if (next <= mem || next > this.last) this.broken = true;
    return next;
  }

  private raise(chunk: number, size: number): void {
    const { largest } = this;
    let node = this.chunks + chunk;
    largest[node] = size;
    while (node > 1) {
      node >>>= 1;
      const most = Math.max(largest[2 * node], largest[2 * node + 1]);
      if (largest[node] === most) break;
      largest[node] = most;
    }
  }
}
