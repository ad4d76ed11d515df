import type { BlockDevice } from "../block/mod.ts";
import { Chain } from "./chain.ts";
import { characterOf } from "./codepage.ts";
import { Directory, type DirectoryEntry } from "./directory.ts";
import {
  Attribute,
  ENTRY,
  Field,
  firstCluster,
  read16,
  read32,
  setFirstCluster,
  write16,
  write32,
} from "./entry.ts";
import { FatError } from "./error.ts";
import { FatFile, FileNode, type FileStore } from "./file.ts";
import { FsInfo } from "./fsinfo.ts";
import { clusterSector, type FatType, type Geometry, readGeometry } from "./geometry.ts";
import { labelBytes } from "./label.ts";
import { format, type FormatOptions } from "./mkfs.ts";
import { type ParsedName, parseName } from "./names.ts";
import { Sectors } from "./sectors.ts";
import { fromStamp, NO_STAMP, type Stamp, toStamp } from "./stamp.ts";
import { FatTable } from "./table.ts";

export interface MountOptions {
  /** Seconds since 1970 for time stamps; absent, or giving undefined: files carry no time (date and time 0). */
  readonly clock?: () => number | undefined;
  /** Refuse every change even when the device could be written. */
  readonly readOnly?: boolean;
}

/** What a directory says about a file. */
export interface FatInfo {
  readonly name: string;
  /** The 8.3 name. */
  readonly alias: string;
  readonly directory: boolean;
  /** In bytes; 0 for a directory. */
  readonly size: number;
  /** Attribute bits of the entry. */
  readonly attributes: number;
  readonly readOnly: boolean;
  /** Seconds since 1970, the stamp taken as UTC. */
  readonly modified: number;
}

/** How `open` treats a file that exists, or does not. */
export interface OpenMode {
  readonly write: boolean;
  /**
   * - existing: it must exist.
   * - always: open it, or create it.
   * - truncate: create it, or cut it to nothing.
   * - new: create it; it must not exist.
   */
  readonly create: "existing" | "always" | "truncate" | "new";
}

export interface FatSpace {
  readonly sectorSize: number;
  readonly clusterSize: number;
  readonly clusters: number;
  readonly freeClusters: number;
}

/** Reads a directory entry by entry; survives changes to the directory. */
export interface DirectoryReader {
  /** The next entry, undefined at the end. */
  next(): FatInfo | undefined;
  /** Goes to the n-th entry (0 the first). */
  seek(index: number): void;
  close(): void;
}

interface Located {
  readonly directory: Directory;
  readonly entry: DirectoryEntry;
}

/** Memory for directories that are not in use at the moment. */
const CACHE_BYTES = 32 << 20;

/**
 * A mounted FAT12, FAT16 or FAT32 file system. Paths are Unicode, with `/` or `\` between names, always from the root; `.` and
 * `..` are not known here. Failures are FatError.
 *
 * Data goes to the device at once; the FAT when an entry that depends on it is written. A process killed at any point leaves at
 * most lost clusters.
 */
export class FatVolume implements FileStore {
  readonly geometry: Geometry;
  readonly sectors: Sectors;
  readonly table: FatTable;
  private readonly clock: () => number | undefined;
  private readonly info: FsInfo | undefined;
  private readonly directories = new Map<number, Directory>();
  private cached = 0;
  private readonly nodes = new Map<number, FileNode>();
  private readonly readers = new Set<{ start: number; gone: boolean }>();
  private mounted = true;

  private constructor(
    readonly device: BlockDevice,
    options: MountOptions,
  ) {
    this.geometry = readGeometry(device);
    this.sectors = new Sectors(
      device,
      this.geometry.sectorSize,
      device.readOnly || options.readOnly === true,
    );
    this.table = new FatTable(this.sectors, this.geometry);
    this.clock = options.clock ?? (() => undefined);
    this.info = FsInfo.load(this.sectors, this.geometry);
    if (this.info) this.table.hint = this.info.hint;
  }

  /** @throws FatError "no file system" with what is wrong */
  static mount(device: BlockDevice, options: MountOptions = {}): FatVolume {
    return new FatVolume(device, options);
  }

  /** Makes an empty file system on the device and mounts it. */
  static format(device: BlockDevice, options: FormatOptions & MountOptions = {}): FatVolume {
    format(device, options);
    return new FatVolume(device, options);
  }

  get type(): FatType {
    return this.geometry.type;
  }

  /** Facts about the volume as found that a user should know. */
  get warnings(): readonly string[] {
    return this.geometry.warnings;
  }

  stat(path: string): FatInfo {
    const names = split(path);
    if (names.length === 0) return ROOT;
    const { directory, entry } = this.locate(path, names);
    return this.describe(directory, entry);
  }

  exists(path: string): boolean {
    try {
      this.stat(path);
      return true;
    } catch (error) {
      if (error instanceof FatError && (error.reason === "no file" || error.reason === "no path"))
        return false;
      throw error;
    }
  }

  /** @throws FatError "denied" for a directory that would be created or changed and for a read-only file */
  open(path: string, mode: OpenMode): FatFile {
    const names = split(path);
    if (names.length === 0) throw new FatError("invalid name", "the root directory is not a file");
    const [directory, name] = this.parent(path, names);
    const entry = directory.find(name);
    if (mode.create === "existing") {
      if (!entry || this.isDirectory(directory, entry)) throw noFile(path);
    } else if (!entry) {
      this.sectors.checkWritable();
      const fields = this.newFields(Attribute.Archive, 0);
      const created = directory.insert(directory.reserve(name), name, fields);
      return new FatFile(this.node({ directory, entry: created }), mode.write);
    } else {
      const { attributes } = this.describe(directory, entry);
      if (attributes & (Attribute.Directory | Attribute.ReadOnly)) throw denied(path, attributes);
      if (mode.create === "new") throw exists(path);
    }
    const { attributes } = this.describe(directory, entry);
    if (mode.write && attributes & Attribute.ReadOnly) throw denied(path, attributes);
    if (mode.write || mode.create === "truncate") this.sectors.checkWritable();
    const node = this.node({ directory, entry });
    if (mode.create === "truncate") this.truncate(node);
    return new FatFile(node, mode.write);
  }

  openDirectory(path: string): DirectoryReader {
    const start = this.directoryAt(path, split(path)).start;
    const state = { start, gone: false };
    this.readers.add(state);
    let slot = 0;
    const step = () => {
      if (state.gone || !this.mounted) return undefined;
      const directory = this.directory(start);
      const entry = directory.from(slot);
      if (entry) slot = entry.slot + 1;
      return entry && this.describe(directory, entry);
    };
    return {
      next: step,
      seek(index) {
        slot = 0;
        for (let i = 0; i < index && step(); i++);
      },
      close: () => void this.readers.delete(state),
    };
  }

  /** The entries of a directory in the order of the disk. */
  list(path: string): FatInfo[] {
    const directory = this.directoryAt(path, split(path));
    return Array.from(directory.entries(), (entry) => this.describe(directory, entry));
  }

  mkdir(path: string): void {
    const names = split(path);
    if (names.length === 0) throw exists(path);
    const [directory, name] = this.parent(path, names);
    if (directory.find(name)) throw exists(path);
    this.sectors.checkWritable();
    const cluster = this.table.allocate(0);
    if (cluster === 0) throw new FatError("denied", "the disk is full");
    const fields = this.newFields(Attribute.Directory, cluster);
    let place;
    try {
      const contents = new Uint8Array(this.geometry.clusterSize);
      contents.set(dotEntry(fields, ".", cluster, this.fat32));
      contents.set(dotEntry(fields, "..", this.parentCluster(directory), this.fat32), ENTRY);
      this.sectors.write(clusterSector(this.geometry, cluster), contents);
      place = directory.reserve(name);
    } catch (error) {
      this.table.release(cluster);
      throw error;
    }
    this.flushTable();
    directory.insert(place, name, fields);
  }

  /** Removes a file or an empty directory. */
  unlink(path: string): void {
    const { directory, entry } = this.locate(path, split(path));
    this.sectors.checkWritable();
    const view = directory.view(entry.slot);
    if (view[Field.Attributes] & Attribute.ReadOnly) throw denied(path, Attribute.ReadOnly);
    const first = firstCluster(view, this.fat32);
    const isDirectory = this.isDirectory(directory, entry);
    if (isDirectory) {
      const inside = this.directory(this.startOf(path, first));
      if (!inside.empty) throw new FatError("denied", `${path} is a directory that is not empty`);
      if (inside.start === directory.start) throw denied(path, Attribute.Directory);
    } else if (this.nodes.has(this.key(directory.start, entry.slot)))
      throw new FatError("busy", `${path} is open`);
    directory.remove(entry);
    if (isDirectory) this.forgetDirectory(first);
    this.table.release(first);
    this.flushTable();
  }

  /** Gives a file or directory another name or place. The new name must be free, but for a change of case. */
  rename(from: string, to: string): void {
    const source = this.locate(from, split(from));
    const targetNames = split(to);
    if (targetNames.length === 0) throw exists("/");
    const [directory, name] = this.parent(to, targetNames);
    this.sectors.checkWritable();
    const existing = directory.find(name);
    const same = source.directory === directory && existing === source.entry;
    if (existing && !same) throw exists(to);
    const fields = source.directory.view(source.entry.slot).slice();
    const moved = this.isDirectory(source.directory, source.entry)
      ? this.startOf(from, firstCluster(fields, this.fat32))
      : 0;
    if (moved !== 0 && this.contains(moved, directory, to))
      throw new FatError("invalid name", `${from} cannot be moved into itself`);
    fields[Field.Attributes] |= moved === 0 ? Attribute.Archive : 0;

    const place = directory.reserve(name);
    let entry: DirectoryEntry;
    if (source.directory === directory) {
      entry = directory.replace(source.entry, place, name, fields);
    } else {
      source.directory.remove(source.entry);
      if (moved !== 0) this.setParent(moved, this.parentCluster(directory));
      entry = directory.insert(place, name, fields);
    }
    this.moveNode(source, directory, entry);
  }

  /** Sets the attribute bits read-only, hidden, system and archive. */
  setAttributes(path: string, attributes: number): void {
    const { directory, entry } = this.locate(path, split(path));
    this.sectors.checkWritable();
    const mask = Attribute.ReadOnly | Attribute.Hidden | Attribute.System | Attribute.Archive;
    const view = directory.view(entry.slot);
    view[Field.Attributes] = (view[Field.Attributes] & ~mask) | (attributes & mask);
    directory.touch(entry.slot);
  }

  /** Sets the time of last modification, in seconds since 1970. */
  setModified(path: string, seconds: number): void {
    const { directory, entry } = this.locate(path, split(path));
    this.sectors.checkWritable();
    writeModified(directory.view(entry.slot), toStamp(seconds));
    directory.touch(entry.slot);
  }

  /** The volume label in the root directory; "" when there is none. */
  get label(): string {
    const root = this.root;
    const slot = root.labelSlot();
    if (slot === undefined) return "";
    return Array.from(root.view(slot).subarray(0, 11), characterOf).join("").trimEnd();
  }

  set label(text: string) {
    this.sectors.checkWritable();
    const root = this.root;
    const slot = root.labelSlot();
    if (text === "") {
      if (slot !== undefined) root.removeHidden(slot);
      return;
    }
    const bytes = labelBytes(text);
    if (slot !== undefined) {
      root.view(slot).set(bytes);
      root.touch(slot);
    } else {
      const fields = this.newFields(Attribute.Volume, 0);
      fields.set(bytes);
      root.insertHidden(fields);
    }
  }

  space(): FatSpace {
    const { sectorSize, clusterSize, clusters } = this.geometry;
    return { sectorSize, clusterSize, clusters, freeClusters: this.table.freeClusters };
  }

  readFile(path: string): Uint8Array {
    const file = this.open(path, { write: false, create: "existing" });
    try {
      const most = this.geometry.clusters * this.geometry.clusterSize;
      if (file.size > most) {
        throw new FatError(
          "damaged",
          `the file system is damaged: ${path} claims ${file.size} bytes, more than the disk has`,
        );
      }
      const bytes = new Uint8Array(file.size);
      return bytes.subarray(0, file.read(bytes));
    } finally {
      file.close();
    }
  }

  /** Creates or replaces a file. @throws FatError "denied" when the disk is full; what fits is written */
  writeFile(path: string, bytes: Uint8Array): void {
    const file = this.open(path, { write: true, create: "truncate" });
    try {
      if (file.write(bytes) < bytes.length) throw new FatError("denied", "the disk is full");
    } finally {
      file.close();
    }
  }

  /** Everything written so far, open files included, is on the device. */
  sync(): void {
    for (const node of this.nodes.values()) for (const file of node.files) file.sync();
    this.flushTable();
    this.sectors.flush();
  }

  /** Writes everything and makes every open file of this volume unusable. */
  unmount(): void {
    if (!this.mounted) return;
    try {
      this.sync();
    } finally {
      this.abandon();
    }
  }

  /** Forgets the volume without writing: its device was formatted. */
  abandon(): void {
    this.mounted = false;
    for (const node of this.nodes.values()) for (const file of node.files) file.abandon();
    this.nodes.clear();
    this.directories.clear();
  }

  // What open files use (FileStore).

  flushTable(): void {
    if (!this.table.changed) return;
    this.table.flush();
    this.info?.store(this.table);
  }

  writeEntry(node: FileNode): void {
    const directory = this.directory(node.directory);
    const view = directory.view(node.slot);
    view[Field.Attributes] |= Attribute.Archive;
    setFirstCluster(view, node.chain.first, this.fat32);
    write32(view, Field.Size, node.size);
    writeModified(view, this.now());
    write16(view, Field.AccessedDate, 0);
    directory.touch(node.slot);
    node.modified = false;
  }

  closed(node: FileNode): void {
    if (node.files.size === 0) this.nodes.delete(this.key(node.directory, node.slot));
  }

  private get fat32(): boolean {
    return this.geometry.type === 32;
  }

  private get root(): Directory {
    return this.directory(this.geometry.rootCluster);
  }

  private now(): Stamp {
    const seconds = this.clock();
    return seconds === undefined ? NO_STAMP : toStamp(seconds);
  }

  private newFields(attributes: number, cluster: number): Uint8Array {
    const fields = new Uint8Array(ENTRY);
    const { date, time } = this.now();
    fields[Field.Attributes] = attributes;
    write16(fields, Field.CreatedTime, time);
    write16(fields, Field.CreatedDate, date);
    writeModified(fields, { date, time });
    setFirstCluster(fields, cluster, this.fat32);
    return fields;
  }

  private directory(start: number): Directory {
    if (!this.mounted) throw new FatError("device", "the file system was unmounted");
    let directory = this.directories.get(start);
    if (directory) {
      if (this.directories.size > 1) {
        this.directories.delete(start);
        this.directories.set(start, directory);
      }
      return directory;
    }
    directory = new Directory(this, start);
    this.directories.set(start, directory);
    this.cached += directory.weight;
    for (const [oldest, other] of this.directories) {
      if (this.cached <= CACHE_BYTES || oldest === start) break;
      this.forgetCached(oldest, other);
    }
    return directory;
  }

  private forgetCached(start: number, directory: Directory): void {
    this.directories.delete(start);
    this.cached -= directory.weight;
  }

  private forgetDirectory(start: number): void {
    const cached = this.directories.get(start);
    if (cached) this.forgetCached(start, cached);
    for (const reader of this.readers) {
      if (reader.start !== start) continue;
      reader.gone = true;
      this.readers.delete(reader);
    }
  }

  /** First cluster of a directory from its entry. */
  private startOf(path: string, first: number): number {
    return this.table.check(first, `the entry of directory ${path}`);
  }

  private isDirectory(directory: Directory, entry: DirectoryEntry): boolean {
    return (directory.view(entry.slot)[Field.Attributes] & Attribute.Directory) !== 0;
  }

  private directoryAt(path: string, names: readonly string[]): Directory {
    let directory = this.root;
    for (const text of names) {
      const entry = directory.find(parseName(text));
      if (!entry || !this.isDirectory(directory, entry))
        throw new FatError("no path", `${path}: ${text} is not a directory`);
      const first = firstCluster(directory.view(entry.slot), this.fat32);
      directory = this.directory(this.startOf(path, first));
    }
    return directory;
  }

  /** The directory that holds the last name of a path, and that name. */
  private parent(path: string, names: readonly string[]): [Directory, ParsedName] {
    const directory = this.directoryAt(path, names.slice(0, -1));
    return [directory, parseName(names[names.length - 1])];
  }

  private locate(path: string, names: readonly string[]): Located {
    if (names.length === 0)
      throw new FatError("invalid name", "the root directory cannot be changed");
    const [directory, name] = this.parent(path, names);
    const entry = directory.find(name);
    if (!entry) throw noFile(path);
    return { directory, entry };
  }

  private describe(directory: Directory, entry: DirectoryEntry): FatInfo {
    const view = directory.view(entry.slot);
    const attributes = view[Field.Attributes];
    const isDirectory = (attributes & Attribute.Directory) !== 0;
    return {
      name: entry.name,
      alias: entry.alias,
      directory: isDirectory,
      size: isDirectory ? 0 : read32(view, Field.Size),
      attributes: attributes & Attribute.Mask,
      readOnly: (attributes & Attribute.ReadOnly) !== 0,
      modified: fromStamp({
        date: read16(view, Field.ModifiedDate),
        time: read16(view, Field.ModifiedTime),
      }),
    };
  }

  private key(directory: number, slot: number): number {
    return directory * 65536 + slot;
  }

  private node({ directory, entry }: Located): FileNode {
    const key = this.key(directory.start, entry.slot);
    const found = this.nodes.get(key);
    if (found) return found;
    const view = directory.view(entry.slot);
    const first = firstCluster(view, this.fat32);
    const size = read32(view, Field.Size);
    const chain = new Chain(this.table, first, `the entry of ${entry.name}`);
    const node = new FileNode(this, directory.start, entry.slot, chain, size);
    this.nodes.set(key, node);
    return node;
  }

  private truncate(node: FileNode): void {
    const { first } = node.chain;
    const view = this.directory(node.directory).view(node.slot);
    const { date, time } = this.now();
    view[Field.Attributes] = Attribute.Archive;
    write16(view, Field.CreatedTime, time);
    write16(view, Field.CreatedDate, date);
    node.cut(0);
    if (first !== 0) this.table.hint = first - 1;
  }

  private moveNode(from: Located, directory: Directory, entry: DirectoryEntry): void {
    const key = this.key(from.directory.start, from.entry.slot);
    const node = this.nodes.get(key);
    if (!node) return;
    this.nodes.delete(key);
    node.directory = directory.start;
    node.slot = entry.slot;
    this.nodes.set(this.key(node.directory, node.slot), node);
  }

  /** What `..` of a directory inside `directory` says: 0 for the root. */
  private parentCluster(directory: Directory): number {
    return directory.start === this.geometry.rootCluster ? 0 : directory.start;
  }

  private setParent(start: number, parent: number): void {
    const sector = clusterSector(this.geometry, start);
    const bytes = new Uint8Array(this.geometry.sectorSize);
    this.sectors.read(sector, bytes);
    if (bytes[ENTRY] !== 0x2e || bytes[ENTRY + 1] !== 0x2e) return;
    setFirstCluster(bytes.subarray(ENTRY, 2 * ENTRY), parent, this.fat32);
    this.sectors.write(sector, bytes);
    const cached = this.directories.get(start);
    if (cached) this.forgetCached(start, cached);
  }

  /** True when the directory that begins at `start` is `directory` or lies above it on the way of `path`. */
  private contains(start: number, directory: Directory, path: string): boolean {
    if (directory.start === start) return true;
    const names = split(path);
    return names.some((_, i) => this.directoryAt(path, names.slice(0, i)).start === start);
  }
}

const ROOT: FatInfo = {
  name: "",
  alias: "",
  directory: true,
  size: 0,
  attributes: Attribute.Directory,
  readOnly: false,
  modified: 0,
};

function split(path: string): string[] {
  return path.split(/[/\\]/).filter((name) => name !== "");
}

function noFile(path: string): FatError {
  return new FatError("no file", `${path} does not exist`);
}

function exists(path: string): FatError {
  return new FatError("exists", `${path} exists already`);
}

function denied(path: string, attributes: number): FatError {
  const what = attributes & Attribute.Directory ? "is a directory" : "is read-only";
  return new FatError("denied", `${path} ${what}`);
}

function writeModified(view: Uint8Array, { date, time }: Stamp): void {
  write16(view, Field.ModifiedTime, time);
  write16(view, Field.ModifiedDate, date);
}

function dotEntry(fields: Uint8Array, name: string, cluster: number, fat32: boolean): Uint8Array {
  const entry = fields.slice();
  for (let i = 0; i < 11; i++) entry[i] = i < name.length ? 0x2e : 0x20;
  setFirstCluster(entry, cluster, fat32);
  return entry;
}
