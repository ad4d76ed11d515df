import type { GuestMemory } from "../../memory/mod.ts";

/**
 * First word of prepared code: "RTP" and the version of the encoding, to be raised with every change of Code (loop.ts) or of what
 * encode.ts writes. A file of another version, which a source tree may still have, is ignored.
 */
export const PREPARED_MAGIC = 0x08505452;
/** Words before the keys: the magic, and how many blocks there are. */
const PREPARED_HEADER = 2;

/**
 * A block as it stands in prepared code: four words (end of the guest range; how many words of code, how many of them hold an
 * arena index, how long the map is), then the guest code in halfwords, the arena words as if the block began at index 0, the
 * places of arena indexes, the map.
 */
const PREPARED_BLOCK = 4;

/** A block put into the arena. */
export interface PlacedBlock {
  readonly end: number;
  readonly last: number;
  readonly map: Int32Array;
}

/**
 * Translations made before the program starts: half of what a short program costs is the host's first contact with the
 * translator (measured in bench/boot with `run hello.mo`). Used only where guest memory holds the very code they were made of.
 */
export class PreparedCode {
  private readonly count: number;

  constructor(private readonly words: Int32Array) {
    this.count = words[0] === PREPARED_MAGIC ? words[1] : 0;
  }

  /**
   * Writes the block of a guest address (bit 0: Thumb) into `arena` from word `first` on. Undefined when there is none, or when
   * the memory holds something else now.
   */
  place(
    key: number,
    memory: GuestMemory,
    arena: Int32Array,
    first: number,
  ): PlacedBlock | undefined {
    const at = this.find(key);
    if (at === 0) return undefined;
    const { words } = this;
    const start = (key & ~1) >>> 0;
    const end = words[at] >>> 0;
    const size = words[at + 1];
    const moved = words[at + 2];
    const length = words[at + 3];
    let p = at + PREPARED_BLOCK;
    if (!memory.contains(start, end - start)) return undefined;
    const halfwords = (end - start) >>> 1;
    const { u16 } = memory;
    for (let k = 0; k < halfwords; k++) {
      const expected = (words[p + (k >>> 1)] >>> ((k & 1) << 4)) & 0xffff;
      if (u16[(start >>> 1) + k] !== expected) return undefined;
    }
    p += (halfwords + 1) >>> 1;
    for (let k = 0; k < size; k++) arena[first + k] = words[p + k];
    p += size;
    for (let k = 0; k < moved; k++) arena[first + words[p + k]] += first;
    p += moved;
    const map = words.slice(p, p + length);
    for (let k = 0; k < length; k += 2) map[k] += first << 8;
    return { end, last: first + size, map };
  }

  /** Word where the block begins, or 0. Keys are in ascending order. */
  private find(key: number): number {
    const { words, count } = this;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (words[PREPARED_HEADER + middle] < key) low = middle + 1;
      else high = middle;
    }
    if (low === count || words[PREPARED_HEADER + low] !== key) return 0;
    return words[PREPARED_HEADER + count + low];
  }
}
