import { Directory } from "./directory.ts";
import { Attribute, type DirectoryEntry, Field, firstCluster } from "./entry.ts";
import { FatError } from "./error.ts";
import type { FatInfo } from "./info.ts";
import { type ParsedName, parseName } from "./names.ts";
import type { Store } from "./slots.ts";

/** An entry and the directory it is in. */
export interface Located {
  readonly directory: Directory;
  readonly entry: DirectoryEntry;
}

/** Reads a directory entry by entry; survives changes to the directory. */
export interface DirectoryReader {
  /** The next entry, undefined at the end. */
  next(): FatInfo | undefined;
  /** Goes to the n-th entry (0 the first). */
  seek(index: number): void;
  close(): void;
}

/** Memory for directories that are not in use at the moment. */
const CACHE_BYTES = 64 << 20;

/** Names of a path. */
export function split(path: string): string[] {
  return path.split(/[/\\]/).filter((name) => name !== "");
}

/** The path of the directory that holds the last name of a path. */
export function above(path: string): string {
  return `/${split(path).slice(0, -1).join("/")}`;
}

/** The directories of a volume: those in memory, and the way to one by its path. */
export class Tree {
  private readonly cache = new Map<number, Directory>();
  private cached = 0;
  private readonly pinned = new Set<Directory>();
  private readonly readers = new Set<{ readonly start: number; gone: boolean }>();
  private usable = true;

  /** `distinctNames` as in MountOptions. */
  constructor(
    private readonly store: Store,
    private readonly distinctNames = false,
  ) {}

  get root(): Directory {
    return this.get(this.store.geometry.rootCluster);
  }

  /** The directory that begins at a cluster (0: the fixed root). */
  get(start: number): Directory {
    if (!this.usable) throw new FatError("device", "the file system was unmounted");
    const found = this.cache.get(start);
    if (found) {
      // Move to the end: the first is the one not used for longest.
      if (this.cached > CACHE_BYTES / 2) {
        this.cache.delete(start);
        this.cache.set(start, found);
      }
      return found;
    }
    const directory = new Directory(this.store, start);
    this.cache.set(start, directory);
    this.cached += directory.weight;
    for (const other of this.cache.values()) {
      if (this.cached <= CACHE_BYTES) break;
      if (other !== directory && !this.pinned.has(other)) this.drop(other);
    }
    return directory;
  }

  /** The entries of a directory that is in memory; undefined when it is not. */
  held(start: number): Uint8Array | undefined {
    return this.cache.get(start)?.bytes;
  }

  /** Keeps a directory in memory while something is done with it and others. */
  pin<T>(directory: Directory, use: () => T): T {
    const already = this.pinned.has(directory);
    this.pinned.add(directory);
    try {
      return use();
    } finally {
      if (!already) this.pinned.delete(directory);
    }
  }

  /** The directory with that path. @throws FatError "no path" */
  at(path: string, names: readonly string[]): Directory {
    let directory = this.root;
    for (const text of names) {
      const entry = directory.entries.find(this.parse(text));
      if (!entry) throw new FatError("no path", `${path}: ${text} does not exist`);
      if (!isDirectory(directory, entry))
        throw new FatError("no path", `${path}: ${text} is not a directory`);
      directory = this.get(this.startOf(directory, entry));
    }
    return directory;
  }

  /** The directory that holds the last name of a path, and that name. */
  parent(path: string, names: readonly string[]): [Directory, ParsedName] {
    const directory = this.at(path, names.slice(0, -1));
    return [directory, this.parse(names[names.length - 1])];
  }

  /** @throws FatError "no file", "no path"; "invalid name" for the root, which has no entry */
  locate(path: string): Located {
    const names = split(path);
    if (names.length === 0)
      throw new FatError("invalid name", "this cannot be done with the root directory");
    const [directory, name] = this.parent(path, names);
    const entry = directory.entries.find(name);
    if (!entry) throw new FatError("no file", `${path} does not exist`);
    return { directory, entry };
  }

  /** First cluster of a directory, from its entry. */
  startOf(directory: Directory, entry: DirectoryEntry): number {
    const { table, geometry } = this.store;
    const first = firstCluster(directory.view(entry.slot), geometry.type === 32);
    return table.check(first, `the entry of directory ${entry.name}`);
  }

  reader(path: string): DirectoryReader {
    const { start } = this.at(path, split(path));
    const state = { start, gone: false };
    this.readers.add(state);
    let slot = 0;
    const next = () => {
      if (state.gone) return undefined;
      const directory = this.get(start);
      const entry = directory.entries.from(slot);
      if (!entry) return undefined;
      slot = entry.slot + 1;
      return directory.info(entry);
    };
    return {
      next,
      seek(index) {
        slot = 0;
        for (let i = 0; i < index && next(); i++);
      },
      close: () => void this.readers.delete(state),
    };
  }

  /** A directory was removed: readers of it are at their end. */
  removed(start: number): void {
    this.reload(start);
    for (const reader of this.readers) if (reader.start === start) reader.gone = true;
  }

  /** Something was changed on the disk behind the back of the cache. */
  reload(start: number): void {
    const cached = this.cache.get(start);
    if (cached) this.drop(cached);
  }

  reloadAll(): void {
    this.cache.clear();
    this.cached = 0;
  }

  /** Makes every further use fail. */
  abandon(): void {
    this.usable = false;
    this.cache.clear();
  }

  private parse(name: string): ParsedName {
    return parseName(name, this.distinctNames);
  }

  private drop(directory: Directory): void {
    this.cache.delete(directory.start);
    this.cached = 0;
    for (const other of this.cache.values()) this.cached += other.weight;
  }
}

export function isDirectory(directory: Directory, entry: DirectoryEntry): boolean {
  return (directory.view(entry.slot)[Field.Attributes] & Attribute.Directory) !== 0;
}
