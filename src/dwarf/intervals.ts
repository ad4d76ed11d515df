export interface Interval {
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
}

/** Ranges of addresses, which may overlap, by an address in them: as many steps as there are hits, and a few. */
export class Intervals<T extends Interval> {
  private readonly sorted: readonly T[];
  /** The highest end up to each of them. */
  private readonly reach: Float64Array;

  constructor(all: readonly T[]) {
    this.sorted = all.toSorted((a, b) => a.start - b.start);
    this.reach = new Float64Array(all.length);
    let reach = 0;
    for (const [n, { end }] of this.sorted.entries()) this.reach[n] = reach = Math.max(reach, end);
  }

  /** Those that contain an address, the one that begins last first. */
  *at(address: number): Generator<T> {
    const { sorted, reach } = this;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    for (let n = low - 1; n >= 0 && reach[n] > address; n--)
      if (address < sorted[n].end) yield sorted[n];
  }

  has(address: number): boolean {
    return !this.at(address).next().done;
  }
}
