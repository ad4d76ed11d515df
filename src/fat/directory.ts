import { Chain } from "./chain.ts";
import { fold } from "./codepage.ts";
import { Attribute, DELETED, ENTRY, Field } from "./entry.ts";
import { FatError } from "./error.ts";
import { clusterSector, type Geometry } from "./geometry.ts";
import {
  aliasOf,
  isUsable,
  longEntries,
  LongNameReader,
  type ParsedName,
  searchKeys,
  shortText,
  writeLongName,
} from "./names.ts";
import type { Sectors } from "./sectors.ts";
import type { FatTable } from "./table.ts";

/** The largest directory of FAT: 65536 entries. */
const MAX_BYTES = 65536 * ENTRY;

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
  /** Has a valid long name. */
  readonly long: boolean;
}

/** What directories need of their volume. */
export interface Store {
  readonly geometry: Geometry;
  readonly sectors: Sectors;
  readonly table: FatTable;
  /** Writes the FAT (and FSInfo) now. */
  flushTable(): void;
}

/** A place for a new entry: `count` free slots from `first` on. */
export interface Place {
  readonly first: number;
  readonly count: number;
  readonly short: string;
}

/**
 * One directory, held in memory with an index by name. Changes are written to the disk at once, in an order that leaves no
 * half entry behind: the parts of a long name before the short entry when adding, after it when removing.
 */
export class Directory {
  private bytes: Uint8Array;
  private readonly slots: (DirectoryEntry | undefined)[] = [];
  private readonly byLong = new Map<string, DirectoryEntry>();
  private readonly byShort = new Map<string, DirectoryEntry>();
  private readonly chain: Chain | undefined;
  /** The first never used slot; those behind it are free whatever they contain. */
  private end = 0;
  /** No slot below is free. */
  private firstFree = 0;
  /** Why the rest of the directory could not be read: it is shown, but not changed. */
  private damage: FatError | undefined;
  /** Some name occurs twice (a damaged directory). */
  private twins = false;

  /** `start` is the first cluster; 0 the fixed root directory of FAT12 and FAT16. */
  constructor(
    private readonly store: Store,
    readonly start: number,
  ) {
    const { geometry, sectors, table } = store;
    if (start === 0) {
      this.bytes = new Uint8Array(geometry.rootEntries * ENTRY);
      sectors.read(geometry.rootSector, this.bytes);
    } else {
      this.chain = new Chain(table, start, "a directory");
      this.bytes = this.load(this.chain);
    }
    this.index();
  }

  /** Bytes of memory, roughly. */
  get weight(): number {
    return this.bytes.length * 4;
  }

  /** The 32 bytes of an entry; a view, `touch` writes changes to the disk. */
  view(slot: number): Uint8Array {
    return this.bytes.subarray(slot * ENTRY, (slot + 1) * ENTRY);
  }

  /** Entries in the order of the disk, from a slot on. */
  from(slot: number): DirectoryEntry | undefined {
    for (let i = slot; i < this.slots.length; i++) {
      const entry = this.slots[i];
      if (entry) return entry;
    }
    return undefined;
  }

  *entries(): Iterable<DirectoryEntry> {
    for (const entry of this.slots) if (entry) yield entry;
  }

  get empty(): boolean {
    return this.from(0) === undefined;
  }

  /** The entry with that name, long or short; of two, the first. */
  find(name: ParsedName): DirectoryEntry | undefined {
    const keys = searchKeys(name);
    const long = this.byLong.get(keys.long);
    const short = keys.short === undefined ? undefined : this.byShort.get(keys.short);
    return long && short ? (long.slot < short.slot ? long : short) : (long ?? short);
  }

  /** Slot of the volume label entry, in a root directory. */
  labelSlot(): number | undefined {
    for (let slot = 0; slot < this.end; slot++) {
      const entry = this.view(slot);
      const attributes = entry[Field.Attributes] & Attribute.Mask;
      if (
        entry[0] !== DELETED &&
        (attributes & Attribute.Volume) !== 0 &&
        attributes !== Attribute.LongName
      )
        return slot;
    }
    return undefined;
  }

  /**
   * Chooses the short name for a new entry and finds (or makes) room for it. Nothing is visible yet.
   *
   * @throws FatError "denied" when the directory or the disk is full
   */
  reserve(name: ParsedName): Place {
    const short = name.lossy ? this.freeAlias(name) : name.short;
    const count = 1 + (name.needsLong ? longEntries(name.long) : 0);
    return { first: this.room(count), count, short };
  }

  /** Writes a new entry into its place. `fields` are the 32 bytes of the short entry; name and case flags are filled in. */
  insert(place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const entry = this.put(place, name, fields);
    this.write(place.first, this.terminate(entry.slot));
    return entry;
  }

  /** Marks the entry and the parts of its long name as deleted. */
  remove(entry: DirectoryEntry): void {
    this.erase(entry);
    this.write(entry.first, entry.slot, true);
  }

  /**
   * Removes an entry and inserts another that takes its place: in one write when both are in one sector, else removal first, so
   * that at no time two entries own the same clusters.
   */
  replace(old: DirectoryEntry, place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    this.erase(old);
    const entry = this.put(place, name, fields);
    const last = this.terminate(entry.slot);
    const sector = (slot: number) => Math.floor((slot * ENTRY) / this.store.geometry.sectorSize);
    const together = Math.min(old.first, place.first);
    if (sector(together) !== sector(Math.max(old.slot, last)))
      this.write(old.first, old.slot, true);
    this.write(place.first, last);
    return entry;
  }

  /** Writes the sectors that hold an entry. */
  touch(slot: number): void {
    this.write(slot, slot);
  }

  /** Adds an entry that is not found by name: the volume label. */
  insertHidden(fields: Uint8Array): void {
    const slot = this.room(1);
    this.view(slot).set(fields);
    this.write(slot, this.terminate(slot));
  }

  removeHidden(slot: number): void {
    this.bytes[slot * ENTRY] = DELETED;
    this.firstFree = Math.min(this.firstFree, slot);
    this.write(slot, slot);
  }

  private put(place: Place, name: ParsedName, fields: Uint8Array): DirectoryEntry {
    const slot = place.first + place.count - 1;
    if (place.count > 1)
      writeLongName(this.bytes.subarray(place.first * ENTRY), name.long, place.short);
    const entry = this.view(slot);
    entry.set(fields);
    for (let i = 0; i < 11; i++) entry[i] = place.short.charCodeAt(i);
    entry[Field.NtFlags] = name.ntFlags;
    return this.add(slot, place.first, place.count > 1 ? name.long : undefined);
  }

  private erase(entry: DirectoryEntry): void {
    for (let slot = entry.first; slot <= entry.slot; slot++) this.bytes[slot * ENTRY] = DELETED;
    this.forget(entry);
    this.firstFree = Math.min(this.firstFree, entry.first);
  }

  /** Sees to it that the slot behind the used ones is marked as the end; gives the last slot that changed. */
  private terminate(slot: number): number {
    if (slot < this.end) return slot;
    this.end = slot + 1;
    const mark = this.end * ENTRY;
    if (mark >= this.bytes.length || this.bytes[mark] === 0) return slot;
    this.bytes[mark] = 0;
    return this.end;
  }

  /** First of `count` free slots in a row; the directory grows when it has none. */
  private room(count: number): number {
    if (this.damage) throw this.damage;
    let lowest: number | undefined;
    let run = 0;
    for (let slot = this.firstFree; run < count; slot++) {
      if (slot * ENTRY >= this.bytes.length) this.grow();
      if (slot >= this.end || this.bytes[slot * ENTRY] === DELETED) {
        lowest ??= slot;
        run++;
      } else run = 0;
      if (run === count) {
        this.firstFree = lowest!;
        return slot - count + 1;
      }
    }
    return this.firstFree;
  }

  private load(chain: Chain): Uint8Array {
    const { geometry, sectors } = this.store;
    const max = Math.max(1, Math.floor(MAX_BYTES / geometry.clusterSize));
    const pieces: Uint8Array[] = [];
    for (let clusters = 0; clusters < max;) {
      let run;
      try {
        run = chain.at(clusters, max - clusters);
      } catch (error) {
        if (!(error instanceof FatError)) throw error;
        this.damage = error;
      }
      if (!run) break;
      const piece = new Uint8Array(run.count * geometry.clusterSize);
      sectors.read(clusterSector(geometry, run.cluster), piece);
      pieces.push(piece);
      clusters += run.count;
    }
    return concat(pieces);
  }

  private index(): void {
    const reader = new LongNameReader();
    const count = this.bytes.length / ENTRY;
    let firstFree = -1;
    let slot = 0;
    for (; slot < count; slot++) {
      const at = slot * ENTRY;
      const lead = this.bytes[at];
      if (lead === 0) break;
      const attributes = this.bytes[at + Field.Attributes] & Attribute.Mask;
      if (lead === DELETED) {
        if (firstFree < 0) firstFree = slot;
        reader.reset();
      } else if (attributes === Attribute.LongName) {
        reader.take(this.view(slot));
      } else if ((attributes & Attribute.Volume) !== 0 || lead === 0x2e) {
        reader.reset();
      } else {
        const found = reader.finish(this.shortAt(slot));
        this.add(slot, slot - (found?.entries ?? 0), found?.name);
      }
    }
    this.end = slot;
    this.firstFree = firstFree < 0 ? slot : firstFree;
  }

  private shortAt(slot: number): string {
    return String.fromCharCode(...this.bytes.subarray(slot * ENTRY, slot * ENTRY + 11));
  }

  private add(slot: number, first: number, long: string | undefined): DirectoryEntry {
    const short = this.shortAt(slot);
    const usable = long !== undefined && isUsable(long);
    const ntFlags = this.bytes[slot * ENTRY + Field.NtFlags];
    const alias = shortText(short, 0);
    const name = usable ? long : shortText(short, ntFlags);
    const entry: DirectoryEntry = { slot, first, name, alias, short, long: usable };
    while (this.slots.length < slot) this.slots.push(undefined);
    this.slots[slot] = entry;
    for (const [map, key] of this.keys(entry)) {
      const other = map.get(key);
      if (other) this.twins = true;
      if (!other || other.slot > slot) map.set(key, entry);
    }
    return entry;
  }

  private forget(entry: DirectoryEntry): void {
    this.slots[entry.slot] = undefined;
    for (const [map, key] of this.keys(entry)) if (map.get(key) === entry) map.delete(key);
    if (!this.twins) return;
    for (const other of this.entries()) {
      for (const [map, key] of this.keys(other)) if (!map.has(key)) map.set(key, other);
    }
  }

  private keys(entry: DirectoryEntry): [Map<string, DirectoryEntry>, string][] {
    return [
      [this.byLong, fold(entry.name)],
      [this.byShort, entry.short],
    ];
  }

  private freeAlias(name: ParsedName): string {
    for (let n = 1; n < 100; n++) {
      const alias = aliasOf(name, n);
      if (!this.byShort.has(alias)) return alias;
    }
    throw new FatError("denied", `no free 8.3 name is left for ${JSON.stringify(name.long)}`);
  }

  private grow(): void {
    const { geometry, sectors } = this.store;
    if (!this.chain || this.bytes.length + geometry.clusterSize > MAX_BYTES)
      throw new FatError("denied", "the directory is full");
    const index = this.chain.length;
    if (!this.chain.extend()) throw new FatError("denied", "the disk is full");
    const zeros = new Uint8Array(geometry.clusterSize);
    sectors.write(clusterSector(geometry, this.chain.at(index)!.cluster), zeros);
    this.store.flushTable();
    this.bytes = concat([this.bytes, zeros]);
  }

  /**
   * Writes the sectors of the slots `first` to `last`, neighbouring ones in one piece. Backwards: the sector with the short
   * entry before those with its long name.
   */
  private write(first: number, last: number, backwards = false): void {
    const { sectors, geometry } = this.store;
    const size = geometry.sectorSize;
    const writes: { disk: number; from: number; to: number }[] = [];
    const end = Math.floor((last * ENTRY) / size);
    for (let sector = Math.floor((first * ENTRY) / size); sector <= end; sector++) {
      const disk = this.diskSector(sector);
      const previous = writes[writes.length - 1];
      if (previous && previous.disk + previous.to - previous.from === disk) previous.to++;
      else writes.push({ disk, from: sector, to: sector + 1 });
    }
    if (backwards) writes.reverse();
    for (const { disk, from, to } of writes)
      sectors.write(disk, this.bytes.subarray(from * size, to * size));
  }

  /** Where the n-th sector of the directory is. */
  private diskSector(sector: number): number {
    const { geometry } = this.store;
    if (!this.chain) return geometry.rootSector + sector;
    const perCluster = geometry.sectorsPerCluster;
    const { cluster } = this.chain.at(Math.floor(sector / perCluster))!;
    return clusterSector(geometry, cluster) + (sector % perCluster);
  }
}

function concat(pieces: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
