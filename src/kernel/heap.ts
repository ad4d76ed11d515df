import type { GuestMemory } from "../memory/mod.ts";
import type { BlockMarks } from "./abi/block-marks.ts";
import { ALIGN_SIZE } from "./abi/constants.ts";
import { HEAP_MEM, OBJECT } from "./abi/layout.ts";
import { FreeBlocks } from "./free-blocks.ts";
import type { Kernel } from "./kernel.ts";
import type { HeapApi } from "./types.ts";

const HEADER = HEAP_MEM.size;
const MIN_SIZE = 12;
const NEXT = HEAP_MEM.next.offset;

/** Owners of blocks: four letters, the first in the lowest byte. */
const INIT = 0x54494e49;
const NONE = 0x454e4f4e;
const NOBODY = 0x20202020;
const BLANK = 0x20;

/** Blocks that a search walks over before there is an index of free ones: to keep it costs as much as a walk over some dozens. */
const LONG_WALK = 96;
/** The same when there is one. */
const WALK = 16;
/** Searches in a row that did without the index, after which it is not worth its keep. */
const UNUSED = 10_000;

const align = (size: number) => (size + ALIGN_SIZE - 1) & -ALIGN_SIZE;

/**
 * The small-memory heap: src/mem.c of RT-Thread 4.0.4 with RT_USING_MEMTRACE, with the headers of 5.x for its programs. Blocks are neighbours in address order, each with a
 * header of 16 bytes; allocation is first fit from the lowest free block.
 */
export class Heap implements HeapApi {
  readonly begin: number;
  /** Usable bytes: what `free` prints as total memory. */
  readonly total: number;
  /** Bytes of used blocks with their headers. */
  used = 0;
  max = 0;
  /** Address of the last header, a used block of no size. */
  readonly last: number;
  /** Header of the lowest free block. */
  lowestFree: number;
  /** Made by the first search that is long. */
  private index: FreeBlocks | undefined;
  private unused = 0;
  /** Address of two words that show `used` and `max` to the guest (struct rt_memory of 5.x); 0: none. */
  figures = 0;
  private readonly memory: GuestMemory;

  constructor(
    private readonly k: Kernel,
    begin: number,
    end: number,
    /** How headers begin. */
    readonly marks: BlockMarks,
  ) {
    this.memory = k.memory;
    this.begin = begin;
    this.total = end - begin - 2 * HEADER;
    this.last = begin + this.total + HEADER;
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
    let left = this.index === undefined ? LONG_WALK : WALK;
    // 4.0.4 hands out no block that just fits at the very end; 5.x does.
    const end = total - wanted + (this.k.five ? 1 : 0);
    for (let at = this.lowestFree - begin; at < end;) {
      if (left-- === 0) {
        at = this.skip(begin + at, wanted + HEADER) - begin;
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

  /**
   * Where a search that has come to `mem` goes on: at the lowest free block of `size` bytes when the index knows it, else right there.
   * Some of the headers between are looked at, so that one that was overwritten is not missed for long.
   */
  private skip(mem: number, size: number): number {
    const index = (this.index ??= new FreeBlocks(this.memory, this.begin, this.last, this.marks));
    this.unused = 0;
    index.patrol();
    const found = index.broken ? 0 : index.find(size);
    if (index.broken) this.index = undefined;
    return found > mem ? found : mem;
  }

  private take(mem: number, at: number, next: number, size: number): void {
    const m = this.memory;
    const { index } = this;
    if (next - at - HEADER >= size + HEADER + MIN_SIZE) {
      const rest = at + HEADER + size;
      this.header(this.begin + rest, false, next, at, NOBODY);
      if (next !== this.total + HEADER) HEAP_MEM.prev.set(m, this.begin + next, rest);
      HEAP_MEM.next.set(m, mem, rest);
      this.used += size + HEADER;
    } else {
      this.used += next - at;
    }
    if (this.used > this.max) this.max = this.used;
    m.st32(mem, this.marks.taken);
    this.owner(mem, this.allocating());
    if (index !== undefined && this.unused++ > UNUSED) this.index = undefined;
    else if (index !== undefined) {
      const after = this.begin + HEAP_MEM.next.get(m, mem);
      index.remove(mem, next - at, after);
      if (after !== this.begin + next) index.add(after, this.begin + next - after);
    }
    if (mem === this.lowestFree) this.findLowestFree();
    this.show();
  }

  /** From the block that was it. */
  private findLowestFree(): void {
    let left = this.index === undefined ? LONG_WALK : WALK;
    let free = this.lowestFree;
    const { begin, last } = this;
    while (free !== last && !this.isFree(free)) {
      const next = begin + this.word(free + NEXT);
      // An overwritten header: the next allocation says so.
      if (next <= free || next > this.last) break;
      free = next;
      if (left-- === 0) free = this.skip(free, HEADER);
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
      this.index?.add(this.begin + rest, next - rest);
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
    this.index?.add(mem, next - at);
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

  *blocks(): Generator<{
    header: number;
    address: number;
    size: number;
    used: boolean;
    owner: string;
    sound: boolean;
  }> {
    const m = this.memory;
    for (let mem = this.begin; mem !== this.last;) {
      const at = mem - this.begin;
      const next = HEAP_MEM.next.get(m, mem);
      const word = m.ld32(mem);
      yield {
        header: mem,
        address: mem + HEADER,
        size: next - at - HEADER,
        used: this.marks.isUsed(word),
        owner: m.cstring(HEAP_MEM.thread.at(mem), 4),
        sound: this.marks.isSound(word),
      };
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
  private isLinked(at: number, next: number, prev: number): boolean {
    if (next <= at || next > this.total + HEADER || next & 3) return false;
    if (at === 0) return prev === 0;
    return prev < at && prev >= 0 && this.word(this.begin + prev + NEXT) === at;
  }

  private isFree(mem: number): boolean {
    return !this.marks.isUsed(this.word(mem));
  }

  /** Headers are whole words in RAM, and the kernel's: they are read without asking for rights. */
  private word(at: number): number {
    return this.memory.i32[at >>> 2];
  }

  /** A header that was filled with zeros is no free block to be merged with. */
  private isHeader(at: number): boolean {
    return this.marks.isSound(this.word(this.begin + at));
  }

  /** Address of the first header that is none any more. */
  private firstBroken(): number | undefined {
    let before = this.begin;
    for (const { header, sound, size } of this.blocks()) {
      const linked = HEAP_MEM.prev.get(this.memory, header) === before - this.begin;
      if (!sound || size < 0 || !linked) return header;
      before = header;
    }
    return undefined;
  }

  /** Merges a free block with those of its neighbours that are free. */
  private join(mem: number, next: number, prev: number): void {
    if (next !== mem && next !== this.last && this.isFree(next)) {
      if (this.lowestFree === next) this.lowestFree = mem;
      this.swallow(mem, next);
    }
    if (prev !== mem && this.isFree(prev)) {
      if (this.lowestFree === mem) this.lowestFree = prev;
      this.swallow(prev, mem);
    }
  }

  private swallow(mem: number, next: number): void {
    const { memory: m, index, begin } = this;
    const after = HEAP_MEM.next.get(m, next);
    HEAP_MEM.next.set(m, mem, after);
    HEAP_MEM.prev.set(m, begin + after, mem - begin);
    if (index === undefined) return;
    index.merged(mem, next);
    index.remove(next, begin + after - next, begin + after);
    index.add(mem, begin + after - mem);
  }

  private header(mem: number, used: boolean, next: number, prev: number, owner: number): void {
    const m = this.memory;
    m.st32(mem, used ? this.marks.taken : this.marks.free);
    HEAP_MEM.next.set(m, mem, next);
    HEAP_MEM.prev.set(m, mem, prev);
    this.owner(mem, owner);
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

  private owner(mem: number, letters: number): void {
    this.memory.st32(HEAP_MEM.thread.at(mem), letters);
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
