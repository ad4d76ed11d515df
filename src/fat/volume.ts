import type { BlockDevice } from "../block/mod.ts";
import { mountableGeometry } from "./backup.ts";
import { NO_LABEL, setBootLabel } from "./boot-label.ts";
import type { Directory } from "./directory.ts";
import { Attribute } from "./entry.ts";
import { DISK_FULL, FatError } from "./error.ts";
import type { FatFile } from "./file.ts";
import type { FileNode, FileStore } from "./file-node.ts";
import { FsInfo } from "./fsinfo.ts";
import { type FatType, type Geometry, LEFT_OPEN } from "./geometry.ts";
import {
  type FatInfo,
  newFields,
  ROOT_INFO,
  setAttributes,
  setContents,
  setModified,
} from "./info.ts";
import { labelBytes, readLabel, writeLabel } from "./label.ts";
import { format, type FormatOptions } from "./mkfs.ts";
import { makeDirectory } from "./make-directory.ts";
import { Moves } from "./moves.ts";
import { OpenNodes } from "./nodes.ts";
import { openFile } from "./open-file.ts";
import { OpenMark } from "./open-mark.ts";
import { removeEntry, replaceContents } from "./removal.ts";
import { Replacement } from "./replacement.ts";
import { Sectors } from "./sectors.ts";
import { SharedClusters } from "./shared.ts";
import { NO_STAMP, type Stamp, toStamp } from "./stamp.ts";
import { FatTable } from "./table.ts";
import { type DirectoryReader, isDirectory, split, Tree } from "./tree.ts";
import type { FatSpace, MountOptions, OpenMode } from "./volume-options.ts";
import type { VolumeParts } from "./volume-parts.ts";

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
  readonly packed: boolean;
  readonly separate: boolean;
  private readonly clock: () => number | undefined;
  private readonly parts: VolumeParts;
  private readonly moves: Moves;
  private readonly info: FsInfo | undefined;
  private readonly tree: Tree;
  private readonly nodes = new OpenNodes(this);
  private readonly shared: SharedClusters;
  private readonly mark: OpenMark;
  private mounted = true;
  /** Called with damage that is met but does not keep a call from its work. */
  onDamage: ((path: string, damage: FatError) => void) | undefined;

  private constructor(
    readonly device: BlockDevice,
    options: MountOptions,
  ) {
    this.geometry = mountableGeometry(device);
    this.sectors = new Sectors(
      device,
      this.geometry.sectorSize,
      device.readOnly || options.readOnly === true,
    );
    this.table = new FatTable(this.sectors, this.geometry);
    this.shared = new SharedClusters(
      this,
      (start) => this.tree.held(start),
      () => this.mark.found,
    );
    this.tree = new Tree(this, options.distinctNames);
    this.packed = options.packed ?? false;
    this.separate = options.separate ?? false;
    this.clock = options.clock ?? (() => undefined);
    this.parts = {
      store: this,
      tree: this.tree,
      nodes: this.nodes,
      shared: this.shared,
      checkChange: (directory, path) => this.checkChange(directory, path),
      now: () => this.now(),
    };
    this.moves = new Moves(this.parts, (path) => this.unlink(path), options.selfMoves ?? false);
    this.info = FsInfo.load(this.sectors, this.geometry);
    if (this.info) this.table.hint = this.info.hint;
    this.mark = new OpenMark(this.sectors, this.geometry, this.table);
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
    const { fsInfoSector, markedOpen } = this.geometry;
    const warnings = [...this.geometry.warnings];
    if (this.mark.found && !markedOpen) warnings.push(LEFT_OPEN);
    if (fsInfoSector === 0 || this.info) return warnings;
    return [
      ...warnings,
      `sector ${fsInfoSector} should be its FSInfo sector and is not; disk fsck --repair writes it again`,
    ];
  }

  stat(path: string): FatInfo {
    if (split(path).length === 0) return ROOT_INFO;
    const located = this.tree.locate(path);
    const info = located.directory.info(located.entry);
    const node = this.separate ? undefined : this.nodes.find(located);
    return node ? { ...info, size: node.size } : info;
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
    return openFile(this.parts, path, mode);
  }

  openDirectory(path: string): DirectoryReader {
    return this.tree.reader(path);
  }

  /** The entries of a directory in the order of the disk. */
  list(path: string): FatInfo[] {
    const directory = this.tree.at(path, split(path));
    return Array.from(directory.entries, (entry) => directory.info(entry));
  }

  /** The same one by one: what comes before damage is given. */
  *each(path: string): Iterable<FatInfo> {
    const directory = this.tree.at(path, split(path));
    for (const entry of directory.entries) yield directory.info(entry);
    directory.checkWhole();
  }

  /** First cluster of a directory (0: the fixed root): the same for every path that leads to it. */
  directoryStart(path: string): number {
    return this.tree.at(path, split(path)).start;
  }

  mkdir(path: string): void {
    makeDirectory(this.parts, path);
  }

  /** Removes a file or an empty directory; clusters that are another's, too, stay as they are. */
  unlink(path: string): void {
    const damage = removeEntry(this.parts, path);
    if (damage) this.onDamage?.(path, damage);
  }

  /**
   * Gives a file or directory another name or place. The new name must be free, but for a change of case; with `replace` a file
   * takes the place of a file and a directory that of an empty one (POSIX). Killed in between, the old target is gone and the
   * source still where it was.
   */
  rename(from: string, to: string, { replace = false } = {}): void {
    this.moves.move(from, to, replace);
  }

  /** Sets the attribute bits read-only, hidden, system and archive. */
  setAttributes(path: string, attributes: number): void {
    this.change(path, (view) => setAttributes(view, attributes));
  }

  /** Sets the time of last modification, in seconds since 1970. */
  setModified(path: string, seconds: number): void {
    this.change(path, (view) => setModified(view, toStamp(seconds)));
  }

  /** The volume label; "" when there is none. */
  get label(): string {
    return readLabel(this.tree.root);
  }

  set label(text: string) {
    this.checkChange(this.tree.root, "/");
    writeLabel(this.tree.root, text, newFields(Attribute.Volume, 0, this.now(), this.fat32));
    const bytes = text === "" ? NO_LABEL : String.fromCharCode(...labelBytes(text));
    setBootLabel(this.sectors, this.geometry, bytes);
    this.mark.rememberBoot();
  }

  space(): FatSpace {
    const { sectorSize, clusterSize, clusters } = this.geometry;
    return { sectorSize, clusterSize, clusters, freeClusters: this.table.freeClusters };
  }

  readFile(path: string): Uint8Array {
    const file = this.open(path, { write: false, create: "existing" });
    try {
      return file.readAll();
    } finally {
      file.close();
    }
  }

  /** Creates or replaces a file. @throws FatError "full" when the disk is; what fits is written */
  writeFile(path: string, bytes: Uint8Array): void {
    const file = this.open(path, { write: true, create: "truncate" });
    try {
      if (file.write(bytes) < bytes.length) throw new FatError("full", DISK_FULL);
    } finally {
      file.close();
    }
  }

  /** New contents for a file that exists, which keeps what it has until they are complete. */
  replacement(path: string): Replacement {
    const { directory, entry } = this.tree.locate(path);
    this.checkChange(directory, path);
    if (isDirectory(directory, entry)) throw new FatError("denied", `${path} is a directory`);
    if (directory.info(entry).readOnly) throw new FatError("denied", `${path} is read-only`);
    const take = (first: number, size: number): void => {
      const damage = replaceContents(this.parts, path, { first, size });
      if (damage) this.onDamage?.(path, damage);
    };
    return new Replacement({ store: this, take });
  }

  /** Everything written so far, open files included, is on the device. */
  sync(): void {
    this.nodes.sync();
    this.flushTable();
    this.sectors.flush();
  }

  /** Writes what is pending and reads the disk again from now on: somebody else is about to write to it. */
  reload(): void {
    this.flushTable();
    this.table.forget();
    this.info?.forget();
    this.tree.reloadAll();
    this.shared.forget();
  }

  /** Damage was met: the mark of an open volume stays until a check takes it away. */
  keepMark(): void {
    this.mark.keep();
  }

  /** Writes everything and makes every open file of this volume unusable. */
  unmount(): void {
    if (!this.mounted) return;
    try {
      this.sync();
      if (this.mark.clear()) this.sectors.flush();
    } finally {
      this.abandon();
    }
  }

  /** Forgets the volume without writing: its device was formatted. */
  abandon(): void {
    this.mounted = false;
    this.nodes.abandon();
    this.tree.abandon();
  }

  // What open files use (FileStore).

  flushTable(): void {
    this.table.flush();
    if (!this.table.altered) return;
    this.info?.store(this.table, !this.mark.found);
    this.table.altered = false;
  }

  writeEntry(node: FileNode): void {
    const directory = this.tree.get(node.directory);
    const { size, chain } = node;
    setContents(directory.view(node.slot), { first: chain.first, size }, this.fat32, this.now());
    directory.touch(node.slot);
    node.modified = false;
  }

  closed(node: FileNode): void {
    this.nodes.closed(node);
  }

  /** Changes the 32 bytes of an entry. */
  private change(path: string, change: (view: Uint8Array) => void): void {
    const { directory, entry } = this.tree.locate(path);
    this.checkChange(directory, path);
    change(directory.view(entry.slot));
    directory.touch(entry.slot);
  }

  /** Before a change in a directory: neither what is free nor it nor a directory it is reached through is somebody else's. */
  private checkChange(directory: Directory, path: string): void {
    this.sectors.checkWritable();
    if (!this.shared.clusters) return;
    const names = split(path).slice(0, -1);
    const above = names.map((_, i) => this.tree.at(path, names.slice(0, i)).start);
    for (const start of [...above, directory.start])
      this.shared.check(start, `the directory of ${path}`);
  }

  private get fat32(): boolean {
    return this.geometry.type === 32;
  }

  private now(): Stamp {
    const seconds = this.clock();
    return seconds === undefined ? NO_STAMP : toStamp(seconds);
  }
}
