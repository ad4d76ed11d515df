import type { Candidate } from "./prebuilt.ts";

/** The interpreter leaves after so many units, on average, so that the place where it is can be counted. */
const SAMPLE_UNITS = 128;
/** So many times as many while what has been done is a small part of what the first translation costs: nothing can be hot by then. */
const EARLY_TIMES = 16;
const EARLY_SHARE = 8;
/** A place seen so often is translated: a loop of about a thousand iterations, interpreted in the time that a translation takes. */
const HOT_SAMPLES = 16;
/** So many calls from translated code make a function worth translating. */
const HOT_ARRIVALS = 64;
/** So many make it worth to take a translation that came with the program: at least, and for so many bytes one more. */
const READY_ARRIVALS = 16;
const READY_BYTES = 4;
/**
 * Times what is enough elsewhere, the middle of a function of which there is all: programs come there while what it calls is not
 * translated, and soon no longer.
 */
const MIDDLE_SHARE = 256;
/** Times what is enough for all of it, a part of a function of which there is all. */
const LOOP_SHARE = 8;
/** Work between two samples when it is ordinary code; a sample of more counts for more. */
const SAMPLE_WORK = SAMPLE_UNITS * 8;
/** Work that one call stands for in the heat of a place, at most. */
const HEAT_WORK = (SAMPLE_WORK * HOT_SAMPLES) / HOT_ARRIVALS;
/** So many places are remembered. */
const PLACES = 1 << 16;

/** What a core must have done, in instructions or their equal, before it may translate. */
export interface Budget {
  /** Before translations that came with the program are looked at. */
  readonly ready: number;
  /** Before the first translation. */
  readonly first: number;
  /** For each byte of WebAssembly written so far, on top. */
  readonly perByte: number;
  /** How often more work counts that was done where a translation is wanted, if that was half of all. */
  readonly focus: number;
}
/**
 * Rent or buy: translations are paid for with work of about the same time. The first costs as much as ten others, for the host has
 * to compile the translator, and its compilers take 1 to 3 us for a byte on other threads; together 0.6 to 0.9 s of CPU time for a
 * program that is everywhere in `vfprintf`, in which the interpreter does 300 to 400 million instructions. A program that is in one
 * loop pays for its one small translation, 75 ms, after 40 million. Programs that end before they have paid lose as much as those
 * that run on would gain once (docs/jit.md).
 */
export const BUDGET: Budget = { ready: 300_000_000, first: 300_000_000, perByte: 80, focus: 7 };
/** For tests: what is hot is translated at once. */
export const NO_BUDGET: Budget = { ready: 0, first: 0, perByte: 0, focus: 0 };

/** Translations that came with the program. */
export interface Ready {
  /** The best for who is at a place, if any is left. */
  for(key: number): Candidate | undefined;
  use(candidate: Candidate): void;
  /** Whether a place is in the middle of one that is in use. */
  holds(key: number): boolean;
}

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
    private readonly ready: Ready,
  ) {}

  /** Of so many units those that the interpreter gets now. */
  give(units: number): number {
    if (this.left <= 0) {
      if (this.sampled) {
        this.random = (Math.imul(this.random, 1664525) + 1013904223) | 0;
        const units =
          this.worked * EARLY_SHARE < this.budget.ready ? SAMPLE_UNITS * EARLY_TIMES : SAMPLE_UNITS;
        this.left = units / 2 + ((this.random >>> 16) & (units - 1));
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
   * The interpreter is at a taken branch, which stands for many; `work` is all it has done. True when
   * the place is hot and may be translated.
   */
  sample(key: number, work: number): boolean {
    this.sampled = true;
    const weight = Math.max(1, Math.floor((work - this.worked) / SAMPLE_WORK));
    this.worked = work;
    return this.add(key, (weight * HOT_ARRIVALS) / HOT_SAMPLES, false);
  }
  /** Translated code came to an address which is not translated. The same result. */
  arrive(key: number): boolean {
    return this.add(key, 1, true);
  }
  /** There is no translation, whatever happens. */
  never(key: number): void {
    this.heat.set(key >>> 0, -Infinity);
  }

  /** Something was done about the place. */
  forget(key: number): void {
    this.heat.delete(key >>> 0);
  }

  /** A hot place that has to wait stays hot: the next time is asked again. */
  private add(key: number, by: number, arrived: boolean): boolean {
    const { budget, ready } = this;
    const { work, bytes } = this.spent();
    const heat = this.warm(key, by);
    const own = HEAT_WORK * heat;
    const earned = work + (own * 2 >= work ? budget.focus * own : own);
    const candidate = earned >= budget.ready ? ready.for(key) : undefined;
    if (candidate) {
      const { entry, size, isLoop } = candidate;
      const isEntry = entry === key >>> 0;
      const due = READY_ARRIVALS + size / READY_BYTES;
      const isPart = isLoop && !(arrived && isEntry);
      if ((isEntry ? heat : this.warm(entry, by)) < (isPart ? due * LOOP_SHARE : due)) return false;
      this.forget(entry);
      ready.use(candidate);
      return false;
    }
    if (heat < HOT_ARRIVALS || earned < budget.first + budget.perByte * bytes) return false;
    return heat >= HOT_ARRIVALS * MIDDLE_SHARE || !ready.holds(key);
  }
  private warm(key: number, by: number): number {
    const { heat } = this;
    const now = (heat.get(key >>> 0) ?? 0) + by;
    if (heat.size >= PLACES) heat.clear();
    heat.set(key >>> 0, now);
    return now;
  }
}
