import { Names } from "./by-name.ts";
import { Attribute, DELETED, type DirectoryEntry, ENTRY, Field, shortOf } from "./entry.ts";
import { FatError } from "./error.ts";
import type { FreeSlots } from "./free-slots.ts";
import { LongNameReader } from "./long-name.ts";
import { aliasOf, isUsable, type ParsedName, shortText } from "./names.ts";
import { type Hit, scan } from "./scan.ts";
import type { Slots } from "./slots.ts";

/** Directories with more slots get their index when it pays. */
const SMALL = 1024;
const MAX_SCANS = 8;

/** The entries of a directory, in the order of the disk, by slot and by name. */
export class Entries implements Iterable<DirectoryEntry> {
  /** By slot of the short entry. */
  private readonly table: (DirectoryEntry | undefined)[] = [];
  /** By name; undefined until a name is looked for: a list needs none of it. */
  private names: Names | undefined;
  /** A large directory is searched without an index at first. */
  private indexed = false;
  private scans = 0;
  /** What was found so, by slot. */
  private readonly early = new Map<number, DirectoryEntry>();

  /** `free` is told what is free when the directory is read. */
  constructor(
    private readonly slots: Slots,
    private readonly free: FreeSlots,
  ) {
    if (slots.count <= SMALL) this.ready();
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

  *[Symbol.iterator](): Iterator<DirectoryEntry> {
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

  /** A short name for a long one that the directory does not have yet. @throws FatError "denied" when there is none */
  freeAlias(name: ParsedName): string {
    const names = this.byName();
    for (let n = 1; n < 100; n++) {
      const alias = aliasOf(name, n);
      if (!names.hasShort(alias)) return alias;
    }
    throw new FatError("denied", `no free 8.3 name is left for ${JSON.stringify(name.long)}`);
  }

  private found({ slot, first, long }: Hit): DirectoryEntry | undefined {
    if (this.indexed) return this.table[slot];
    let entry = this.early.get(slot);
    if (!entry) this.early.set(slot, (entry = this.describe(slot, first, long)));
    return entry;
  }

  /** Reads the directory, once. Everything but the first look-ups needs it. */
  ready(): void {
    if (this.indexed) return;
    this.indexed = true;
    this.walk();
    this.early.clear();
  }

  private byName(): Names {
    this.ready();
    if (!this.names) {
      this.names = new Names();
      for (const entry of this) this.names.add(entry);
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

  /** An entry at a slot, whose long name, if any, begins at `first`. */
  add(slot: number, first: number, long: string | undefined): DirectoryEntry {
    const entry = this.early.get(slot) ?? this.describe(slot, first, long);
    while (this.table.length < slot) this.table.push(undefined);
    this.table[slot] = entry;
    this.names?.add(entry);
    return entry;
  }

  forget(entry: DirectoryEntry): void {
    this.table[entry.slot] = undefined;
    this.names?.remove(entry, this);
  }

  private walk(): void {
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
    this.free.set(slot, firstFree < 0 ? slot : firstFree);
  }
}
