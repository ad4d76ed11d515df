import { statSync } from "node:fs";
import { type BlockDevice, cardDevice, FileDevice, OverlayDevice } from "../../block/mod.ts";
import { FatError, type FatReason, FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { openImage } from "../host-file.ts";
import { formOf, openDisk } from "../open-disk.ts";
import { message } from "../outcome.ts";
import { tell } from "./visible.ts";

/** A volume of an image, to be closed. */
export interface OpenVolume {
  readonly volume: FatVolume;
  close(): void;
}

const EXIT: Partial<Record<FatReason, number>> = {
  "no file": ExitCode.NoInput,
  "no path": ExitCode.NoInput,
  "no file system": ExitCode.BadData,
  damaged: ExitCode.BadData,
  "cannot format": ExitCode.Usage,
  "invalid name": ExitCode.Usage,
};

/** Runs a call of the FAT layer; its failures become sentences with an exit code. */
export function told<T>(image: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toldOf(image, error);
  }
}

/** A failure of the FAT layer as a sentence with an exit code; with the file it was met in, when the sentence does not name it. */
export function toldOf(image: string, error: unknown, path = ""): unknown {
  if (!(error instanceof FatError)) return error;
  const { reason, message } = error;
  const hint = reason === "damaged" ? `rtt-sim disk fsck ${image} says more` : undefined;
  const where = path === "" || message.includes(path) ? image : `${image}:${path}`;
  return new UserError(EXIT[reason] ?? ExitCode.NoOutput, `${where}: ${message}`, hint);
}

/** The whole disk, for reading and writing (a raw image only) or for reading. */
export function openWhole(image: string, write: boolean): BlockDevice {
  if (!write) {
    const device = openDisk(image, true);
    return device instanceof OverlayDevice ? device : new OverlayDevice(device);
  }
  const form = formOf(image);
  if (form !== "raw")
    throw new UserError(
      ExitCode.Usage,
      `${image} is ${{ gzip: "compressed", zip: "an archive", folder: "a folder" }[form]}: it can be read, not changed`,
      "make a raw image of it: rtt-sim " +
        (form === "folder"
          ? `disk create --from ${image} FILE.img`
          : `${image} --save FILE.img -c ls`),
    );
  const file = openImage(image, false, true);
  if (!file.writable) {
    file.close();
    throw new UserError(ExitCode.NoOutput, `${image} is write-protected`);
  }
  return new FileDevice(file);
}

/** Mounts the first partition, or the whole disk. */
function openVolume(image: string, write: boolean): OpenVolume {
  const device = openWhole(image, write);
  try {
    const volume = told(image, () =>
      FatVolume.mount(cardDevice(device), {
        readOnly: !write,
        distinctNames: true,
        clock: () => Date.now() / 1000,
      }),
    );
    for (const warning of volume.warnings) message(`${image}: ${warning}`);
    volume.onDamage = (_, damage) => tell(`${image}: ${damage.message}; those stay as they are`);
    return {
      volume,
      close() {
        try {
          if (write) told(image, () => volume.unmount());
        } finally {
          device.close();
        }
      },
    };
  } catch (error) {
    device.close();
    throw error;
  }
}

/** The same for all names of a file. */
function identity(image: string): string {
  try {
    const { dev, ino } = statSync(image);
    return `${dev}:${ino}`;
  } catch {
    return image;
  }
}

/** Volumes of one command, each image opened once, however its path is written. */
export class Images {
  private readonly open = new Map<string, OpenVolume>();

  /** `writes` are the images that will be changed. */
  constructor(private readonly writes: ReadonlySet<string>) {}

  get(image: string): FatVolume {
    const file = identity(image);
    let found = this.open.get(file);
    if (!found) this.open.set(file, (found = openVolume(image, this.writes.has(file))));
    return found.volume;
  }

  /** Whether a host file is one of the images. */
  has(path: string): boolean {
    return this.open.has(identity(path));
  }

  /** Writes everything; the first failure counts. */
  close(): void {
    let failure: unknown;
    for (const one of this.open.values()) {
      try {
        one.close();
      } catch (error) {
        failure ??= error;
      }
    }
    this.open.clear();
    if (failure) throw failure;
  }
}

/** Runs with images that are closed afterwards. */
export async function withImages<T>(
  writes: readonly string[],
  use: (images: Images) => T | Promise<T>,
): Promise<T> {
  const images = new Images(new Set(writes.map(identity)));
  let result: T;
  try {
    result = await use(images);
  } catch (error) {
    try {
      images.close();
    } catch {
      // The first failure is the one to tell.
    }
    throw error;
  }
  images.close();
  return result;
}
