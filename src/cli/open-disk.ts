import { type BlockDevice, FileDevice, OverlayDevice } from "../block/mod.ts";
import { defaultDisk } from "./assets.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { openImage } from "./host-file.ts";
import { message } from "./outcome.ts";

const SECTOR = 512;

/** The disk of the command line: a raw image, or the built-in one when there is no path. */
export function openDisk(path: string | undefined, snapshot: boolean): BlockDevice {
  if (path === undefined) return defaultDisk();
  if (/\.(mo|so)$/i.test(path)) {
    throw new UserError(
      ExitCode.Usage,
      `${path} is a module, not a disk`,
      `to run it: rtt-sim run ${path}`,
    );
  }
  const file = openImage(path, snapshot);
  if (file.size < SECTOR) {
    file.close();
    throw new UserError(
      ExitCode.BadData,
      `${path} is not a disk image: it has ${file.size} bytes, less than one sector`,
      "a raw FAT image is needed, as made by mkfs.fat or mformat",
    );
  }
  const device = new FileDevice(file, { readOnly: !file.writable });
  if (!snapshot && !file.writable) {
    message(`${path} is write-protected: changes are kept in memory and discarded at the end`);
  }
  return file.writable ? device : new OverlayDevice(device);
}
