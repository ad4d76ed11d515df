import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type BlockDevice, FileDevice, OverlayDevice } from "../block/mod.ts";
import { defaultDisk } from "./assets.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { hostError, openImage } from "./host-file.ts";
import { message } from "./outcome.ts";
import { SavedDisk } from "./saved-disk.ts";

const SECTOR = 512;

/** What the file is, by what it is and how it begins; its name does not matter. */
export type DiskForm = "raw" | "gzip" | "zip" | "folder";

/** The form of a disk on the host. @throws UserError when there is nothing, or nothing that can be read */
export function formOf(path: string): DiskForm {
  const head = new Uint8Array(4);
  try {
    const found = statSync(path);
    if (found.isDirectory()) return "folder";
    // Opening a pipe would wait for somebody to write to it.
    if (found.isFIFO() || found.isSocket() || found.isCharacterDevice())
      throw new UserError(ExitCode.NoInput, `cannot open ${path}: not a regular file`);
    const fd = openSync(path, "r");
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw hostError(path, error);
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] <= 7 && head[3] <= 8) return "zip";
  return "raw";
}

/**
 * The disk of the command line in any of its forms, or the built-in one when there is no path. Only a raw image without `snapshot`
 * is written to; what is written to the others stays in memory and goes to the file `save`, or nowhere.
 */
export function openDisk(path: string | undefined, snapshot: boolean, save?: string): BlockDevice {
  if (path === undefined)
    return save === undefined ? defaultDisk() : new SavedDisk(defaultDisk(), save);
  if (/\.(mo|so)$/i.test(path)) {
    throw new UserError(
      ExitCode.Usage,
      `${path} is a module, not a disk`,
      `to run it: rtt-sim run ${path}`,
    );
  }
  const form = formOf(path);
  if (form === "raw") {
    const device = rawDisk(path, snapshot || save !== undefined);
    return save === undefined ? device : new SavedDisk(device, save);
  }
  // Not imported: a raw image needs none of it.
  const forms = require("./disk/forms.ts") as typeof import("./disk/forms.ts");
  const device = { gzip: forms.gzipDisk, zip: forms.zipDisk, folder: forms.folderDisk }[form](path);
  if (save !== undefined) return new SavedDisk(device, save);
  return snapshot ? device : new ForgottenDisk(device, path);
}

function rawDisk(path: string, snapshot: boolean): BlockDevice {
  const file = openImage(path, snapshot);
  if (file.size < SECTOR) {
    file.close();
    throw new UserError(
      ExitCode.BadData,
      `${path} is not a disk image: it has ${file.size} bytes, less than one sector`,
      "a raw FAT image is needed, as made by rtt-sim disk create, mkfs.fat or mformat",
    );
  }
  const device = new FileDevice(file, { readOnly: !file.writable });
  if (!snapshot && !file.writable) {
    message(`${path} is write-protected: changes are kept in memory and discarded at the end`);
  }
  return file.writable ? device : new OverlayDevice(device);
}

/** Says at the end that changes are gone, when there were some. */
class ForgottenDisk implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  private written = false;

  constructor(
    private readonly device: BlockDevice,
    private readonly path: string,
  ) {
    ({ sectorSize: this.sectorSize, sectors: this.sectors, readOnly: this.readOnly } = device);
  }

  read(sector: number, into: Uint8Array): void {
    this.device.read(sector, into);
  }

  write(sector: number, from: Uint8Array): void {
    this.written = true;
    this.device.write(sector, from);
  }

  flush(): void {}

  close(): void {
    this.device.close();
    if (this.written)
      message(
        `changes to ${this.path} were in memory only and are gone; --save FILE.img keeps them`,
      );
    this.written = false;
  }
}
