/**
 * How long a process warms up that makes its machine code as it runs: after about a second of the processor it has reached the last tier,
 * in nothing less than so many samples. The interpreter needs as few as others, of which no tier is the last. A sample
 * that is much faster than all before it says that a tier has come just now: the time begins anew. n-body, of which the interpreter's samples
 * take as long as that, would be measured between two tiers.
 */
const WARM_TIME = 1500; // milliseconds of CPU time
const WARM_TRANSLATED = 12;
const WARM = 2;
/** Of the least time so far: less than that is another tier and no chance. */
const FASTER = 0.8;

/** Prints a line "CHECKSUM NANOSECONDS" for each of so many samples of a process that is warm. */
export class Samples {
  private seen = 0;
  private spent = 0;
  private printed = 0;
  private least = Infinity;

  constructor(
    private readonly wanted: number,
    private readonly translates: boolean,
  ) {}

  /** One sample of so many milliseconds; true when no more is wanted. */
  add(sum: string, time: number): boolean {
    const { translates } = this;
    if (time < FASTER * this.least) this.spent = 0;
    this.least = Math.min(this.least, time);
    const warm = translates
      ? this.seen >= WARM_TRANSLATED && this.spent >= WARM_TIME
      : this.seen >= WARM;
    this.seen++;
    this.spent += time;
    if (!warm) return false;
    console.log(`${sum} ${Math.round(time * 1e6)}`);
    return ++this.printed === this.wanted;
  }
}
