import { FatError, type FatVolume, fold } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { fatName, MAX_FILE } from "./host-tree.ts";
import { told } from "./image.ts";
import { joinPath } from "./place.ts";
import { readable } from "./progress.ts";
import { tell } from "./visible.ts";

/** Where the bytes of a copy come from. */
export interface Reader {
  /** What messages call it. */
  readonly name: string;
  /** Undefined when nobody knows before it was read. */
  readonly size: number | undefined;
  readonly mtime: number | undefined;
  /** The next piece, good until the next call; undefined at the end. */
  next(): Uint8Array | undefined;
  /** Whether `next` need not wait for somebody who writes; absent: it never need. */
  ready?(): boolean;
  /** Throws when not all of it can be read, as far as that can be known before. */
  probe?(): void;
  close(): void;
}

/** A volume that is copied to. */
export class ImageTarget {
  constructor(
    readonly volume: FatVolume,
    private readonly image: string,
  ) {}

  isFolder(path: string): boolean {
    return told(this.image, () => this.volume.exists(path) && this.volume.stat(path).directory);
  }

  exists(path: string): boolean {
    return told(this.image, () => this.volume.exists(path));
  }

  join(folder: string, name: string): string {
    if (name.includes("/")) return joinPath(folder, name);
    const own = fatName(name, new Set());
    if (own !== name.normalize("NFC")) tell(`${name} is called ${own} in ${this.image}`);
    return joinPath(folder, own);
  }

  makeFolder(path: string): void {
    told(this.image, () => {
      if (path !== "/" && !this.isFolder(path)) this.volume.mkdir(path);
    });
  }

  setTime(path: string, seconds: number): void {
    if (path.split("/").some(Boolean))
      told(this.image, () => this.volume.setModified(path, seconds));
  }

  /** Gives control back after each piece. What was there stays until everything has been read and written. */
  *copy(reader: Reader, to: string): Generator<number> {
    const { volume } = this;
    let target = to;
    let old: number | undefined;
    if (volume.exists(to)) {
      const info = volume.stat(to);
      if (info.directory) throw new FatError("denied", `${to} is a directory`);
      if (info.readOnly) throw new FatError("denied", `${to} is read-only`);
      // FAT finds a file by its short name too, which says little of whose contents are meant.
      const name = to.split("/").filter(Boolean).at(-1)!;
      if (fold(info.name) !== fold(name))
        throw new FatError(
          "denied",
          `${to} is the short name of ${info.name}, which the copy would replace; give that name, or another one`,
        );
      // The name keeps its letters.
      target = joinPath(folderOf(to), info.name);
      old = info.size;
    }
    const inPlace = this.checkRoom(reader, old ?? 0);
    if (inPlace) {
      reader.probe?.();
      volume.unlink(target);
    }
    const whole = old !== undefined && !inPlace;
    yield* whole ? this.replace(reader, target) : this.make(reader, target);
    if (reader.mtime !== undefined) volume.setModified(target, reader.mtime);
  }

  private *make(reader: Reader, path: string): Generator<number> {
    const file = this.volume.open(path, { write: true, create: "new" });
    let complete = false;
    try {
      yield* this.fill(reader, file);
      complete = true;
    } finally {
      try {
        file.close();
      } finally {
        // A part of a file is no copy of it. Also when nobody asks for the next piece: the copying was ended.
        if (!complete) this.undo(() => this.volume.unlink(path));
      }
    }
  }

  private *replace(reader: Reader, path: string): Generator<number> {
    const contents = this.volume.replacement(path);
    let complete = false;
    try {
      yield* this.fill(reader, contents);
      complete = true;
    } finally {
      if (!complete) this.undo(() => contents.discard());
    }
    contents.commit();
  }

  private *fill(reader: Reader, file: { write(bytes: Uint8Array): number }): Generator<number> {
    let total = 0;
    for (let piece; (piece = reader.next());) {
      const written = file.write(piece);
      total += written;
      if (total === MAX_FILE && written < piece.length) throw tooLarge(reader.name);
      if (written < piece.length) throw this.full(`${total} bytes of ${reader.name} fit`);
      yield written;
    }
  }

  /** True: the new file has room only in place of the old one. */
  private checkRoom({ size, name }: Reader, old: number): boolean {
    if (size === undefined) return false;
    if (size > MAX_FILE) throw tooLarge(name);
    const { clusterSize, freeClusters } = this.volume.space();
    const clusters = (bytes: number) => Math.ceil(bytes / clusterSize);
    if (clusters(size) <= freeClusters) return false;
    if (clusters(size) <= freeClusters + clusters(old)) return true;
    throw this.full(`${name} has ${size} bytes, ${readable(freeClusters * clusterSize)} are free`);
  }

  private full(why: string): UserError {
    return new UserError(
      ExitCode.NoOutput,
      `${this.image} is full: ${why}`,
      "rtt-sim disk info shows what is free",
    );
  }

  private undo(change: () => void): void {
    try {
      change();
    } catch {
      // The failure that led here is the one to tell.
    }
  }
}

function tooLarge(name: string): UserError {
  return new UserError(
    ExitCode.NoOutput,
    `${name} cannot be copied: FAT files end at 4 GiB - 1 (${MAX_FILE} bytes)`,
  );
}

function folderOf(path: string): string {
  const names = path.split("/").filter(Boolean).slice(0, -1);
  return `/${names.join("/")}`;
}

/** The same for all ways to write a path of a volume: names as 8.3 names where there are such. */
export function canonical(volume: FatVolume, path: string): string {
  let own = "";
  const names: string[] = [];
  for (const name of path.split(/[/\\]/).filter(Boolean)) {
    own += `/${name}`;
    names.push(volume.exists(own) ? volume.stat(own).alias : fold(name));
  }
  return `/${names.join("/")}`;
}
