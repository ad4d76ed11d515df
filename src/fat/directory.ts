import { Names } from "./by-name.ts";
import { Attribute, DELETED, ENTRY, Field, shortOf } from "./entry.ts";
import { FatError } from "./error.ts";
import { type FatInfo, infoOf } from "./info.ts";
import {
  aliasOf,
  isUsable,
  longEntries,
  LongNameReader,
  type ParsedName,
  shortText,
  writeLongName,
} from "./names.ts";
import { type Hit, scan } from "./scan.ts";
import { Slots, type Store } from "./slots.ts";

/** A file or directory found in a directory. */
export interface DirectoryEntry {
  /** Position of the 32-byte short entry, counted in entries. */
  readonly slot: number;
  /** Position of the first entry of its long name; `slot` when there is none. */
  readonly first: number;
  /** The name people see. */
  readonly name: string;
  /** The 8.3 name as text. */
  readonly alias: string;
  /** The 11 bytes of the short name, one per character. */
  readonly short: string;
}

/** A place for a new entry: `count` free slots from `first` on. */
export interface Place {
  readonly first: number;
  readonly count: number;
  readonly short: string;
}

/** Directories with more slots get their index when it pays. */
const SMALL = 1024;
const MAX_SCANS = 8;
/** Two pages of the host, in slots: one of them is empty then, when clusters are side by side. */
const WIDEST = 256;

/** Memory an entry takes with its names and the index, in multiples of its 32 bytes; measured, roughly. */
const OVERHEAD = 10;

/**
 * One directory, held in memory with an index by name. Changes are written to the disk at once, in an order that leaves no
 * half entry behind: the parts of a long name before the short entry when adding, after it when removing.
 */
export class Directory {
  private readonly slots: Slots;
  /** By slot of the short entry. */
  private readonly table: (DirectoryEntry | undefined)[] = [];
  /** By name; undefined until a name is looked for: a list needs none of it. */
  private names: Names | undefined;
  /** The first never used slot; those behind it are free whatever they contain. */
  private end = 0;
  /** No slot below is free. */
  private firstFree = 0;
  /** A large directory is searched without an index at first. */
  private indexed = false;
  private scans = 0;
  /** What was found so, by slot. */
  private readonly early = new Map<number, DirectoryEntry>();

  /** `start` is the first cluster; 0 the fixed root directory of FAT12 and FAT16. */
  constructor(
    private readonly store: Store,
    readonly start: number,
  ) {
    this.slots = new Slots(store, start);
    if (this.slots.count <= SMALL) this.ready();
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

  /** The first entry from a slot on. */
  from(slot: number): DirectoryEntry | undefined {
    this.ready();
    for (let i = slot; i < this.table.length; i++) {
      const entry = this.table[i];
      if (entry) return entry;
    }
    return undefined;
  }

  /** Entries in the order of the disk. */
  *entries(): Iterable<DirectoryEntry> {
    this.ready();
    for (const entry of this.table) if (entry) yield entry;
  }

  get empty(): boolean {
    return this.from(0) === undefined;
  }

  /** The entry with that name, long or short; of two, the first. */
  find(name: ParsedName): DirectoryEntry | undefined {
    if (!this.names && this.slots.count > SMALL && this.scans++ < MAX_SCANS) {
      const hit = scan(this.slots.all, this.slots.count, name);
      const entry = hit && this.found(hit);
      if (entry) return entry;
    }
    return this.byName().find(name);
  }

  /**
   * Chooses the short name for a new entry and finds (or makes) room for it. Nothing is visible yet.
   *
   * @param path what errors call the directory
   * @throws FatError "full" when the directory or the disk is
   */
  reserve(name: ParsedName, path: string): Place {
    this.ready();
    const short = name.lossy ? this.freeAlias(name) : name.short;
    const count = 1 + (name.needsLong ? longEntries(name.long) : 0);
    return { first: this.room(count, path), count, short };
  }

  /** Writes a new entry into its place. `fields` are the 32 bytes of the short entry; name and case flags are filled in. */
  insert(place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const entry = this.put(place, name, fields);
    let last = this.terminate(entry.slot);
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
    this.ready();
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
    const ends = after > this.end && after < slots.count && slots.lead(after) !== 0;
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
    this.slots.write(low, Math.max(old.slot, this.terminate(entry.slot)));
    return entry;
  }

  /** Slot of the volume label entry, in a root directory. */
  labelSlot(): number | undefined {
    this.ready();
    for (let slot = 0; slot < this.end; slot++) {
      const attributes = this.view(slot)[Field.Attributes] & Attribute.Mask;
      const label = (attributes & Attribute.Volume) !== 0 && attributes !== Attribute.LongName;
      if (label && this.slots.lead(slot) !== DELETED) return slot;
    }
    return undefined;
  }

  /** Adds an entry that is not found by name: the volume label. */
  insertHidden(fields: Uint8Array): void {
    this.ready();
    const slot = this.room(1, "/");
    this.view(slot).set(fields);
    this.slots.write(slot, this.terminate(slot));
  }

  removeHidden(slot: number): void {
    this.slots.setLead(slot, DELETED);
    this.firstFree = Math.min(this.firstFree, slot);
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
    return this.add(slot, place.first, place.count > 1 ? name.long : undefined);
  }

  /** @throws FatError "damaged" when there was more that could not be read */
  checkWhole(): void {
    this.ready();
    if (this.slots.damage && this.end >= this.slots.count) throw this.slots.damage;
  }

  private erase(entry: DirectoryEntry): void {
    for (let slot = entry.first; slot <= entry.slot; slot++) this.slots.setLead(slot, DELETED);
    this.forget(entry);
    this.firstFree = Math.min(this.firstFree, entry.first);
  }

  /** Sees to it that the slot behind the used ones is marked as the end; gives the last slot that changed. */
  private terminate(slot: number): number {
    if (slot < this.end) return slot;
    this.end = slot + 1;
    if (this.end >= this.slots.count || this.slots.lead(this.end) === 0) return slot;
    this.slots.setLead(this.end, 0);
    return this.end;
  }

  /** The long name of an entry lies in another sector than the entry itself, and one write cannot take both. */
  private inTwoWrites({ first, slot }: DirectoryEntry): boolean {
    const { slots } = this;
    return slots.sector(slot - 1) !== slots.sector(slot) && !slots.isOneWrite(first, slot);
  }

  /** First of `count` free slots in a row; the directory grows when it has none. */
  private room(count: number, path: string): number {
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
      this.firstFree = 0;
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
    let lowest = -1;
    let slot = this.firstFree;
    for (let run = 0; run < count; slot++) {
      if (slot >= this.slots.count) {
        if (slot >= most) throw new FatError("full", `${path}: no room in one piece`);
        this.slots.grow(path);
      }
      if (apart(slot)) run = 0;
      if (slot >= this.end || this.slots.lead(slot) === DELETED) {
        if (lowest < 0) lowest = slot;
        run++;
      } else run = 0;
    }
    this.firstFree = lowest;
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
    if (this.firstFree >= end) this.firstFree = first;
  }

  private found({ slot, first, long }: Hit): DirectoryEntry | undefined {
    if (this.indexed) return this.table[slot];
    let entry = this.early.get(slot);
    if (!entry) this.early.set(slot, (entry = this.describe(slot, first, long)));
    return entry;
  }

  /** Everything but `view`, `touch` and the first look-ups needs the index. */
  private ready(): void {
    if (this.indexed) return;
    this.indexed = true;
    this.index();
    this.early.clear();
  }

  private index(): void {
    const reader = new LongNameReader();
    const { all, count } = this.slots;
    let firstFree = -1;
    let slot = 0;
    for (; slot < count; slot++) {
      const at = slot * ENTRY;
      const lead = all[at];
      if (lead === 0) break;
      if (lead === DELETED) {
        if (firstFree < 0) firstFree = slot;
        reader.reset();
        continue;
      }
      const attributes = all[at + Field.Attributes] & Attribute.Mask;
      if (attributes === Attribute.LongName) {
        reader.take(all, at);
      } else if ((attributes & Attribute.Volume) !== 0 || lead === 0x2e) {
        reader.reset();
      } else {
        const found = reader.finish(shortOf(all, at));
        this.add(slot, slot - (found?.entries ?? 0), found?.name);
      }
    }
    this.end = slot;
    this.firstFree = firstFree < 0 ? slot : firstFree;
  }

  private byName(): Names {
    this.ready();
    if (!this.names) {
      this.names = new Names();
      for (const entry of this.entries()) this.names.add(entry);
    }
    return this.names;
  }

  private describe(slot: number, first: number, long: string | undefined): DirectoryEntry {
    const { all } = this.slots;
    const short = shortOf(all, slot * ENTRY);
    const usable = long !== undefined && isUsable(long);
    return {
      slot,
      first,
      name: usable ? long : shortText(short, all[slot * ENTRY + Field.NtFlags]),
      alias: shortText(short, 0),
      short,
    };
  }

  private add(slot: number, first: number, long: string | undefined): DirectoryEntry {
    const entry = this.early.get(slot) ?? this.describe(slot, first, long);
    while (this.table.length < slot) this.table.push(undefined);
    this.table[slot] = entry;
    this.names?.add(entry);
    return entry;
  }

  private forget(entry: DirectoryEntry): void {
    this.table[entry.slot] = undefined;
    this.names?.remove(entry, this.entries());
  }

  private freeAlias(name: ParsedName): string {
    const names = this.byName();
    for (let n = 1; n < 100; n++) {
      const alias = aliasOf(name, n);
      if (!names.hasShort(alias)) return alias;
    }
    throw new FatError("denied", `no free 8.3 name is left for ${JSON.stringify(name.long)}`);
  }
}
