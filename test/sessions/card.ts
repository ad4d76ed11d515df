/**
 * The SD cards of the recordings, made again: 64 MiB in the two formats that were used, with the recorded files in the recorded
 * order, so that directory listings and free space come out equal.
 */
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";

const SECTORS = 131072;

/** 2020-01-01 00:00:00 UTC, the time stamp of every file on the cards. */
const STAMP = 1577836800;

export type CardFormat =
  /** `mformat` of 64 MiB: its boot sector also holds a partition entry, a little larger than the card. */
  | "mformat"
  /** `mkfs.fat` of 65536 KiB. */
  | "mkfs.fat"
  /** Zeros only. */
  | "blank";

export interface CardFile {
  readonly bytes: Uint8Array;
  /** FAT attribute bits: 1 read-only, 2 hidden. */
  readonly attributes?: number;
}

/** Path -> file, or "directory"; missing folders on the way are made. */
export type CardFiles = Record<string, CardFile | Uint8Array | "directory">;

export function makeCard(format: CardFormat, files: CardFiles): RamDevice {
  const device = new RamDevice(SECTORS * 512);
  if (format === "blank") return device;
  format === "mformat" ? mformat(device) : mkfsFat(device);
  const volume = FatVolume.mount(device, { clock: () => STAMP });
  for (const [path, what] of Object.entries(files)) {
    const names = path.split("/");
    names.forEach((_, i) => {
      const folder = names.slice(0, i + 1).join("/");
      const isFolder = i + 1 < names.length || what === "directory";
      if (isFolder && !volume.exists(folder)) volume.mkdir(folder);
    });
    if (what === "directory") continue;
    const file = what instanceof Uint8Array ? { bytes: what } : what;
    volume.writeFile(path, file.bytes);
    if (file.attributes) volume.setAttributes(path, 0x20 | file.attributes);
  }
  volume.unmount();
  return device;
}

function mformat(device: RamDevice): void {
  const boot = bootSector({
    sectorsPerCluster: 2,
    reserved: 1,
    fatSectors: 255,
    heads: 16,
    sectorsPerTrack: 63,
  });
  // 132048 sectors: whole cylinders of that geometry.
  boot.set([0x80, 0, 1, 0, 6, 0x0f, 0x3f, 0x82, 0, 0, 0, 0, 0xd0, 0x03, 2, 0], 0x1be);
  device.write(0, boot);
  for (const sector of [1, 256]) device.write(sector, firstFatSector());
}

function mkfsFat(device: RamDevice): void {
  device.write(
    0,
    bootSector({
      sectorsPerCluster: 4,
      reserved: 4,
      fatSectors: 128,
      heads: 8,
      sectorsPerTrack: 32,
    }),
  );
  for (const sector of [4, 132]) device.write(sector, firstFatSector());
}

const HARD_DISK = 0xf8;

function firstFatSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set([HARD_DISK, 0xff, 0xff, 0xff]);
  return sector;
}

/** BIOS parameter block of a FAT16 volume with two FATs and 512 root entries. */
function bootSector(of: {
  sectorsPerCluster: number;
  reserved: number;
  fatSectors: number;
  heads: number;
  sectorsPerTrack: number;
}): Uint8Array {
  const boot = new Uint8Array(512);
  const view = new DataView(boot.buffer);
  boot.set([0xeb, 0x3c, 0x90]);
  boot.set(new TextEncoder().encode("RTTCARD "), 3);
  view.setUint16(11, 512, true);
  boot[13] = of.sectorsPerCluster;
  view.setUint16(14, of.reserved, true);
  boot[16] = 2;
  view.setUint16(17, 512, true);
  boot[21] = HARD_DISK;
  view.setUint16(22, of.fatSectors, true);
  view.setUint16(24, of.sectorsPerTrack, true);
  view.setUint16(26, of.heads, true);
  view.setUint32(32, SECTORS, true);
  boot[36] = 0x80;
  boot[38] = 0x29;
  boot.set(new TextEncoder().encode("NO NAME    FAT16   "), 43);
  view.setUint16(510, 0xaa55, true);
  return boot;
}
