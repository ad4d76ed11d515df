/** The interpreter leaves after so many units, on average, so that the place where it is can be counted. */
const SAMPLE_UNITS = 128;
/** A place seen so often is translated: a loop of about a thousand iterations, interpreted in the time that a translation takes. */
const HOT_SAMPLES = 16;
/** So many calls from translated code make a function worth translating. */
const HOT_ARRIVALS = 64;
/** Work between two samples when it is ordinary code; a sample of more counts for more. */
const SAMPLE_WORK = SAMPLE_UNITS * 8;
/** So many places are remembered. */
const PLACES = 1 << 16;

/** What a core must have done, in instructions or their equal, before it may translate. */
export interface Budget {
  /** Before the first translation. */
  readonly first: number;
  /** For each byte of WebAssembly written so far, on top. */
  readonly perByte: number;
}
/**
 * Rent or buy: translations are paid for with work of about the same time. The first costs as much as ten others, for the host has
 * to compile the translator. A byte costs 1 to 3 us, the host's compilers on other threads included, in which the interpreter does 50
 * to 120 instructions (what lines by printf take with and without translations of 0.2 and 1.3 MB, docs/cpu.md).
 */
export const BUDGET: Budget = { first: 8_000_000, perByte: 80 };
/** For tests: what is hot is translated at once. */
export const NO_BUDGET: Budget = { first: 0, perByte: 0 };

/** What a run has cost so far. */
export interface Spent {
  /** Of both engines, in instructions or their equal. */
  readonly work: number;
  /** Of WebAssembly. */
  readonly bytes: number;
}

/** Finds the places of guest code that are worth translating. All that it goes by are counts, so that a run is the same every time. */
export class Hotness {
  private readonly heat = new Map<number, number>();
  private random = 1;
  /** Work of the interpreter up to the last sample. */
  private worked = 0;
  /** Units to the next sample, however many runs they are spread over: a thread that blocks often has few in each. */
  private left = 0;
  private sampled = true;
  /** What the interpreter was given of them and has not yet been charged for. */
  private given = 0;

  /** `spent` says what the run has cost so far. */
  constructor(
    private readonly budget: Budget,
    private readonly spent: () => Spent,
  ) {}

  /** Of so many units those that the interpreter gets now. */
  give(units: number): number {
    if (this.left <= 0) {
      if (this.sampled) {
        this.random = (Math.imul(this.random, 1664525) + 1013904223) | 0;
        this.left = SAMPLE_UNITS / 2 + ((this.random >>> 16) & (SAMPLE_UNITS - 1));
        this.sampled = false;
      } else {
        // A supervisor call took the last of them, which says nothing of where the thread works: its next branch does.
        this.left = 1;
      }
    }
    return (this.given = Math.min(units, this.left));
  }
  /** The interpreter has so many units from now on, which were not taken from those to the next sample. */
  has(units: number): void {
    this.given = units;
  }
  /** So many are left of what it has. True when the place where it is should be counted. */
  charge(units: number): boolean {
    this.left -= this.given - units;
    this.given = units;
    return this.left <= 0;
  }

  /**
   * The interpreter is at a taken branch, which stands for many; `work` is all it has done. True when the place is hot and may be
   * translated.
   */
  sample(key: number, work: number): boolean {
    this.sampled = true;
    const weight = Math.max(1, Math.floor((work - this.worked) / SAMPLE_WORK));
    this.worked = work;
    return this.add(key, (weight * HOT_ARRIVALS) / HOT_SAMPLES);
  }
  /** Translated code came to an address which is not translated. True when it is hot and may be. */
  arrive(key: number): boolean {
    return this.add(key, 1);
  }
  /** There is no translation, whatever happens. */
  never(key: number): void {
    this.heat.set(key >>> 0, -Infinity);
  }

  /** A hot place that has to wait stays hot: the next time is asked again. */
  private add(key: number, by: number): boolean {
    key >>>= 0;
    const { heat } = this;
    const now = (heat.get(key) ?? 0) + by;
    const hot = now >= HOT_ARRIVALS && this.isPaid();
    if (hot) heat.delete(key);
    else {
      if (heat.size >= PLACES) heat.clear();
      heat.set(key, now);
    }
    return hot;
  }
  private isPaid(): boolean {
    const { work, bytes } = this.spent();
    return work >= this.budget.first + this.budget.perByte * bytes;
  }
}
