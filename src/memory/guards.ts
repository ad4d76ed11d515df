import { GRANULE_SHIFT } from "./access.ts";
import { GranuleMap } from "./granule-map.ts";
import { IntMap } from "./int-map.ts";

/** A range [start, end) of guest memory whose stores are stopped. */
export interface Guard {
  readonly start: number;
  readonly end: number;
  /** Whose it is; part of the fault. */
  readonly tag: unknown;
  /** Loads are stopped too. */
  readonly reads: boolean;
}

const NONE: readonly Guard[] = [];

/** Guards by the granules that they overlap and by their first address; they may overlap each other. */
export class Guards {
  /** Index: address >>> GRANULE_SHIFT. */
  readonly byGranule = new GranuleMap<readonly Guard[]>();
  private readonly byStart = new IntMap<readonly Guard[]>();

  add(guard: Guard): void {
    const { start, end } = guard;
    this.byStart.set(start, [...(this.byStart.get(start) ?? []), guard]);
    // Granules with no other guard share one list, for most are the inside of a red zone.
    const alone = [guard];
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
      const others = this.byGranule.get(g);
      this.byGranule.set(g, others ? [...others, guard] : alone);
    }
  }

  /** Takes away every guard that begins at `start`, and gives them. */
  remove(start: number): readonly Guard[] {
    const removed = this.byStart.get(start) ?? [];
    for (const guard of removed)
      for (let g = start >>> GRANULE_SHIFT; g <= (guard.end - 1) >>> GRANULE_SHIFT; g++) {
        const list = this.byGranule.get(g);
        if (list === undefined || list.length === 1) this.byGranule.delete(g);
        else {
          const rest = list.filter((other) => other !== guard);
          this.byGranule.set(g, rest);
        }
      }
    this.byStart.delete(start);
    return removed;
  }

  /** The guard that covers `address`, if any. */
  at(address: number): Guard | undefined {
    return this.byGranule
      .get(address >>> GRANULE_SHIFT)
      ?.find(({ start, end }) => address >= start && address < end);
  }

  /** The highest address of [start, end) whose stores alone are stopped. */
  highest(start: number, end: number): number | undefined {
    for (let g = (end - 1) >>> GRANULE_SHIFT; g >= start >>> GRANULE_SHIFT; g--) {
      let found = -1;
      for (const guard of this.byGranule.get(g) ?? NONE)
        if (!guard.reads && guard.start < end && guard.end > start)
          found = Math.max(found, Math.min(guard.end, end) - 1);
      if (found >= 0) return found;
    }
    return undefined;
  }
}
