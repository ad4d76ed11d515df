import type { GuestMemory } from "../../memory/mod.ts";
import { type State, stateFrom } from "./flags-state.ts";
import { hasVectors } from "./host-vectors.ts";
import type { Readable } from "./readable.ts";
import type { Translation } from "./translation.ts";
import type { StateAt } from "./wasm.ts";

/** First word of prebuilt regions: "RTR" and the version of the encoding. */
export const PREBUILT_MAGIC = 0x01525452;

/** Words of the header, which is followed by the tables in this order. */
export const Header = {
  Magic: 0,
  /** The range that translated code takes to be readable. */
  ReadableStart: 1,
  ReadableSize: 2,
  /** How many entries each table has. */
  Places: 3,
  Candidates: 4,
  Regions: 5,
  States: 6,
  Words: 7,
} as const;

/** Words of a region before its lists. */
export const Head = {
  Key: 0,
  Stub: 1,
  /** 1: a loop of a function. */
  IsLoop: 2,
  /** Lengths of what follows. */
  Ranges: 3,
  Unlikely: 4,
  Slots: 5,
  States: 6,
  Body: 7,
  Words: 8,
} as const;

/** A region that could be used. */
export interface Candidate {
  /** Where it is, in words. */
  readonly at: number;
  readonly entry: number;
  /** Bytes of its function. */
  readonly size: number;
  /** A loop of a function that is there as a whole. */
  readonly isLoop: boolean;
}

/** So many bytes are words. */
export const wordsFor = (bytes: number): number => (bytes + 3) >>> 2;

/**
 * Translations of the firmware's code, made when the program was built: what the host's first contact with the translator costs is
 * more than most programs do. Numbers that differ from core to core are patched when a region is used, and one is used only
 * where guest memory holds the very code it was made of and can be read as far as it could then.
 *
 * Tables: guest addresses of blocks, ascending; where the candidates of each begin in the next table, and their end; the regions that
 * contain a block, best first; where regions are; where states of the flags are.
 */
export class PrebuiltRegions {
  private readonly words: Int32Array;
  private readonly places: number;
  private readonly firsts: number;
  private readonly candidates: number;
  private readonly regions: number;
  private readonly states: number;
  /** States of the flags, by their number here. */
  private readonly known = new Map<number, State>();

  /** Of bytes that begin at a multiple of 4 in their buffer. */
  constructor(private readonly bytes: Uint8Array) {
    const words = (this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2));
    const known = words[Header.Magic] === PREBUILT_MAGIC;
    this.places = known ? words[Header.Places] : 0;
    this.firsts = Header.Words + this.places;
    this.candidates = this.firsts + this.places + 1;
    this.regions = this.candidates + words[Header.Candidates];
    this.states = this.regions + words[Header.Regions];
  }

  /** Whether code that was made for it does here: that range, and a host with vectors, as the one had where it was made. */
  isFor({ start, size }: Readable): boolean {
    const { words } = this;
    const sameRange = words[Header.ReadableStart] === start && words[Header.ReadableSize] === size;
    return sameRange && hasVectors();
  }

  /** The best of the regions that contain the block at `key` and are as asked for. */
  find(key: number, is: (entry: number) => boolean): Candidate | undefined {
    const { words, firsts } = this;
    const place = this.placeOf(key);
    if (place < 0) return undefined;
    for (let k = words[firsts + place]; k < words[firsts + place + 1]; k++) {
      const at = words[this.regions + words[this.candidates + k]];
      const entry = words[at + Head.Key] >>> 0;
      if (!is(entry)) continue;
      return { at, entry, size: words[at + Head.Body], isLoop: words[at + Head.IsLoop] !== 0 };
    }
    return undefined;
  }

  /** The region; undefined when memory holds something else than what it was made of. */
  take({ at, entry }: Candidate, memory: GuestMemory): Translation | undefined {
    const { words, bytes } = this;
    let p = at + Head.Words;
    const list = (count: number): Int32Array => words.subarray(p, (p += count));
    const ranges = Array.from(list(words[at + Head.Ranges]), (a) => a >>> 0);
    const unlikely = list(words[at + Head.Unlikely]);
    const slots = Array.from(list(words[at + Head.Slots]), (word) => word >>> 0);
    const numbers = list(words[at + Head.States]);
    const states: StateAt[] = [];
    for (let k = 0; k < numbers.length; k += 2)
      states.push([numbers[k], this.stateOf(numbers[k + 1])]);
    let from = p * 4;
    for (let k = 0; k < ranges.length; k += 2) {
      const length = ranges[k + 1] - ranges[k];
      if (!memory.contains(ranges[k], length)) return undefined;
      if (!memory.isReadOnly(ranges[k], ranges[k + 1])) return undefined;
      for (let b = 0; b < length; b++)
        if (memory.u8[ranges[k] + b] !== bytes[from + b]) return undefined;
      from += length;
    }
    from = wordsFor(from) * 4;
    const body = bytes.subarray(from, from + words[at + Head.Body]);
    return {
      key: entry,
      ranges,
      stub: words[at + Head.Stub],
      stores: [],
      code: { body, unlikely, slots, states, directs: [] },
    };
  }

  private stateOf(number: number): State {
    let state = this.known.get(number);
    if (!state) {
      const at = this.words[this.states + number];
      this.known.set(number, (state = stateFrom(this.words, at, (n) => this.stateOf(n))));
    }
    return state;
  }

  /** Index of a place, -1: none. */
  private placeOf(key: number): number {
    const { words, places } = this;
    let low = 0;
    let high = places;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (words[Header.Words + middle] >>> 0 < key) low = middle + 1;
      else high = middle;
    }
    return low < places && words[Header.Words + low] >>> 0 === key ? low : -1;
  }
}
