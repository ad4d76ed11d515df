import { FatError } from "./error.ts";
import { END, type FatTable } from "./table.ts";

/** Clusters that follow each other on the disk. */
interface Run {
  /** Position of its first cluster in the chain. */
  readonly index: number;
  readonly cluster: number;
  length: number;
}

/** The clusters of one file or directory, read from the FAT as far as they are asked for and kept as runs. */
export class Chain {
  private readonly runs: Run[] = [];
  private known = 0;
  private complete: boolean;
  /** Brent: a cluster met again is a cycle; the one remembered moves on at every power of two. */
  private remembered = 0;
  /** Why the chain cannot be followed further. */
  private damage: FatError | undefined;
  private recent = 0;

  /** `first` is 0 for an empty chain. */
  constructor(
    private readonly table: FatTable,
    first: number,
    what: string,
  ) {
    this.complete = first === 0;
    if (first !== 0) this.push(table.check(first, what));
  }

  /** First cluster, 0 when empty. */
  get first(): number {
    return this.runs.length ? this.runs[0].cluster : 0;
  }

  /**
   * Number of clusters; reads the whole chain.
   *
   * @throws FatError "damaged" when it has no end
   */
  get length(): number {
    this.reach(Infinity);
    if (this.damage) throw this.damage;
    return this.known;
  }

  /**
   * The cluster at a position and how many from there on, at most `max`, lie side by side on the disk; undefined behind the
   * end.
   *
   * @throws FatError "damaged" when the chain is broken before that position
   */
  at(index: number, max = 1): { cluster: number; count: number } | undefined {
    this.reach(index + max - 1);
    if (index >= this.known) {
      if (this.damage) throw this.damage;
      return undefined;
    }
    const run = this.runs[this.find(index)];
    const skip = index - run.index;
    return { cluster: run.cluster + skip, count: Math.min(max, run.length - skip) };
  }

  /** Appends a new cluster; false when the disk is full. */
  extend(): boolean {
    const last = this.length > 0 ? this.runs[this.runs.length - 1] : undefined;
    const cluster = this.table.allocate(last ? last.cluster + last.length - 1 : 0);
    if (cluster === 0) return false;
    this.push(cluster);
    return true;
  }

  /** Keeps `count` clusters and frees the others. */
  cut(count: number): void {
    const next = this.at(count)?.cluster;
    if (next === undefined) return;
    if (count > 0) this.table.terminate(this.at(count - 1)!.cluster);
    this.table.release(next);
    while (this.runs.length && this.runs[this.runs.length - 1].index >= count) this.runs.pop();
    const last = this.runs[this.runs.length - 1];
    if (last) last.length = Math.min(last.length, count - last.index);
    this.known = count;
    this.complete = true;
    this.damage = undefined;
    this.remembered = 0;
    this.recent = 0;
  }

  /** Follows the chain up to a position, its end, or where it is broken. */
  private reach(index: number): void {
    while (!this.complete && this.known <= index) {
      const last = this.runs[this.runs.length - 1];
      try {
        const next = this.table.next(last.cluster + last.length - 1);
        if (next === this.remembered) throw this.circle();
        if (next === END) this.complete = true;
        else this.push(next);
      } catch (error) {
        if (!(error instanceof FatError) || error.reason !== "damaged") throw error;
        this.damage = error;
        this.complete = true;
      }
    }
  }

  private circle(): FatError {
    return new FatError(
      "damaged",
      `the file system is damaged: the chain of cluster ${this.first} runs in a circle`,
    );
  }

  private push(cluster: number): void {
    const last = this.runs[this.runs.length - 1];
    if (last && last.cluster + last.length === cluster) last.length++;
    else this.runs.push({ index: this.known, cluster, length: 1 });
    this.known++;
    if ((this.known & (this.known - 1)) === 0) this.remembered = cluster;
  }

  /** Position in `runs` of the run that holds a known position: the same or the next as last time, else by bisection. */
  private find(index: number): number {
    const holds = (i: number) =>
      i < this.runs.length &&
      index >= this.runs[i].index &&
      index < this.runs[i].index + this.runs[i].length;
    if (holds(this.recent)) return this.recent;
    if (holds(this.recent + 1)) return ++this.recent;
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.runs[middle].index <= index) low = middle;
      else high = middle - 1;
    }
    this.recent = low;
    return low;
  }
}
