import { Attribute, type FatInfo, type FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Output } from "../output.ts";
import { told, toldOf, withImages } from "./image.ts";
import type { DiskArguments } from "./arguments.ts";
import { imagePlace, joinPath } from "./place.ts";
import { tell } from "./visible.ts";
import { Visited } from "./visited.ts";

interface Row {
  readonly path: string;
  readonly info: FatInfo;
}

export async function ls(args: DiskArguments): Promise<number> {
  return withImages([], (images) => {
    const output = new Output(1);
    const say = (text: string) => output.write(new TextEncoder().encode(text));
    let code: number = ExitCode.Ok;
    const rows = args.operands.map((operand) => {
      const { image, path } = imagePlace(operand);
      const volume = images.get(image);
      const found: Row[] = [];
      const damaged = (error: UserError) => {
        tell(error.message);
        code = error.code;
      };
      if (path !== "/" && !told(image, () => volume.stat(path)).directory)
        found.push({ path, info: told(image, () => volume.stat(path)) });
      else {
        const seen = new Visited(volume, image);
        list({ volume, image, found, damaged, seen }, path, args.flag("recursive"));
      }
      return { image, path, rows: found };
    });
    if (args.flag("json")) {
      const all = rows.flatMap(({ image, rows }) => rows.map((row) => jsonOf(image, row)));
      say(`${JSON.stringify(all, null, 2)}\n`);
    } else {
      for (const { image, path, rows: found } of rows) {
        if (rows.length > 1) say(`${image}:${path}\n`);
        for (const row of found)
          say(`${args.flag("long") ? longLine(row) : printable(nameOf(row))}\n`);
      }
    }
    output.flush();
    return code;
  });
}

interface Listing {
  readonly volume: FatVolume;
  readonly image: string;
  readonly found: Row[];
  /** Takes what cannot be listed; the rest is. */
  readonly damaged: (error: UserError) => void;
  readonly seen: Visited;
}

function list(to: Listing, path: string, recursive: boolean): void {
  try {
    to.seen.enter(path);
    for (const info of to.volume.each(path)) {
      const own = joinPath(path, info.name);
      to.found.push({ path: own, info });
      if (recursive && info.directory) list(to, own, true);
    }
  } catch (error) {
    const words = toldOf(to.image, error, path);
    if (!(words instanceof UserError) || words.code !== ExitCode.BadData) throw words;
    to.damaged(words);
  }
}

function nameOf({ path, info }: Row): string {
  return info.directory ? `${path}/` : path;
}

/** Control characters of a hostile name do not reach the terminal. */
function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "?");
}

function longLine(row: Row): string {
  const { info } = row;
  const flags = [
    info.directory ? "d" : "-",
    info.readOnly ? "r" : "-",
    info.attributes & Attribute.Hidden ? "h" : "-",
    info.attributes & Attribute.System ? "s" : "-",
    info.attributes & Attribute.Archive ? "a" : "-",
  ].join("");
  const size = String(info.size).padStart(10);
  return printable(`${flags} ${size} ${timeOf(info)} ${info.alias.padEnd(12)} ${nameOf(row)}`);
}

/** No stamp, or one that is none, is shown as such. */
function timeOf({ modified }: FatInfo): string {
  if (!(modified >= 315532800)) return "-".padEnd(16);
  return new Date(modified * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function jsonOf(image: string, { path, info }: Row) {
  return {
    image,
    path,
    alias: info.alias,
    type: info.directory ? "directory" : "file",
    size: info.size,
    readOnly: info.readOnly,
    hidden: (info.attributes & Attribute.Hidden) !== 0,
    system: (info.attributes & Attribute.System) !== 0,
    archive: (info.attributes & Attribute.Archive) !== 0,
    modified: info.modified >= 315532800 ? new Date(info.modified * 1000).toISOString() : null,
  };
}
