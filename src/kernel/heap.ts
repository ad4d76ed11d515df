import type { BlockMarks } from "./abi/block-marks.ts";
import { ALIGN_SIZE } from "./abi/constants.ts";
import { HEAP_MEM, OBJECT } from "./abi/layout.ts";
import { FreeBlocks } from "./free-blocks.ts";
import { HEADER, HeapBlocks, NEXT } from "./heap-blocks.ts";
import type { Kernel } from "./kernel.ts";
import type { HeapApi } from "./types.ts";

export const MIN_SIZE = 12;

/** Owners of blocks: four letters, the first in the lowest byte. */
const INIT = 0x54494e49;
const NONE = 0x454e4f4e;
const NOBODY = 0x20202020;
const BLANK = 0x20;

/** Blocks that a search walks over before there is an index of free ones. */
const LONG_WALK = 96;
/** Bytes of blocks that a search would have passed as fast without the index. */
const NEAR = 1024;
/** Searches in a row that went no farther, after which the index is not worth its keep. */
const UNUSED = 10_000;

const align = (size: number) => (size + ALIGN_SIZE - 1) & -ALIGN_SIZE;

/**
 * The small-memory heap: src/mem.c of RT-Thread 4.0.4 with RT_USING_MEMTRACE, with the headers of 5.x for its programs. Allocation is
 * first fit from the lowest free block.
 */
export class Heap extends HeapBlocks implements HeapApi {
  /** Bytes of used blocks with their headers. */
  used = 0;
  max = 0;
  /** Header of the lowest free block. */
  lowestFree: number;
  /** Made by the first search that is long. */
  private index: FreeBlocks | undefined;
  private unused = 0;
  /** Address of two words that show `used` and `max` to the guest (struct rt_memory of 5.x); 0: none. */
  figures = 0;

  constructor(
    private readonly k: Kernel,
    begin: number,
    end: number,
    marks: BlockMarks,
  ) {
    super(k.memory, begin, end, marks);
    this.lowestFree = begin;
    this.header(begin, false, this.total + HEADER, 0, INIT);
    this.header(this.last, true, this.total + HEADER, this.total + HEADER, INIT);
  }

  alloc(size: number): number {
    if (size === 0) return 0;
    this.k.notInInterrupt("rt_malloc", 280);
    if (size > this.total) return 0;
    const wanted = Math.max(align(size), MIN_SIZE);
    const { begin, total } = this;
    // 4.0.4 hands out no block that just fits at the very end; 5.x does.
    const end = total - wanted + (this.k.five ? 1 : 0);
    let left = LONG_WALK;
    let at = (this.index === undefined ? this.lowestFree : this.search(wanted + HEADER)) - begin;
    while (at < end) {
      if (left-- === 0 && this.index === undefined) {
        this.makeIndex();
        at = Math.max(at, this.search(wanted + HEADER) - begin);
        continue;
      }
      const mem = begin + at;
      const next = this.word(mem + NEXT);
      if (next <= at || next > total + HEADER) return this.broken(mem);
      if (next - at - HEADER >= wanted && this.isFree(mem)) {
        this.take(mem, at, next, wanted);
        return mem + HEADER;
      }
      at = next;
    }
    return 0;
  }

  private makeIndex(): void {
    this.index = new FreeBlocks(this.memory, this.begin, this.last, this.marks);
    this.unused = 0;
  }

  /**
   * Where a search begins: at the lowest free block of `size` bytes when the index knows it, else at the lowest free one. Some of the
   * headers that it does not pass are looked at, so that one that was overwritten is not missed for long.
   */
  private search(size: number): number {
    const index = this.index!;
    const { lowestFree } = this;
    index.patrol();
    const found = index.broken ? 0 : index.find(size, lowestFree);
    if (index.broken) this.index = undefined;
    else if (found - lowestFree > NEAR) this.unused = 0;
    else if (this.unused++ > UNUSED) this.index = undefined;
    return found || lowestFree;
  }

  private take(mem: number, at: number, next: number, size: number): void {
    const m = this.memory;
    let after = next;
    if (next - at - HEADER >= size + HEADER + MIN_SIZE) {
      after = at + HEADER + size;
      this.header(this.begin + after, false, next, at, NOBODY);
      if (next !== this.total + HEADER) HEAP_MEM.prev.set(m, this.begin + next, after);
      HEAP_MEM.next.set(m, mem, after);
    }
    this.used += after - at;
    if (this.used > this.max) this.max = this.used;
    m.st32(mem, this.marks.taken);
    this.owner(mem, this.allocating());
    this.index?.taken(mem, next - at, this.begin + after);
    if (mem === this.lowestFree) this.findLowestFree();
    this.show();
  }

  /** From the block that was it. */
  private findLowestFree(): void {
    const { begin, last } = this;
    let left = LONG_WALK;
    let free = this.index?.find(HEADER, this.lowestFree) || this.lowestFree;
    while (free !== last && !this.isFree(free)) {
      const next = begin + this.word(free + NEXT);
      // An overwritten header: the next allocation says so.
      if (next <= free || next > last) break;
      free = next;
      if (left-- === 0 && this.index === undefined) {
        this.makeIndex();
        free = this.index!.find(HEADER, free) || free;
      }
    }
    this.lowestFree = free;
  }

  private show(): void {
    if (this.figures === 0) return;
    this.memory.st32(this.figures, this.used);
    this.memory.st32(this.figures + 4, this.max);
  }

  calloc(count: number, size: number): number {
    const bytes = count * size;
    // The original multiplies modulo 2^32 and hands out a block that is too small.
    if (bytes > 0xffffffff && !this.k.options.compat404) return 0;
    const address = this.alloc(bytes >>> 0);
    if (address !== 0) this.memory.fill(address, bytes >>> 0, 0);
    return address;
  }

  realloc(address: number, size: number): number {
    this.k.notInInterrupt("rt_realloc", 428);
    if (size > this.total) return 0;
    const wanted = align(size);
    if (wanted === 0) {
      this.free(address);
      return 0;
    }
    if (address === 0) return this.alloc(size);
    if (address < this.begin || address >= this.last) return address;
    const m = this.memory;
    const mem = address - HEADER;
    // The original trusts the header of a block that was freed, and its statistics are wrong from then on.
    if (!this.k.options.compat404) this.mustBeUsed(mem, "realloc", 449);
    const at = mem - this.begin;
    const next = HEAP_MEM.next.get(m, mem);
    const old = next - at - HEADER;
    if (old === wanted) return address;
    if (wanted + HEADER + MIN_SIZE < old) {
      if (
        !this.k.options.compat404 &&
        !(next > at && next <= this.last - this.begin && this.isHeader(next))
      )
        return this.broken(this.firstBroken() ?? mem, "rt_realloc");
      this.used -= old - wanted;
      this.show();
      const rest = at + HEADER + wanted;
      this.header(this.begin + rest, false, next, at, NOBODY);
      HEAP_MEM.next.set(m, mem, rest);
      if (next !== this.total + HEADER) HEAP_MEM.prev.set(m, this.begin + next, rest);
      if (this.begin + rest < this.lowestFree) this.lowestFree = this.begin + rest;
      this.join(this.begin + rest, this.begin + next, mem);
      return address;
    }
    const moved = this.alloc(size);
    if (moved === 0) return 0;
    m.write(moved, m.read(address, Math.min(old, size)));
    this.free(address);
    return moved;
  }

  free(address: number): void {
    if (address === 0) return;
    this.k.notInInterrupt("rt_free", 573);
    const { k, memory: m } = this;
    k.assert(
      (address & (ALIGN_SIZE - 1)) === 0,
      "(((rt_ubase_t)rmem) & (RT_ALIGN_SIZE - 1)) == 0",
      "rt_free",
      575,
    );
    k.assert(
      address >= this.begin && address < this.last,
      "(rt_uint8_t *)rmem >= (rt_uint8_t *)heap_ptr && (rt_uint8_t *)rmem < (rt_uint8_t *)heap_end",
      "rt_free",
      576,
    );
    const mem = address - HEADER;
    this.mustBeUsed(mem, "free", 593);
    // The original follows the links, into other blocks or where there is no memory.
    const at = mem - this.begin;
    const next = this.word(mem + NEXT);
    const prev = this.word(mem + HEAP_MEM.prev.offset);
    if (
      !k.options.compat404 &&
      !(this.isLinked(at, next, prev) && this.isHeader(next) && this.isHeader(prev))
    )
      return void this.broken(this.firstBroken() ?? mem, "rt_free");
    m.st32(mem, this.marks.free);
    this.owner(mem, NOBODY);
    if (mem < this.lowestFree) this.lowestFree = mem;
    this.used -= next - at;
    this.show();
    this.join(mem, this.begin + next, this.begin + prev);
  }

  private mustBeUsed(mem: number, what: "free" | "realloc", line: number): void {
    const { k, memory: m, marks } = this;
    const word = this.word(mem);
    if (marks.isUsed(word) && marks.isSound(word)) return;
    if (k.five) {
      const fn = `rt_smem_${what}`;
      k.assert((word & ~1) !== 0, "small_mem != RT_NULL", fn, 0);
      k.assert(marks.isUsed(word), "MEM_ISUSED(mem)", fn, 0);
      k.assert(
        false,
        "rt_object_get_type(&small_mem->parent.parent) == RT_Object_Class_Memory",
        fn,
        0,
      );
    }
    const used = HEAP_MEM.used.get(m, mem);
    k.console.printf(`to ${what} a bad data block:\n`);
    k.console.printf(
      "mem: 0x%08x, used flag: %d, magic code: 0x%04x\n",
      mem,
      used,
      HEAP_MEM.magic.get(m, mem),
    );
    k.assert(used !== 0, "mem->used", `rt_${what}`, line);
    k.assert(false, "mem->magic == HEAP_MAGIC", `rt_${what}`, line + 1);
  }

  /** Merges a block that became free with those of its neighbours that are free. */
  private join(mem: number, next: number, prev: number): void {
    if (next !== mem && next !== this.last && this.isFree(next)) {
      if (this.lowestFree === next) this.lowestFree = mem;
      this.swallow(mem, next);
    }
    if (prev !== mem && this.isFree(prev)) {
      if (this.lowestFree === mem) this.lowestFree = prev;
      this.swallow(prev, mem);
      mem = prev;
    }
    this.index?.add(mem, this.begin + this.word(mem + NEXT) - mem);
  }

  private swallow(mem: number, next: number): void {
    const { memory: m, begin } = this;
    const after = HEAP_MEM.next.get(m, next);
    HEAP_MEM.next.set(m, mem, after);
    HEAP_MEM.prev.set(m, begin + after, mem - begin);
    this.index?.merged(mem, next, begin + after);
  }

  /** memtrace: the first letters of the allocating thread, padded with blanks. */
  private allocating(): number {
    const { memory: m, k } = this;
    const name = k.scheduler.current + OBJECT.name.offset;
    if (k.scheduler.current === 0 || m.ld8(name) === 0) return NONE;
    let word = 0;
    for (let at = 0, ended = false; at < 4; at++) {
      const letter: number = ended ? 0 : m.ld8(name + at);
      ended = letter === 0;
      word |= (ended ? BLANK : letter) << (8 * at);
    }
    return word;
  }

  /** A header was overwritten: the original walks into garbage; here the heap is out of memory from this block on. */
  private broken(mem: number, by = "rt_malloc"): 0 {
    this.k.console.print(
      `${by}: the heap is corrupted at 0x${mem.toString(16)}; some code wrote outside its block\n`,
    );
    this.k.hooks.heapBroken?.(mem, by);
    return 0;
  }
}
