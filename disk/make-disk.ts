/** Makes the default disk: `disk/disk.img` for the user, `disk/default-disk.bin` for the binary. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../src/block/mod.ts";
import { FatVolume } from "../src/fat/mod.ts";
import {
  DEFAULT_DISK_LABEL,
  DEFAULT_DISK_SECTORS,
  DEFAULT_DISK_TIME,
  defaultDiskFiles,
  type DiskFile,
} from "./recipe.ts";

const IMAGE = join(import.meta.dir, "disk.img");
const PREFIX = join(import.meta.dir, "default-disk.bin");

/** The beginning of the image; everything behind it is zero. The same files give the same bytes. */
export function diskPrefix(files: readonly DiskFile[], serial: number): Uint8Array {
  const device = new RamDevice(DEFAULT_DISK_SECTORS * 512);
  const volume = FatVolume.format(device, {
    label: DEFAULT_DISK_LABEL,
    serial,
    clock: () => DEFAULT_DISK_TIME,
  });
  for (const { path, bytes } of files) {
    const folders = path.split("/").slice(1, -1);
    folders.forEach((_, i) => {
      const folder = `/${folders.slice(0, i + 1).join("/")}`;
      if (!volume.exists(folder)) volume.mkdir(folder);
    });
    volume.writeFile(path, bytes);
  }
  volume.unmount();
  return device.image(true);
}

/**
 * Writes both files. A disk.img that was made from the same recipe is left alone, with what the user has changed on it; one of
 * another recipe is kept as disk.img.old.
 */
export async function makeDefaultDisk(): Promise<void> {
  const files = defaultDiskFiles();
  const serial = serialOf(files);
  const prefix = diskPrefix(files, serial);
  if (!existsSync(PREFIX) || !readFileSync(PREFIX).equals(prefix)) writeFileSync(PREFIX, prefix);
  if (existsSync(IMAGE)) {
    if (serialOfImage(IMAGE) === serial) return;
    renameSync(IMAGE, `${IMAGE}.old`);
  }
  const fd = openSync(IMAGE, "w");
  try {
    ftruncateSync(fd, DEFAULT_DISK_SECTORS * 512);
    writeSync(fd, prefix, 0, prefix.length, 0);
  } finally {
    closeSync(fd);
  }
}

/** A volume serial number that tells one recipe from another. */
function serialOf(files: readonly DiskFile[]): number {
  let crc = 0;
  for (const { path, bytes } of files) {
    crc = Bun.hash.crc32(path, crc);
    crc = Bun.hash.crc32(bytes, crc);
  }
  return crc >>> 0;
}

/** Serial number in the boot sector of a FAT16 image. */
function serialOfImage(path: string): number {
  const boot = readFileSync(path).subarray(0, 512);
  return boot.length < 512 ? 0 : boot.readUInt32LE(39);
}

if (import.meta.main) await makeDefaultDisk();
