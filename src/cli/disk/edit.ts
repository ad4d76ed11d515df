import { FatError, type FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { writeAll } from "../output.ts";
import { told, withImages } from "./image.ts";
import type { DiskArguments } from "./options.ts";
import { baseName, imagePlace, joinPath } from "./place.ts";
import { Progress } from "./progress.ts";

const PIECE = 1 << 20;
const MAX_DEPTH = 64;

export async function cat(args: DiskArguments): Promise<number> {
  const places = args.operands.map(imagePlace);
  return withImages([], (images) => {
    for (const { image, path } of places) {
      const volume = images.get(image);
      told(image, () => {
        if (!path.split("/").some(Boolean) || volume.stat(path).directory)
          throw new UserError(ExitCode.NoInput, `${image}:${path} is a directory`);
        const file = volume.open(path, { write: false, create: "existing" });
        const bytes = new Uint8Array(Math.min(PIECE, Math.max(1, file.size)));
        for (let n; (n = file.read(bytes)) > 0;) writeAll(1, bytes.subarray(0, n));
        file.close();
      });
    }
    return ExitCode.Ok;
  });
}

export async function mkdir(args: DiskArguments): Promise<number> {
  const places = args.operands.map(imagePlace);
  return withImages(
    places.map(({ image }) => image),
    (images) => {
      for (const { image, path } of places) {
        const volume = images.get(image);
        told(image, () => (args.flag("parents") ? makeAll(volume, path) : volume.mkdir(path)));
      }
      return ExitCode.Ok;
    },
  );
}

/** Makes a directory and those above it; one that exists is fine. */
export function makeAll(volume: FatVolume, path: string): void {
  let own = "";
  for (const name of path.split("/").filter(Boolean)) {
    own += `/${name}`;
    if (!volume.exists(own)) volume.mkdir(own);
    else if (!volume.stat(own).directory)
      throw new FatError("no path", `${own} is not a directory`);
  }
}

export async function rm(args: DiskArguments): Promise<number> {
  const places = args.operands.map(imagePlace);
  const force = args.flag("force");
  const progress = new Progress("removing", 0, "files");
  let removed = 0;
  const count = (): void => progress.at(++removed);
  return withImages(
    places.map(({ image }) => image),
    (images) => {
      try {
        for (const { image, path } of places) {
          const volume = images.get(image);
          if (force && !told(image, () => volume.exists(path))) continue;
          told(image, () => {
            const root = path.split("/").every((name) => name === "");
            if (root)
              throw new UserError(
                ExitCode.Usage,
                `${image}: the root directory stays; name what is in it`,
              );
            if (volume.stat(path).directory && !args.flag("recursive"))
              throw new UserError(
                ExitCode.Usage,
                `${image}:${path} is a directory`,
                "-r removes it with everything in it",
              );
            remove(volume, path, force, 0, count);
          });
        }
      } finally {
        progress.end();
      }
      return ExitCode.Ok;
    },
  );
}

function remove(
  volume: FatVolume,
  path: string,
  force: boolean,
  depth: number,
  count: () => void,
): void {
  const info = volume.stat(path);
  if (info.directory) {
    if (depth > MAX_DEPTH)
      throw new FatError("damaged", `${path}: directories lie too deep, a circle?`);
    for (const { name } of volume.list(path))
      remove(volume, joinPath(path, name), force, depth + 1, count);
  }
  if (info.readOnly && force) volume.setAttributes(path, 0);
  volume.unlink(path);
  count();
}

export async function mv(args: DiskArguments): Promise<number> {
  const { image, path } = imagePlace(args.operands[0]);
  const target = args.operands[1].startsWith(`${image}:`)
    ? args.operands[1].slice(image.length + 1)
    : args.operands[1];
  if (!target.startsWith("/"))
    throw new UserError(
      ExitCode.Usage,
      `'${args.operands[1]}' is not a path in ${image}: it begins with '/'`,
    );
  return withImages([image], (images) => {
    const volume = images.get(image);
    told(image, () => {
      const into = target === "/" || (volume.exists(target) && volume.stat(target).directory);
      const to = into ? joinPath(target, baseName(path)) : target;
      volume.rename(path, to, { replace: true });
    });
    return ExitCode.Ok;
  });
}
