import type { GuestMemory } from "../memory/mod.ts";
import type { BlockMarks } from "./abi/block-marks.ts";
import { HEAP_MEM } from "./abi/layout.ts";

/** Bytes of the heap that one entry of the index stands for, at least; a header takes 16 and the smallest block 12 of them. */
const CHUNK_SHIFT = 10;
/** Entries at most: larger heaps have larger chunks. */
const CHUNKS = 1 << 17;
/** Headers that `patrol` looks at. */
const PATROL = 8;
const NEXT = HEAP_MEM.next.offset;

/**
 * Where the free blocks of a heap are, so that first fit need not walk over blocks in use: a tree of how large a free block may be that
 * begins in each chunk of the heap. A block that is taken stays in the tree, and so does what was left of it: the search that finds its
 * chunk too full mends the entry, once, instead of every allocation up to the root. The headers in guest memory stay the truth: whoever
 * finds one that cannot be one drops the index and walks.
 */
export class FreeBlocks {
  /** At least the size, with its header, of every free block of what is below a node; 1 is the root, the chunks begin at `chunks`. */
  private readonly largest: Int32Array;
  /** A header of a chunk, none of whose free blocks are below it; 0: there are none. */
  private readonly lowest: Int32Array;
  private readonly chunks: number;
  private readonly shift: number;
  /**
   * Headers that `patrol` looks at next: far from each other, as one behind the other would have to be waited for, each until the
   * host's memory has told where the next one is.
   */
  private readonly beats = new Int32Array(PATROL);
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
    let count = 0;
    for (let mem = begin; mem !== last && !this.broken; count++) {
      const next = this.next(mem);
      if (!this.broken && this.isFree(mem)) this.add(mem, next - mem);
      mem = next;
    }
    this.beats.fill(begin);
    const apart = Math.ceil(count / PATROL);
    for (let n = 0, mem = begin; mem !== last && !this.broken; n++, mem = this.next(mem))
      if (n % apart === 0) this.beats[n / apart] = mem;
  }

  /** Header of the lowest free block of at least `size` bytes, header included; 0: none. No free block is below `from`. */
  find(size: number, from: number): number {
    const { largest, chunks } = this;
    let node = chunks + this.chunk(from);
    for (;;) {
      while (largest[node] < size) {
        // What lies to the right of all that was looked at.
        while (node & 1) node >>>= 1;
        if (node === 0) return 0;
        node++;
      }
      while (node < chunks) {
        node *= 2;
        if (largest[node] < size) node++;
      }
      const found = this.findIn(node - chunks, size);
      if (found !== 0 || this.broken) return found;
    }
  }

  /** The same in a chunk, whose entry is made exact when there is none. */
  private findIn(chunk: number, size: number): number {
    let lowest = 0;
    let largest = 0;
    for (let mem = this.lowest[chunk] >>> 0; mem !== 0 && this.chunk(mem) === chunk;) {
      if (mem >= this.last) break;
      const next = this.next(mem);
      if (this.broken) return 0;
      if (this.isFree(mem)) {
        if (lowest === 0) this.lowest[chunk] = lowest = mem;
        if (next - mem >= size) return mem;
        if (next - mem > largest) largest = next - mem;
      }
      mem = next;
    }
    if (lowest === 0) this.lowest[chunk] = 0;
    this.raise(chunk, largest);
    return 0;
  }

  /** The block became free, or grew, or begins here now. */
  add(mem: number, size: number): void {
    // Where an overwritten header points.
    if (mem < this.begin || mem >= this.last) this.broken = true;
    if (this.broken) return;
    const chunk = this.chunk(mem);
    const lowest = this.lowest[chunk] >>> 0;
    if (lowest === 0 || mem < lowest) this.lowest[chunk] = mem;
    if (size > this.largest[this.chunks + chunk]) this.raise(chunk, size);
  }

  /** A free block of `size` bytes is used from now on but for what is left of it, from `rest` on; `rest` is where it ended when nothing is. */
  taken(mem: number, size: number, rest: number): void {
    const left = mem + size - rest;
    if (left > 0 && this.chunk(rest) !== this.chunk(mem)) this.add(rest, left);
  }

  /** The header `gone` is none any more: it belongs to the block before it, `mem`, which ends at `after`. */
  merged(mem: number, gone: number, after: number): void {
    const { beats } = this;
    for (let n = 0; n < PATROL; n++) if (beats[n] === gone) beats[n] = mem;
    const chunk = this.chunk(gone);
    if (this.lowest[chunk] >>> 0 === gone)
      this.lowest[chunk] = this.chunk(after) === chunk ? after : 0;
  }

  /** Looks at some headers, others each time, for one that was overwritten. */
  patrol(): void {
    const { begin, last, beats } = this;
    const { i32 } = this.memory;
    for (let n = 0; n < PATROL; n++) {
      const at = beats[n];
      const next = begin + i32[(at + NEXT) >>> 2];
      if (next <= at || next > last || (next - at) & 3) this.broken = true;
      beats[n] = next === last ? begin : next;
    }
  }

  private chunk(mem: number): number {
    return (mem - this.begin) >>> this.shift;
  }

  private isFree(mem: number): boolean {
    return !this.marks.isUsed(this.memory.i32[mem >>> 2]);
  }

  /** The header behind a block's own; tells when that cannot be one. Headers are read as Heap reads them. */
  private next(mem: number): number {
    const next = this.begin + this.memory.i32[(mem + NEXT) >>> 2];
    if (next <= mem || next > this.last || (next - mem) & 3) this.broken = true;
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
