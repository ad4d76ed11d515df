/** Slots at first; a power of two. */
const SLOTS = 16;

/**
 * A map whose keys are 32-bit words. The host's own takes time in proportion to its size for an entry that goes and one that comes; with
 * thousands of them, as of granules and timers, that is what one would wait for.
 */
export class IntMap<V extends object | true> {
  size = 0;
  private words = new Int32Array(SLOTS);
  private values: (V | undefined)[] = empty(SLOTS);
  /** What a hash is shifted by to be a slot. */
  private shift = 32 - Math.log2(SLOTS);

  get(key: number): V | undefined {
    return this.values[this.slot(key)];
  }

  has(key: number): boolean {
    return this.values[this.slot(key)] !== undefined;
  }

  set(key: number, value: V): void {
    let at = this.slot(key);
    if (this.values[at] === undefined) {
      // Half of the slots at most, so that searches stay short.
      if (++this.size > this.words.length >>> 1) {
        this.grow();
        at = this.slot(key);
      }
      this.words[at] = key;
    }
    this.values[at] = value;
  }

  /** Returns whether it was there. */
  delete(key: number): boolean {
    const { words, values } = this;
    const mask = words.length - 1;
    let gap = this.slot(key);
    if (values[gap] === undefined) return false;
    this.size--;
    // Entries behind the gap that it would cut off from their place move up.
    for (let at = (gap + 1) & mask; values[at] !== undefined; at = (at + 1) & mask) {
      const home = this.home(words[at]);
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      words[gap] = words[at];
      values[gap] = values[at];
      gap = at;
    }
    values[gap] = undefined;
    return true;
  }

  /** The keys as unsigned words, in no order. */
  *keys(): Generator<number> {
    const { words, values } = this;
    for (let at = 0; at < words.length; at++) if (values[at] !== undefined) yield words[at] >>> 0;
  }

  private home(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> this.shift;
  }

  /** Where the key is, or would be put. */
  private slot(key: number): number {
    const { words, values } = this;
    const mask = words.length - 1;
    const word = key | 0;
    let at = this.home(word);
    while (values[at] !== undefined && words[at] !== word) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { words, values } = this;
    this.words = new Int32Array(words.length * 2);
    this.values = empty(words.length * 2);
    this.shift--;
    for (let n = 0; n < words.length; n++) {
      if (values[n] === undefined) continue;
      const at = this.slot(words[n]);
      this.words[at] = words[n];
      this.values[at] = values[n];
    }
  }
}

const empty = <V>(slots: number): (V | undefined)[] => new Array<undefined>(slots).fill(undefined);
