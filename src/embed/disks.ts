import { diskPrefix } from "../../disk/make-disk.ts";
import { DEFAULT_DISK_SECTORS, defaultDiskFiles } from "../../disk/recipe.ts";
import { type BlockDevice, OverlayDevice, RamDevice } from "../block/mod.ts";
import { FatVolume } from "../fat/mod.ts";
import { ScratchDisks } from "../smoke/mod.ts";
import type { BootOptions } from "./types.ts";

/** An empty one. */
const DISK_BYTES = 64 * 1048576;

let standardDisk: RamDevice | undefined;

/** An image as it lies in the caller's memory: a copy for every machine would cost more than all the rest of its start. */
function imageOf(bytes: Uint8Array): BlockDevice {
  const sectorSize = 512;
  return {
    sectorSize,
    sectors: bytes.length / sectorSize,
    readOnly: true,
    read: (sector, into) =>
      into.set(bytes.subarray(sector * sectorSize, sector * sectorSize + into.length)),
    write: () => {
      throw new Error("an image is not changed");
    },
    flush() {},
    close() {},
  };
}

const empty = new ScratchDisks(() => {
  const device = new RamDevice(DISK_BYTES);
  FatVolume.format(device);
  return device;
});

/** The disk of a machine that the options ask for; what is written to it is that machine's alone. */
export function diskOf(disk: BootOptions["disk"]): BlockDevice {
  if (disk === undefined) return empty.take();
  if (disk === "default") {
    // Made here: the package is used from a checkout in which nothing was built.
    standardDisk ??= new RamDevice(DEFAULT_DISK_SECTORS * 512, diskPrefix(defaultDiskFiles(), 1));
    return new OverlayDevice(standardDisk);
  }
  return disk instanceof Uint8Array ? new OverlayDevice(imageOf(disk)) : disk;
}
