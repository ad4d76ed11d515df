import { Entries } from "./entries.ts";
import { Attribute, DELETED, type DirectoryEntry, ENTRY, Field } from "./entry.ts";
import { FreeSlots } from "./free-slots.ts";
import { type FatInfo, infoOf } from "./info.ts";
import { longEntries, writeLongName } from "./long-name.ts";
import type { ParsedName } from "./names.ts";
import { Slots, type Store } from "./slots.ts";

/** A place for a new entry: `count` free slots from `first` on. */
export interface Place {
  readonly first: number;
  readonly count: number;
  readonly short: string;
}

/** Memory an entry takes with its names and the index, in multiples of its 32 bytes; measured, roughly. */
const OVERHEAD = 10;

/**
 * One directory, held in memory with an index by name. Changes are written to the disk at once, in an order that leaves no
 * half entry behind: the parts of a long name before the short entry when adding, after it when removing.
 */
export class Directory {
  private readonly slots: Slots;
  private readonly free: FreeSlots;
  readonly entries: Entries;

  /** `start` is the first cluster; 0 the fixed root directory of FAT12 and FAT16. */
  constructor(
    store: Store,
    readonly start: number,
  ) {
    this.slots = new Slots(store, start);
    this.free = new FreeSlots(store, this.slots);
    this.entries = new Entries(this.slots, this.free);
  }

  /** Bytes of memory, roughly. */
  get weight(): number {
    return this.slots.count * 32 * OVERHEAD;
  }

  /** All slots. */
  get bytes(): Uint8Array {
    return this.slots.view(0, this.slots.count);
  }

  /** The 32 bytes of an entry; a view, `touch` writes changes to the disk. */
  view(slot: number): Uint8Array {
    return this.slots.view(slot);
  }

  /** What an entry says. */
  info(entry: DirectoryEntry): FatInfo {
    return infoOf(entry, this.slots.all, entry.slot * ENTRY);
  }

  /** Writes the sector that holds an entry. */
  touch(slot: number): void {
    this.slots.write(slot, slot);
  }

  /**
   * Chooses the short name for a new entry and finds (or makes) room for it. Nothing is visible yet.
   *
   * @param path what errors call the directory
   * @throws FatError "full" when the directory or the disk is
   */
  reserve(name: ParsedName, path: string): Place {
    this.entries.ready();
    const short = name.lossy ? this.entries.freeAlias(name) : name.short;
    const count = 1 + (name.needsLong ? longEntries(name.long) : 0);
    return { first: this.free.take(count, path), count, short };
  }

  /** Writes a new entry into its place. `fields` are the 32 bytes of the short entry; name and case flags are filled in. */
  insert(place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const entry = this.put(place, name, fields);
    let last = this.free.terminate(entry.slot);
    if (this.slots.sector(last) !== this.slots.sector(entry.slot)) {
      this.slots.write(last, last);
      last = entry.slot;
    }
    // With the short entry alone in its sector there is a whole entry at every moment.
    if (this.inTwoWrites(entry)) {
      this.slots.write(entry.slot, last);
      this.slots.write(place.first, entry.slot - 1);
    } else this.slots.write(place.first, last);
    return entry;
  }

  /** Marks the entry and the parts of its long name as deleted. */
  remove(entry: DirectoryEntry): void {
    this.entries.ready();
    this.erase(entry);
    if (this.inTwoWrites(entry)) {
      this.slots.write(entry.first, entry.slot - 1);
      this.slots.write(entry.slot, entry.slot);
    } else this.slots.write(entry.first, entry.slot);
  }

  /**
   * Removes an entry and inserts another that takes its place: in one write when both are in one sector, else removal first, so
   * that at no time two entries own the same clusters.
   */
  replace(old: DirectoryEntry, place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const { slots } = this;
    const after = place.first + place.count;
    const ends = after > this.free.end && after < slots.count && slots.lead(after) !== 0;
    const [low, high] = [
      Math.min(old.first, place.first),
      Math.max(old.slot, ends ? after : after - 1),
    ];
    if (slots.sector(low) !== slots.sector(high)) {
      this.remove(old);
      return this.insert(place, name, fields);
    }
    this.erase(old);
    const entry = this.put(place, name, fields);
    this.slots.write(low, Math.max(old.slot, this.free.terminate(entry.slot)));
    return entry;
  }

  /** Slot of the volume label entry, in a root directory. */
  labelSlot(): number | undefined {
    this.entries.ready();
    for (let slot = 0; slot < this.free.end; slot++) {
      const attributes = this.view(slot)[Field.Attributes] & Attribute.Mask;
      const label = (attributes & Attribute.Volume) !== 0 && attributes !== Attribute.LongName;
      if (label && this.slots.lead(slot) !== DELETED) return slot;
    }
    return undefined;
  }

  /** Adds an entry that is not found by name: the volume label. */
  insertHidden(fields: Uint8Array): void {
    this.entries.ready();
    const slot = this.free.take(1, "/");
    this.view(slot).set(fields);
    this.slots.write(slot, this.free.terminate(slot));
  }

  removeHidden(slot: number): void {
    this.slots.setLead(slot, DELETED);
    this.free.give(slot);
    this.touch(slot);
  }

  private put(place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const slot = place.first + place.count - 1;
    if (place.count > 1)
      writeLongName(this.slots.view(place.first, place.count), name.long, place.short);
    const entry = this.view(slot);
    entry.set(fields);
    for (let i = 0; i < 11; i++) entry[i] = place.short.charCodeAt(i);
    entry[Field.NtFlags] = name.ntFlags;
    return this.entries.add(slot, place.first, place.count > 1 ? name.long : undefined);
  }

  /** @throws FatError "damaged" when there was more that could not be read */
  checkWhole(): void {
    this.entries.ready();
    if (this.slots.damage && this.free.end >= this.slots.count) throw this.slots.damage;
  }

  private erase(entry: DirectoryEntry): void {
    for (let slot = entry.first; slot <= entry.slot; slot++) this.slots.setLead(slot, DELETED);
    this.entries.forget(entry);
    this.free.give(entry.first);
  }

  /** The long name of an entry lies in another sector than the entry itself, and one write cannot take both. */
  private inTwoWrites({ first, slot }: DirectoryEntry): boolean {
    const { slots } = this;
    return slots.sector(slot - 1) !== slots.sector(slot) && !slots.isOneWrite(first, slot);
  }
}
