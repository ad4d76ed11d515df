import type { Directory } from "./directory.ts";
import { Attribute, type DirectoryEntry, ENTRY, Field, setFirstCluster } from "./entry.ts";
import { exists, FatError } from "./error.ts";
import { clusterSector } from "./geometry.ts";
import type { Store } from "./slots.ts";
import { above, isDirectory, type Located, split } from "./tree.ts";
import type { VolumeParts } from "./volume-parts.ts";

/** Renaming and moving of files and directories. */
export class Moves {
  constructor(
    private readonly parts: VolumeParts,
    private readonly unlink: (path: string) => void,
    /** A directory can be moved into itself. */
    private readonly selfMoves: boolean,
  ) {}

  /** With `replace` what has the new name is removed first. */
  move(from: string, to: string, replace: boolean): void {
    const { tree } = this.parts;
    const source = tree.locate(from);
    this.parts.checkChange(source.directory, from);
    tree.pin(source.directory, () => {
      if (replace) this.makeWay(source, to);
      this.place(source, from, to);
    });
  }

  /** Removes what a renamed entry replaces. */
  private makeWay(source: Located, to: string): void {
    const names = split(to);
    if (names.length === 0) return;
    const [directory, name] = this.parts.tree.parent(to, names);
    const existing = directory.entries.find(name);
    if (!existing || (directory === source.directory && existing === source.entry)) return;
    const [ours, theirs] = [
      isDirectory(source.directory, source.entry),
      isDirectory(directory, existing),
    ];
    if (ours && !theirs) throw new FatError("exists", `${to} is not a directory`);
    if (!ours && theirs) throw new FatError("exists", `${to} is a directory`);
    if (ours && this.leadsThrough(to, this.parts.tree.startOf(source.directory, source.entry)))
      throw new FatError("invalid name", `${to} lies in what would be moved`);
    this.unlink(to);
  }

  private place(source: Located, from: string, to: string): void {
    const names = split(to);
    if (names.length === 0) throw exists("/");
    const [directory, name] = this.parts.tree.parent(to, names);
    this.parts.checkChange(directory, to);
    const inPlace = source.directory === directory;
    const existing = directory.entries.find(name);
    if (existing && !(inPlace && existing === source.entry)) throw exists(to);
    const fields = source.directory.view(source.entry.slot).slice();
    let start = 0;
    if (isDirectory(source.directory, source.entry)) {
      start = this.parts.tree.startOf(source.directory, source.entry);
      // Its entry `..` is in its first cluster.
      this.parts.shared.check(start, from);
      if (!this.selfMoves && this.parts.tree.pin(directory, () => this.leadsThrough(to, start)))
        throw new FatError("invalid name", `${from} cannot be moved into itself`);
    } else fields[Field.Attributes] |= Attribute.Archive;

    const place = directory.reserve(name, above(to));
    let entry: DirectoryEntry;
    if (inPlace) entry = directory.replace(source.entry, place, name, fields);
    else {
      source.directory.remove(source.entry);
      if (start !== 0) this.setDotDot(start, dotDot(this.parts.store, directory));
      entry = directory.insert(place, name, fields);
    }
    this.parts.nodes.moved(source, directory.start, entry);
  }

  /** True when the directory that begins at `start` is on the way to the last name of a path. */
  private leadsThrough(path: string, start: number): boolean {
    const names = split(path);
    return names.some((_, i) => this.parts.tree.at(path, names.slice(0, i)).start === start);
  }

  private setDotDot(start: number, parent: number): void {
    const sector = clusterSector(this.parts.store.geometry, start);
    const bytes = new Uint8Array(this.parts.store.geometry.sectorSize);
    this.parts.store.sectors.read(sector, bytes);
    if (bytes[ENTRY] !== 0x2e || bytes[ENTRY + 1] !== 0x2e) return;
    setFirstCluster(
      bytes.subarray(ENTRY, 2 * ENTRY),
      parent,
      this.parts.store.geometry.type === 32,
    );
    this.parts.store.sectors.write(sector, bytes);
    this.parts.tree.reload(start);
  }
}

/** What `..` of a directory inside `directory` says: 0 for the root. */
export function dotDot({ geometry }: Pick<Store, "geometry">, directory: Directory): number {
  return directory.start === geometry.rootCluster ? 0 : directory.start;
}
