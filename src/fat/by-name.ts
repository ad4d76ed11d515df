import { fold } from "./codepage.ts";
import type { DirectoryEntry } from "./entry.ts";
import { type ParsedName, searchKeys } from "./names.ts";

/** The entries of one directory by their long and their short names. */
export class Names {
  private readonly byLong = new Map<string, DirectoryEntry>();
  private readonly byShort = new Map<string, DirectoryEntry>();
  /** Some name occurs twice (a damaged directory). */
  private twins = false;

  /** The entry with that name, long or short; of two, the first on the disk. */
  find(name: ParsedName): DirectoryEntry | undefined {
    const keys = searchKeys(name);
    const long = this.byLong.get(keys.long);
    const short = keys.short === undefined ? undefined : this.byShort.get(keys.short);
    return long && short ? (long.slot < short.slot ? long : short) : (long ?? short);
  }

  hasShort(short: string): boolean {
    return this.byShort.has(short);
  }

  add(entry: DirectoryEntry): void {
    this.enter(this.byLong, fold(entry.name), entry);
    this.enter(this.byShort, entry.short, entry);
  }

  /** `others` are those that stay. */
  remove(entry: DirectoryEntry, others: Iterable<DirectoryEntry>): void {
    const long = fold(entry.name);
    if (this.byLong.get(long) === entry) this.byLong.delete(long);
    if (this.byShort.get(entry.short) === entry) this.byShort.delete(entry.short);
    if (!this.twins) return;
    // The other entry of that name shows up.
    for (const other of others) {
      const name = fold(other.name);
      if (!this.byLong.has(name)) this.byLong.set(name, other);
      if (!this.byShort.has(other.short)) this.byShort.set(other.short, other);
    }
  }

  private enter(map: Map<string, DirectoryEntry>, key: string, entry: DirectoryEntry): void {
    const other = map.get(key);
    if (other) this.twins = true;
    if (!other || other.slot > entry.slot) map.set(key, entry);
  }
}
