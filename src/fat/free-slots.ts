import { DELETED, ENTRY } from "./entry.ts";
import { FatError } from "./error.ts";
import type { Slots, Store } from "./slots.ts";

/** Two pages of the host, in slots: one of them is empty then, when clusters are side by side. */
const WIDEST = 256;

/** The slots of a directory that new entries may take, and its end: the first slot that was never used. */
export class FreeSlots {
  /** The first never used slot; those behind it are free whatever they contain. */
  end = 0;
  /** No slot below is free. */
  private lowest = 0;

  constructor(
    private readonly store: Store,
    private readonly slots: Slots,
  ) {}

  /** What a walk through the directory has found. */
  set(end: number, lowest: number): void {
    this.end = end;
    this.lowest = lowest;
  }

  /** A slot is marked as deleted. */
  give(slot: number): void {
    this.lowest = Math.min(this.lowest, slot);
  }

  /** First of `count` free slots in a row; the directory grows when it has none. */
  take(count: number, path: string): number {
    const { slots } = this;
    if (slots.damage) throw slots.damage;
    const { packed, geometry } = this.store;
    if (packed) return this.rowOf(count, path);
    const perSector = geometry.sectorSize / ENTRY;
    // A name that does not fit in a sector lies in sectors that are written as one.
    const apart = (slot: number): boolean =>
      slot % perSector === 0 && (count <= perSector || slots.beginsPage(slot / perSector));
    // Clusters of a sector each may never lie side by side: not for the sake of this is the disk filled.
    const most = count <= perSector ? Infinity : slots.count + WIDEST;
    try {
      const first = this.rowOf(count, path, apart, most);
      this.skipTo(first);
      return first;
    } catch (error) {
      if (!(error instanceof FatError) || error.reason !== "full") throw error;
      this.lowest = 0;
      const first = this.rowOf(count, path);
      // The entry goes to the disk before its name: not behind the end.
      const slot = first + count - 1;
      if (!slots.isOneWrite(first, slot)) this.skipTo(slot);
      return first;
    }
  }

  /** The same, where `apart` tells that a slot and the one before it are not to lie in one row; it grows up to `most` slots. */
  private rowOf(
    count: number,
    path: string,
    apart: (slot: number) => boolean = () => false,
    most = Infinity,
  ): number {
    let first = -1;
    let slot = this.lowest;
    for (let run = 0; run < count; slot++) {
      if (slot >= this.slots.count) {
        if (slot >= most) throw new FatError("full", `${path}: no room in one piece`);
        this.slots.grow(path);
      }
      if (apart(slot)) run = 0;
      if (slot >= this.end || this.slots.lead(slot) === DELETED) {
        if (first < 0) first = slot;
        run++;
      } else run = 0;
    }
    this.lowest = first;
    return slot - count;
  }

  /** Slots that were never used and stay free are no end any more; they lie in sectors before that of the new end. */
  private skipTo(first: number): void {
    const { end, slots } = this;
    if (first <= end) return;
    if (slots.lead(first) !== 0) {
      slots.setLead(first, 0);
      slots.write(first, first);
    }
    for (let slot = end; slot < first; slot++) slots.setLead(slot, DELETED);
    // From the back: what lies behind the end is nobody's, until the end is gone.
    const perSector = this.store.geometry.sectorSize / ENTRY;
    for (let slot = first - 1; slot >= end; slot -= (slot % perSector) + 1) slots.write(slot, slot);
    this.end = first;
    // They are used last, so that a list is in the order of creation.
    if (this.lowest >= end) this.lowest = first;
  }

  /** Sees to it that the slot behind the used ones is marked as the end; gives the last slot that changed. */
  terminate(slot: number): number {
    if (slot < this.end) return slot;
    this.end = slot + 1;
    if (this.end >= this.slots.count || this.slots.lead(this.end) === 0) return slot;
    this.slots.setLead(this.end, 0);
    return this.end;
  }
}
