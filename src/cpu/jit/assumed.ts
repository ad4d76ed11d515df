import { GRANULE_SHIFT, type GuestMemory, WRITE } from "../../memory/mod.ts";

// A store of which is known where it goes, as to a table at a constant address with an index that was masked, needs no test when all
// of that could be stored to when it was translated: the region goes when that changes. Rights change only while the host runs, and
// code that the host comes back to unwinds when a region went (Regions.version).

/** The most bytes that one access relies on. */
export const MOST_ASSUMED = 1 << 14;

const GRANULE = 1 << GRANULE_SHIFT;

/** Whether all of [start, end) can be stored to now. */
export function isWritable({ rights }: GuestMemory, start: number, end: number): boolean {
  for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++)
    if (!(rights[g] & WRITE)) return false;
  return true;
}

/** Whether two lists of ranges (start, end, ...) have a granule in common. */
export function shareGranules(a: readonly number[], b: readonly number[]): boolean {
  for (let k = 0; k < a.length; k += 2) if (touches(b, a[k], a[k + 1])) return true;
  return false;
}

/** Whether one of the ranges (start, end, ...) has a granule in common with [start, end). */
function touches(ranges: readonly number[], start: number, end: number): boolean {
  const first = start >>> GRANULE_SHIFT;
  const last = (end - 1) >>> GRANULE_SHIFT;
  for (let k = 0; k < ranges.length; k += 2)
    if (ranges[k] >>> GRANULE_SHIFT <= last && (ranges[k + 1] - 1) >>> GRANULE_SHIFT >= first)
      return true;
  return false;
}

/** Who relies on being able to store where: start, end, ... */
interface Reliant {
  readonly key: number;
  readonly stores: readonly number[];
}

/** Regions that rely on what can be stored to. */
export class Assumptions<R extends Reliant> {
  private readonly reliant = new Set<R>();
  /** Keys of those that were wrong once: their next translation tests. */
  private readonly wrong = new Set<number>();
  private low = Number.POSITIVE_INFINITY;
  private high = 0;

  /** Whether the region at `key` may rely on anything. */
  allows(key: number): boolean {
    return !this.wrong.has(key);
  }
  add(region: R): void {
    const { stores } = region;
    if (stores.length === 0) return;
    this.reliant.add(region);
    for (let k = 0; k < stores.length; k += 2) {
      this.low = Math.min(this.low, stores[k]);
      this.high = Math.max(this.high, stores[k + 1]);
    }
  }
  remove(region: R): void {
    this.reliant.delete(region);
  }
  /** Those that were right until [start, end) could not be stored to any more; they are no longer known here. */
  narrowed(start: number, end: number): R[] {
    if (this.reliant.size === 0) return [];
    if (end + GRANULE <= this.low || start - GRANULE >= this.high) return [];
    const gone = [...this.reliant].filter(({ stores }) => touches(stores, start, end));
    for (const region of gone) this.distrust(region);
    return gone;
  }
  /** What the region relied on was wrong. */
  distrust(region: R): void {
    this.reliant.delete(region);
    this.wrong.add(region.key);
  }
  clear(): void {
    this.wrong.clear();
  }
}
