import { fold } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import type { Signals } from "../signals.ts";
import { Tally } from "./copy-in.ts";
import { HostTarget } from "./host-target.ts";
import { fewWarnings, orderKey } from "./host-tree.ts";
import { canonical, ImageTarget, type Reader } from "./image-target.ts";
import { inGoodOrder } from "./in-good-order.ts";
import { type Images, told, toldOf, withImages } from "./image.ts";
import type { DiskArguments } from "./arguments.ts";
import { baseName, parsePlace, type Place } from "./place.ts";
import { hostReader, imageReader } from "./readers.ts";
import { type Item, itemsOf } from "./sources.ts";
import { tell } from "./visible.ts";

interface Job {
  readonly place: Place;
  readonly items: readonly Item[];
  /** Where it goes. */
  readonly where: string;
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
  let copying: Copying | undefined;
  return inGoodOrder(
    (signals) =>
      withImages(writes, (images) =>
        (copying = new Copying(args, images, target)).run(places, signals),
      ),
    () => `${copying?.done ?? 0} files and directories are copied, no other is begun`,
  );
}

class Copying {
  private readonly side: ImageTarget | HostTarget;
  private readonly recursive: boolean;
  private readonly noClobber: boolean;
  /** Files and directories that are complete. */
  done = 0;
  private code: number = ExitCode.Ok;

  constructor(
    args: DiskArguments,
    private readonly images: Images,
    private readonly target: Place,
  ) {
    this.recursive = args.flag("recursive");
    this.noClobber = args.flag("no-clobber");
    this.side =
      target.kind === "image"
        ? new ImageTarget(images.get(target.image), target.image)
        : new HostTarget(images, target.path);
  }

  async run(places: readonly Place[], signals: Signals): Promise<number> {
    const jobs = this.jobs(places);
    const sizes = jobs.flatMap(({ items }) => items.map(({ size }) => size ?? 0));
    const tally = new Tally(sizes);
    try {
      for (const job of jobs) await this.copyAll(job, tally, signals);
    } finally {
      tally.end();
    }
    return this.code;
  }

  private jobs(places: readonly Place[]): Job[] {
    const { target, side } = this;
    const into = side.isFolder(target.path);
    if (places.length > 1 && !into)
      throw new UserError(
        ExitCode.Usage,
        `${target.path} is not a directory: several files need one`,
      );
    const { warn, end } = fewWarnings(tell);
    const sources = { recursive: this.recursive, warn, damaged: (e: UserError) => this.failed(e) };
    const taken = new Map<string, Place>();
    const rank = (place: Place) => Number(orderKey(baseName(place.path))[0] ?? 0);
    const jobs = [...places]
      .sort((a, b) => rank(a) - rank(b))
      .map((place) => {
        const items = itemsOf(this.images, place, sources);
        const name = place.kind === "host" && place.path === "-" ? "stdin" : baseName(place.path);
        const where =
          into && name !== "" && name !== "." ? side.join(target.path, name) : target.path;
        this.check(place, items[0], where, into);
        const key = target.kind === "image" ? fold(where.normalize("NFC")) : where;
        const other = taken.get(key);
        if (other)
          throw new UserError(
            ExitCode.Usage,
            `${other.path} and ${place.path} would both become ${where}`,
          );
        taken.set(key, place);
        return { place, items, where };
      });
    end();
    return jobs;
  }

  /** Refuses what would make no copy. */
  private check(place: Place, { directory }: Item, where: string, into: boolean): void {
    const { target, side } = this;
    if (target.kind === "host") {
      if (place.kind === "host")
        throw new UserError(ExitCode.Usage, `${place.path} and ${where} are both on the host`);
      return;
    }
    if (!into && !directory && /.\/$/.test(where))
      throw new UserError(
        ExitCode.NoInput,
        `${target.image}:${where} is not a directory`,
        `rtt-sim disk mkdir ${target.image}:${where} makes it`,
      );
    if (place.kind === "host" || !(side instanceof ImageTarget)) return;
    const { volume } = side;
    if (this.images.get(place.image) !== volume) return;
    const [from, to] = told(target.image, () => [
      canonical(volume, place.path),
      canonical(volume, where),
    ]);
    if (from === to)
      throw new UserError(ExitCode.Usage, `${place.path} and ${where} are the same file`);
    if (directory && (from === "/" || to.startsWith(`${from}/`)))
      throw new UserError(ExitCode.Usage, `${place.path} cannot be copied into itself, ${where}`);
  }

  private async copyAll({ place, items, where }: Job, tally: Tally, signals: Signals) {
    const { side } = this;
    const folders: { to: string; mtime: number }[] = [];
    for (const item of items) {
      await signals.check();
      const to = item.path === "" ? where : side.join(where, item.path.slice(1));
      const { mtime } = item;
      if (item.directory) {
        side.makeFolder(to);
        this.done++;
        if (mtime !== undefined) folders.push({ to, mtime });
      } else if (!this.noClobber || !side.exists(to)) {
        try {
          await this.copy(place, item, to, tally, signals);
          this.done++;
        } catch (error) {
          const words = this.toldOf(place, error, item, to);
          const goesOn = words instanceof UserError && words.code === ExitCode.BadData;
          if (!goesOn || !this.recursive) throw words;
          this.failed(words);
        }
      }
      tally.file();
    }
    // What was put into a folder has changed its time; that of folders in folders first.
    for (const { to, mtime } of folders.reverse()) side.setTime(to, mtime);
  }

  private async copy(place: Place, item: Item, to: string, tally: Tally, signals: Signals) {
    const reader = this.reader(place, item);
    try {
      await someData(reader, signals);
      for (const bytes of this.side.copy(reader, to)) {
        tally.add(bytes);
        await signals.check();
        await someData(reader, signals);
      }
    } finally {
      reader.close();
    }
  }

  /** Damage met while reading is the source's, not the target's. */
  private reader(place: Place, item: Item): Reader {
    if (place.kind === "host") return hostReader(item);
    const words = <T>(call: () => T): T => {
      try {
        return call();
      } catch (error) {
        throw toldOf(place.image, error, item.from);
      }
    };
    const reader = words(() => imageReader(this.images.get(place.image), item));
    return {
      ...reader,
      next: () => words(() => reader.next()),
      probe: () => words(() => reader.probe?.()),
    };
  }

  /** Failures of the source were told by its reader: this is the target's, when that is in an image. */
  private toldOf(place: Place, error: unknown, { from }: Item, to: string): unknown {
    if (this.target.kind === "image") return toldOf(this.target.image, error, to);
    return place.kind === "image" ? toldOf(place.image, error, from) : error;
  }

  /** One of many could not be copied; the others are. */
  private failed(error: UserError): void {
    tell(error.message);
    this.code = error.code;
  }
}

/** Waits for a writer at the other end, and for signals meanwhile. */
async function someData({ ready }: Reader, signals: Signals): Promise<void> {
  while (ready && !ready()) {
    await Bun.sleep(10);
    await signals.check();
  }
}
