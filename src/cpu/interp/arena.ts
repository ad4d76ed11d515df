import { GRANULE_SHIFT, type GuestMemory } from "../../memory/mod.ts";
import type { BlockCounts } from "../counting.ts";
import { CACHE_MASK, Code } from "./loop.ts";
import { ARENA, ARENA_WORDS, CACHE, CACHE_WORDS } from "./loop-layout.ts";

/** Room that the largest block can need. */
const BLOCK_WORDS = 1 << 13;

/** A translated block. */
export interface Block {
  /** Guest address of the first instruction, bit 0: Thumb; ITSTATE in bits 39:32. */
  readonly key: number;
  /** Guest range of the instructions. */
  readonly start: number;
  readonly end: number;
  /** Arena range, the guest address word included. */
  readonly first: number;
  readonly last: number;
  /**
   * For each instruction and the end: arena index << 8 | ITSTATE, and guest address with bit 0: Thumb. In order.
   */
  readonly map: Int32Array;
  /** Places that hold this block's index: word, and the exit stub which it held before. */
  readonly incoming: number[];
  live: boolean;
  /** What is counted in it. */
  readonly counts: BlockCounts | undefined;
  /** The first word, when another stands in its place. */
  patched: number | undefined;
}

/** Index of the ops that every arena holds. */
export const PREFETCH_ABORT = 1;
const FIRST_FREE = 2;

/**
 * Translated code: the arena of words, the blocks by guest address, the links between them, and which granules of guest
 * memory they were made from. Words and cache lie in the wasm memory, where the loop finds them whatever it is: there is one
 * arena in it, the last that was made.
 */
export class Arena {
  private static readonly last = new WeakMap<WebAssembly.Memory, Arena>();
  readonly words: Int32Array;
  /** Direct-mapped cache of branch targets: guest address, arena index. */
  readonly cache: Int32Array;
  /** Counts drops: code that saw it change may have lost its own block. */
  version = 0;

  private next = FIRST_FREE;
  private readonly byKey = new Map<number, Block>();
  private readonly byGranule = new Map<number, Block[]>();
  /** All blocks since the last flush, in order of arena index, dropped ones included. */
  private readonly blocks: Block[] = [];

  constructor({ wasm }: GuestMemory) {
    this.words = new Int32Array(wasm.buffer, ARENA, ARENA_WORDS);
    this.cache = new Int32Array(wasm.buffer, CACHE, CACHE_WORDS);
    Arena.last.set(wasm, this);
    this.words[PREFETCH_ABORT] = Code.PrefetchAbort;
    this.clearCache();
  }

  /** The arena in a memory. */
  static in({ wasm }: GuestMemory): Arena | undefined {
    return Arena.last.get(wasm);
  }

  get(key: number): Block | undefined {
    return this.byKey.get(key);
  }

  /** Index where the next block may be written; makes room when there is none. */
  reserve(): number {
    if (this.next + BLOCK_WORDS > ARENA_WORDS) this.flush();
    return this.next;
  }

  add(block: Block): void {
    this.next = block.last;
    this.blocks.push(block);
    this.byKey.set(block.key, block);
    for (let g = block.start >>> GRANULE_SHIFT; g <= (block.end - 1) >>> GRANULE_SHIFT; g++) {
      const list = this.byGranule.get(g);
      if (list) list.push(block);
      else this.byGranule.set(g, [block]);
    }
  }

  /** The block that arena index `ip` belongs to. */
  at(ip: number): Block {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.blocks[middle].first <= ip) low = middle;
      else high = middle - 1;
    }
    return this.blocks[low];
  }

  /** Index in `map` (in pairs) of the instruction that owns `ip`: the last that starts at or before it. */
  instructionAt(block: Block, ip: number): number {
    const { map } = block;
    let k = 0;
    while (k + 2 < map.length && map[k + 2] >>> 8 <= ip) k += 2;
    return k >>> 1;
  }

  /** Makes the word at `place` (now `stub`) point to the block. */
  link(block: Block, place: number, stub: number): void {
    this.words[place] = block.first + 1;
    block.incoming.push(place, stub);
  }

  cacheTarget(block: Block): void {
    if (block.key > 0xffffffff) return;
    const key = block.key | 0;
    const h = ((key >>> 1) & CACHE_MASK) << 1;
    this.cache[h] = key;
    this.cache[h + 1] = block.first + 1;
  }

  /** Puts another op at the beginning of a block. */
  patch(block: Block, code: Code): void {
    block.patched ??= this.words[block.first + 1];
    this.words[block.first + 1] = code;
  }
  unpatch(block: Block): void {
    if (block.patched === undefined) return;
    this.words[block.first + 1] = block.patched;
    block.patched = undefined;
  }

  /** Drops the blocks made from guest memory in [start, end). Returns how many. */
  drop(start: number, end: number): number {
    let dropped = 0;
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
      const list = this.byGranule.get(g);
      if (!list) continue;
      // From the end: what is forgotten goes from the list. A copy of it for each store beside code would be a lot of garbage.
      for (let k = list.length - 1; k >= 0; k--) {
        const block = list[k];
        if (block.start >= end || block.end <= start) continue;
        this.forget(block);
        dropped++;
      }
    }
    if (dropped) {
      this.clearCache();
      this.version++;
    }
    return dropped;
  }

  /** Forgets every block but those that `stays` accepts, which another core may then execute. */
  keepOnly(stays: (block: Block) => boolean): void {
    for (const block of this.blocks.splice(0)) {
      if (!block.live) continue;
      this.unpatch(block);
      if (stays(block)) this.blocks.push(block);
      else this.forget(block);
    }
    this.clearCache();
    this.version++;
  }

  /** The guest ranges of all blocks. */
  *ranges(): Iterable<Pick<Block, "start" | "end">> {
    yield* this.byKey.values();
  }

  keys(): number[] {
    return [...this.byKey.keys()];
  }

  /** True when a block was made from granule g. */
  hasCode(g: number): boolean {
    return this.byGranule.has(g);
  }

  private forget(block: Block): void {
    block.live = false;
    this.byKey.delete(block.key);
    for (let g = block.start >>> GRANULE_SHIFT; g <= (block.end - 1) >>> GRANULE_SHIFT; g++) {
      const list = this.byGranule.get(g)!;
      list.splice(list.indexOf(block), 1);
      if (list.length === 0) this.byGranule.delete(g);
    }
    for (let k = 0; k < block.incoming.length; k += 2)
      this.words[block.incoming[k]] = block.incoming[k + 1];
  }

  private flush(): void {
    this.next = FIRST_FREE;
    this.byKey.clear();
    this.byGranule.clear();
    this.blocks.length = 0;
    this.clearCache();
    this.version++;
  }

  /** A key that belongs to another entry never matches. */
  private clearCache(): void {
    this.cache.fill(0);
    this.cache[0] = 2;
  }
}
