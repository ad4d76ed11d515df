import { Attribute, type FatInfo, type FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Output } from "../output.ts";
import { told, withImages } from "./image.ts";
import type { DiskArguments } from "./options.ts";
import { imagePlace, joinPath } from "./place.ts";

interface Row {
  readonly path: string;
  readonly info: FatInfo;
}

/** A hostile image can have directories in each other without end. */
const MAX_DEPTH = 64;

export async function ls(args: DiskArguments): Promise<number> {
  return withImages([], (images) => {
    const output = new Output(1);
    const say = (text: string) => output.write(new TextEncoder().encode(text));
    const rows: { image: string; path: string; rows: Row[] }[] = args.operands.map((operand) => {
      const { image, path } = imagePlace(operand);
      const volume = images.get(image);
      return {
        image,
        path,
        rows: told(image, () => list(volume, path, args.flag("recursive"), 0)),
      };
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
    return ExitCode.Ok;
  });
}

function list(volume: FatVolume, path: string, recursive: boolean, depth: number): Row[] {
  if (path !== "/" && !volume.stat(path).directory) return [{ path, info: volume.stat(path) }];
  if (depth > MAX_DEPTH)
    throw new UserError(ExitCode.BadData, `directories lie more than ${MAX_DEPTH} deep: a circle?`);
  return volume.list(path).flatMap((info) => {
    const own = { path: joinPath(path, info.name), info };
    return [own, ...(recursive && info.directory ? list(volume, own.path, true, depth + 1) : [])];
  });
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
