import { statSync } from "node:fs";
import type { FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { hostError } from "../host-file.ts";
import { walkHost } from "./host-tree.ts";
import { type Images, told, toldOf } from "./image.ts";
import { joinPath, type Place } from "./place.ts";
import { Visited } from "./visited.ts";

/** A file or folder to be copied; `path` below the place it goes to, "" for the thing itself. */
export interface Item {
  readonly path: string;
  readonly directory: boolean;
  /** Undefined when nobody knows before it was read. */
  readonly size: number | undefined;
  readonly mtime: number | undefined;
  /** The host path, or that in the image. */
  readonly from: string;
}

export interface Sources {
  readonly recursive: boolean;
  /** Takes a sentence about a host file that is left out. */
  readonly warn: (text: string) => void;
  /** Takes what cannot be read of an image; the rest is copied. */
  readonly damaged: (error: UserError) => void;
}

/** What a source stands for, folders before what is in them. */
export function itemsOf(images: Images, place: Place, sources: Sources): Item[] {
  const { recursive, warn } = sources;
  const needsR = (what: string) =>
    new UserError(ExitCode.Usage, `${what} is a directory`, "-r copies it with everything in it");
  if (place.kind === "image") {
    const volume = images.get(place.image);
    const info = told(place.image, () => volume.stat(place.path));
    const { directory, size, modified: mtime } = info;
    const own = { path: "", directory, size, mtime, from: place.path };
    if (!directory) return [own];
    if (!recursive) throw needsR(`${place.image}:${place.path}`);
    const items: Item[] = [own];
    const seen = new Visited(volume, place.image);
    below({ volume, image: place.image, items, seen, damaged: sources.damaged }, place.path, "");
    return items;
  }
  if (place.path === "-")
    return [{ path: "", directory: false, size: undefined, mtime: undefined, from: "-" }];
  let stat;
  try {
    stat = statSync(place.path);
  } catch (error) {
    throw hostError(place.path, error);
  }
  const mtime = Math.floor(stat.mtimeMs / 1000);
  if (!stat.isDirectory()) {
    const size = stat.isFile() ? stat.size : undefined;
    return [{ path: "", directory: false, size, mtime, from: place.path }];
  }
  if (!recursive) throw needsR(place.path);
  return [
    { path: "", directory: true, size: 0, mtime, from: place.path },
    ...walkHost(place.path, warn).map((entry) => ({ ...entry, from: entry.host })),
  ];
}

interface Walk {
  readonly volume: FatVolume;
  readonly image: string;
  /** What was found. */
  readonly items: Item[];
  readonly seen: Visited;
  readonly damaged: (error: UserError) => void;
}

function below(walk: Walk, from: string, path: string): void {
  const { volume, image, items, seen, damaged } = walk;
  try {
    seen.enter(from);
    for (const info of volume.each(from)) {
      const { directory, size, modified: mtime, name } = info;
      const own = { path: `${path}/${name}`, directory, size, mtime, from: joinPath(from, name) };
      items.push(own);
      if (directory) below(walk, own.from, own.path);
    }
  } catch (error) {
    const words = toldOf(image, error, from);
    if (!(words instanceof UserError) || words.code !== ExitCode.BadData) throw words;
    damaged(words);
  }
}
