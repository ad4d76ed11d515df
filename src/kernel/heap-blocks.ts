import type { GuestMemory } from "../memory/mod.ts";
import type { BlockMarks } from "./abi/block-marks.ts";
import { HEAP_MEM } from "./abi/layout.ts";

export const HEADER = HEAP_MEM.size;
export const NEXT = HEAP_MEM.next.offset;
const PREV = HEAP_MEM.prev.offset;

/** A block of the heap as its header describes it. */
class Block {
  readonly address: number;

  constructor(
    private readonly memory: GuestMemory,
    readonly header: number,
    readonly size: number,
    readonly used: boolean,
    readonly sound: boolean,
  ) {
    this.address = header + HEADER;
  }

  /** First letters of the name of the thread that took it. Read when asked for: few that walk the heap want it. */
  get owner(): string {
    return this.memory.cstring(HEAP_MEM.thread.at(this.header), 4);
  }
}

/** The blocks of a small-memory heap as they lie in guest memory: neighbours in address order, each with a header of 16 bytes that links it to both. */
export class HeapBlocks {
  /** Usable bytes: what `free` prints as total memory. */
  readonly total: number;
  /** Address of the last header, a used block of no size. */
  readonly last: number;

  constructor(
    protected readonly memory: GuestMemory,
    readonly begin: number,
    end: number,
    /** How headers begin. */
    readonly marks: BlockMarks,
  ) {
    this.total = end - begin - 2 * HEADER;
    this.last = begin + this.total + HEADER;
  }

  *blocks(): Generator<Block> {
    const m = this.memory;
    for (let mem = this.begin; mem !== this.last;) {
      const at = mem - this.begin;
      const next = HEAP_MEM.next.get(m, mem);
      const word = m.ld32(mem);
      yield new Block(
        m,
        mem,
        next - at - HEADER,
        this.marks.isUsed(word),
        this.marks.isSound(word),
      );
      if (next <= at || next > this.total + HEADER) return;
      mem = this.begin + next;
    }
  }

  /** True for the address of a block in use. */
  owns(address: number): boolean {
    return this.sizeOf(address) > 0 && !this.isFree(address - HEADER);
  }

  /** Size of the block at `address` without its header; 0 when there is no block. */
  sizeOf(address: number): number {
    if (address < this.begin + HEADER || address >= this.last || (address & 3) !== 0) return 0;
    const mem = address - HEADER;
    if (!this.marks.isSound(this.memory.ld32(mem))) return 0;
    return HEAP_MEM.next.get(this.memory, mem) - (mem - this.begin) - HEADER;
  }

  /** The links of a header lie on both sides of it, and the one before it leads to it. */
  protected isLinked(at: number, next: number, prev: number): boolean {
    if (next <= at || next > this.total + HEADER || next & 3) return false;
    if (at === 0) return prev === 0;
    return prev < at && prev >= 0 && this.word(this.begin + prev + NEXT) === at;
  }

  protected isFree(mem: number): boolean {
    return !this.marks.isUsed(this.word(mem));
  }

  /** Headers are whole words in RAM, and the kernel's: they are read without asking for rights. */
  protected word(at: number): number {
    return this.memory.i32[at >>> 2];
  }

  /** A header that was filled with zeros is no free block to be merged with. */
  protected isHeader(at: number): boolean {
    return this.marks.isSound(this.word(this.begin + at));
  }

  /** Whether all headers are there and lead to each other. Much quicker than `blocks`. */
  isWhole(): boolean {
    let prev = 0;
    for (let at = 0; at !== this.last - this.begin;) {
      const next = this.word(this.begin + at + NEXT);
      const linked = next > at && next <= this.total + HEADER && (next & 3) === 0;
      if (!linked || !this.isHeader(at) || this.word(this.begin + at + PREV) !== prev) return false;
      prev = at;
      at = next;
    }
    return true;
  }

  /** Address of the first header that is none any more. */
  protected firstBroken(): number | undefined {
    let before = this.begin;
    for (const { header, sound, size } of this.blocks()) {
      const linked = HEAP_MEM.prev.get(this.memory, header) === before - this.begin;
      if (!sound || size < 0 || !linked) return header;
      before = header;
    }
    return undefined;
  }

  protected header(mem: number, used: boolean, next: number, prev: number, owner: number): void {
    const m = this.memory;
    m.st32(mem, used ? this.marks.taken : this.marks.free);
    HEAP_MEM.next.set(m, mem, next);
    HEAP_MEM.prev.set(m, mem, prev);
    this.owner(mem, owner);
  }

  protected owner(mem: number, letters: number): void {
    this.memory.st32(HEAP_MEM.thread.at(mem), letters);
  }
}
