import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { hostError } from "../host-file.ts";
import { message } from "../outcome.ts";
import { buffer, copyIn, Tally } from "./copy-in.ts";
import { fatName, fewWarnings, walkHost } from "./host-tree.ts";
import { type Images, told, withImages } from "./image.ts";
import type { DiskArguments } from "./options.ts";
import { baseName, joinPath, parsePlace, type Place } from "./place.ts";
import { cannotWrite } from "./save-image.ts";

const MAX_DEPTH = 64;

/** A file or folder to be copied; `path` below the place it goes to, "" for the thing itself. */
interface Item {
  readonly path: string;
  readonly directory: boolean;
  readonly size: number;
  readonly mtime: number | undefined;
  /** The host path, or that in the image. */
  readonly from: string;
}

export async function cp(args: DiskArguments): Promise<number> {
  const places = args.operands.map(parsePlace);
  const target = places.pop()!;
  if (places.every(({ kind }) => kind === "host") && target.kind === "host") {
    throw new UserError(
      ExitCode.Usage,
      "neither side is in an image",
      "write IMAGE:PATH for a path in an image, for instance: rtt-sim disk cp hello.mo disk.img:/",
    );
  }
  const writes = target.kind === "image" ? [target.image] : [];
  return withImages(writes, (images) => {
    const side =
      target.kind === "image" ? new ImageTarget(images, target) : new HostTarget(target.path);
    const into = side.isFolder(target.path);
    if (places.length > 1 && !into)
      throw new UserError(
        ExitCode.Usage,
        `${target.path} is not a directory: several files need one`,
      );
    const { warn, end } = fewWarnings(message);
    const jobs = places.map((place) => {
      const items = itemsOf(images, place, args.flag("recursive"), warn);
      const name = place.kind === "host" && place.path === "-" ? "stdin" : baseName(place.path);
      const where =
        into && name !== "" && name !== "." ? side.join(target.path, name) : target.path;
      return { place, items, where };
    });
    end();
    const first = new Map<string, Place>();
    for (const { place, where } of jobs) {
      const key = target.kind === "image" ? where.toUpperCase() : where;
      const other = first.get(key);
      if (other)
        throw new UserError(
          ExitCode.Usage,
          `${other.path} and ${place.path} would both become ${where}`,
        );
      first.set(key, place);
    }
    const tally = new Tally(jobs.flatMap(({ items }) => items.map(({ size }) => size)));
    try {
      for (const { place, items, where } of jobs) {
        for (const item of items) {
          const to = item.path === "" ? where : side.join(where, item.path.slice(1));
          if (item.directory) side.makeFolder(to);
          else if (!args.flag("no-clobber") || !side.exists(to))
            side.copy(images, place, item, to, tally);
          tally.file();
        }
      }
    } finally {
      tally.end();
    }
    return ExitCode.Ok;
  });
}

/** What a source stands for, folders before what is in them. */
function itemsOf(
  images: Images,
  place: Place,
  recursive: boolean,
  warn: (text: string) => void,
): Item[] {
  const needsR = (what: string) =>
    new UserError(ExitCode.Usage, `${what} is a directory`, "-r copies it with everything in it");
  if (place.kind === "image") {
    const volume = images.get(place.image);
    return told(place.image, () => {
      const info = volume.stat(place.path);
      const own = {
        path: "",
        directory: info.directory,
        size: info.size,
        mtime: info.modified,
        from: place.path,
      };
      if (!info.directory) return [own];
      if (!recursive) throw needsR(`${place.image}:${place.path}`);
      return [own, ...below(volume, place.path, "", 0)];
    });
  }
  if (place.path === "-")
    return [{ path: "", directory: false, size: 0, mtime: undefined, from: "-" }];
  let stat;
  try {
    stat = statSync(place.path);
  } catch (error) {
    throw hostError(place.path, error);
  }
  const mtime = Math.floor(stat.mtimeMs / 1000);
  if (!stat.isDirectory())
    return [
      { path: "", directory: false, size: stat.isFile() ? stat.size : 0, mtime, from: place.path },
    ];
  if (!recursive) throw needsR(place.path);
  return [
    { path: "", directory: true, size: 0, mtime, from: place.path },
    ...walkHost(place.path, warn).map((entry) => ({ ...entry, from: entry.host })),
  ];
}

function below(volume: FatVolume, from: string, path: string, depth: number): Item[] {
  if (depth > MAX_DEPTH)
    throw new UserError(
      ExitCode.BadData,
      `${from}: directories lie more than ${MAX_DEPTH} deep: a circle?`,
    );
  return volume.list(from).flatMap((info): Item[] => {
    const own = {
      path: `${path}/${info.name}`,
      directory: info.directory,
      size: info.size,
      mtime: info.modified,
      from: joinPath(from, info.name),
    };
    return [own, ...(info.directory ? below(volume, own.from, own.path, depth + 1) : [])];
  });
}

interface Target {
  isFolder(path: string): boolean;
  exists(path: string): boolean;
  join(folder: string, name: string): string;
  makeFolder(path: string): void;
  copy(images: Images, place: Place, item: Item, to: string, tally: Tally): void;
}

class ImageTarget implements Target {
  private readonly volume: FatVolume;
  private readonly image: string;

  constructor(images: Images, place: Place & { kind: "image" }) {
    this.image = place.image;
    this.volume = images.get(place.image);
  }

  isFolder(path: string): boolean {
    return told(this.image, () => this.volume.exists(path) && this.volume.stat(path).directory);
  }

  exists(path: string): boolean {
    return told(this.image, () => this.volume.exists(path));
  }

  join(folder: string, name: string): string {
    if (name.includes("/")) return joinPath(folder, name);
    const own = fatName(name, new Set());
    if (own !== name.normalize("NFC")) message(`${name} is called ${own} in ${this.image}`);
    return joinPath(folder, own);
  }

  makeFolder(path: string): void {
    told(this.image, () => {
      if (path !== "/" && !this.isFolder(path)) this.volume.mkdir(path);
    });
  }

  copy(images: Images, place: Place, { from, mtime }: Item, to: string, tally: Tally): void {
    told(this.image, () => {
      if (place.kind === "host") return copyIn(this.volume, this.image, from, to, mtime, tally);
      const source = images.get(place.image);
      if (
        source === this.volume &&
        source.stat(from).alias === safeAlias(this.volume, to) &&
        parent(from) === parent(to)
      )
        throw new UserError(ExitCode.Usage, `${from} and ${to} are the same file`);
      const reader = source.open(from, { write: false, create: "existing" });
      const writer = this.volume.open(to, { write: true, create: "truncate" });
      const bytes = buffer();
      let full = false;
      for (let n; !full && (n = reader.read(bytes)) > 0; tally.add(n))
        full = writer.write(bytes.subarray(0, n)) < n;
      reader.close();
      writer.close();
      if (full) {
        this.volume.unlink(to);
        throw new UserError(ExitCode.NoOutput, `${this.image} is full: ${from} does not fit`);
      }
      if (mtime !== undefined) this.volume.setModified(to, mtime);
    });
  }
}

function parent(path: string): string {
  return path.split("/").filter(Boolean).slice(0, -1).join("/").toUpperCase();
}

function safeAlias(volume: FatVolume, path: string): string | undefined {
  return volume.exists(path) ? volume.stat(path).alias : undefined;
}

class HostTarget implements Target {
  constructor(private readonly path: string) {}

  isFolder(path: string): boolean {
    return path.endsWith("/") || (existsSync(path) && statSync(path).isDirectory());
  }

  exists(path: string): boolean {
    return existsSync(path);
  }

  join(folder: string, name: string): string {
    return join(folder, name);
  }

  makeFolder(path: string): void {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  copy(images: Images, place: Place, { from, mtime }: Item, to: string, tally: Tally): void {
    if (place.kind === "host")
      throw new UserError(ExitCode.Usage, `${from} and ${to} are both on the host`);
    const volume = images.get(place.image);
    let fd: number;
    if (this.path.endsWith("/")) this.makeFolder(this.path);
    try {
      fd = openSync(to, "w");
    } catch (error) {
      throw cannotWrite(to, error);
    }
    try {
      told(place.image, () => {
        const file = volume.open(from, { write: false, create: "existing" });
        const bytes = buffer();
        for (let n; (n = file.read(bytes)) > 0; tally.add(n)) {
          for (let done = 0; done < n;) {
            try {
              done += writeSync(fd, bytes, done, n - done);
            } catch (error) {
              throw cannotWrite(to, error);
            }
          }
        }
        file.close();
      });
    } catch (error) {
      // A part of a file is no copy of it.
      rmSync(to, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
    // A stamp of zeros is no time.
    if (mtime !== undefined && mtime >= 315532800) utimesSync(to, mtime, mtime);
  }
}
