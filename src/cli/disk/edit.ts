import { FatError, type FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { writeAll } from "../output.ts";
import type { Signals } from "../signals.ts";
import { canonical } from "./image-target.ts";
import { type Images, told, withImages } from "./image.ts";
import { inGoodOrder } from "./in-good-order.ts";
import type { DiskArguments } from "./arguments.ts";
import { baseName, type ImagePlace, imagePlace, joinPath } from "./place.ts";
import { Progress } from "./progress.ts";
import { Visited } from "./visited.ts";

const PIECE = 1 << 20;

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

/** Does something at each place in turn; a signal ends it between two, and `done` says how far it came. */
function atEach(
  places: readonly ImagePlace[],
  work: (place: ImagePlace, volume: FatVolume, signals: Signals) => void | Promise<void>,
  done: () => string,
): Promise<number> {
  return inGoodOrder(
    (signals) =>
      withImages(
        places.map(({ image }) => image),
        async (images) => {
          for (const place of places) {
            await signals.check();
            await work(place, images.get(place.image), signals);
          }
          return ExitCode.Ok;
        },
      ),
    done,
  );
}

export async function mkdir(args: DiskArguments): Promise<number> {
  const places = args.operands.map(imagePlace);
  let made = 0;
  return atEach(
    places,
    ({ image, path }, volume) => {
      told(image, () => (args.flag("parents") ? makeAll(volume, path) : volume.mkdir(path)));
      made++;
    },
    () => `${made} of ${places.length} directories are made`,
  );
}

/** Makes a directory and those above it; one that exists is fine. */
function makeAll(volume: FatVolume, path: string): void {
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
  const remove = async ({ image, path }: ImagePlace, volume: FatVolume, signals: Signals) => {
    if (force && !told(image, () => volume.exists(path))) return;
    if (path.split("/").every((name) => name === ""))
      throw new UserError(ExitCode.Usage, `${image}: the root directory stays; name what is in it`);
    if (told(image, () => volume.stat(path).directory) && !args.flag("recursive"))
      throw new UserError(
        ExitCode.Usage,
        `${image}:${path} is a directory`,
        "-r removes it with everything in it",
      );
    const steps = removal(volume, path, force, new Visited(volume, image));
    while (!told(image, () => steps.next()).done) {
      progress.at(++removed);
      await signals.check();
    }
  };
  try {
    return await atEach(
      places,
      remove,
      () => `${removed} files and directories are removed, the others are as they were`,
    );
  } finally {
    progress.end();
  }
}

/** Gives control back after each file and directory. */
function* removal(volume: FatVolume, path: string, force: boolean, seen: Visited): Generator<void> {
  const info = volume.stat(path);
  if (info.directory) {
    seen.enter(path);
    for (const { name } of volume.list(path))
      yield* removal(volume, joinPath(path, name), force, seen);
  }
  if (info.readOnly && force) volume.setAttributes(path, 0);
  volume.unlink(path);
  yield;
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
  let moved = "nothing was moved";
  const move = (images: Images): number => {
    const volume = images.get(image);
    told(image, () => {
      // The directory itself in other letters is its new name.
      const same = () => canonical(volume, target) === canonical(volume, path);
      const into =
        target === "/" ||
        (volume.exists(target) && volume.stat(target).directory && !(target !== path && same()));
      const to = into ? joinPath(target, baseName(path)) : target;
      volume.rename(path, to, { replace: true });
      moved = `${path} is ${to} now`;
    });
    return ExitCode.Ok;
  };
  return inGoodOrder(
    () => withImages([image], move),
    () => moved,
  );
}
