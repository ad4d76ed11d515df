import { RamDevice } from "../../src/block/mod.ts";

/** Disks as Windows, SD card makers and cameras leave them, laid out here by the Microsoft FAT specification, with nothing of src/fat. */
export interface Recipe {
  readonly name: string;
  readonly type: 12 | 16 | 32;
  /** Of the volume, in sectors of 512 bytes. */
  readonly sectors: number;
  readonly perCluster: number;
  readonly reserved: number;
  readonly fats?: number;
  readonly rootEntries?: number;
  readonly media?: number;
  readonly oem?: string;
  /** Where the partition begins; 0: no partition table. */
  readonly start?: number;
  readonly partitionType?: number;
  /** Free count and hint of FSInfo; Windows leaves them unknown after a quick format. */
  readonly fsInfo?: readonly [number, number];
}

const SECTOR = 512;
const UNKNOWN = 0xffffffff;

/** The disk with a label and the hidden folder that Windows makes on every card; the number of clusters decides the FAT. */
export function windowsDisk(recipe: Recipe): { device: RamDevice; bytes: Uint8Array } {
  const { type, sectors, perCluster, reserved, fats = 2, rootEntries = 512, start = 0 } = recipe;
  const media = recipe.media ?? 0xf8;
  const rootSectors = type === 32 ? 0 : (rootEntries * 32) / SECTOR;
  // The formula of the specification, rounded up generously as there.
  const rest = sectors - reserved - rootSectors;
  const perFat = type === 32 ? (256 * perCluster + fats) / 2 : 256 * perCluster + fats;
  const fatSectors =
    type === 12 ? Math.ceil(((rest / perCluster + 2) * 1.5) / SECTOR) : Math.ceil(rest / perFat);
  const image = new Uint8Array(
    (start + reserved + fats * fatSectors + rootSectors + 8 * perCluster) * SECTOR,
  );
  const volume = image.subarray(start * SECTOR);
  const view = new DataView(volume.buffer, volume.byteOffset);
  const text = (at: number, value: string): void =>
    void volume.set(
      Array.from(value, (c) => c.charCodeAt(0)),
      at,
    );

  volume.set(type === 32 ? [0xeb, 0x58, 0x90] : [0xeb, 0x3c, 0x90]);
  text(3, recipe.oem ?? "MSDOS5.0");
  view.setUint16(11, SECTOR, true);
  volume[13] = perCluster;
  view.setUint16(14, reserved, true);
  volume[16] = fats;
  view.setUint16(17, type === 32 ? 0 : rootEntries, true);
  const small = type !== 32 && sectors < 0x10000;
  view.setUint16(19, small ? sectors : 0, true);
  view.setUint32(32, small ? 0 : sectors, true);
  volume[21] = media;
  view.setUint16(22, type === 32 ? 0 : fatSectors, true);
  view.setUint16(24, 63, true);
  view.setUint16(26, 255, true);
  view.setUint32(28, start, true);
  const extended = type === 32 ? 64 : 36;
  if (type === 32) {
    view.setUint32(36, fatSectors, true);
    view.setUint32(44, 2, true);
    view.setUint16(48, 1, true);
    view.setUint16(50, 6, true);
  }
  volume[extended] = media === 0xf0 ? 0 : 0x80;
  volume[extended + 2] = 0x29;
  view.setUint32(extended + 3, 0x9c2f_13a7, true);
  text(extended + 7, "NO NAME    ");
  text(extended + 18, `FAT${type}   `);
  // Code and its messages, as far as a boot loader goes.
  for (let at = extended + 26; at < 510; at++) volume[at] = (at * 37) & 0xff;
  view.setUint16(510, 0xaa55, true);
  if (type === 32) {
    const [free, next] = recipe.fsInfo ?? [UNKNOWN, UNKNOWN];
    view.setUint32(SECTOR, 0x41615252, true);
    view.setUint32(SECTOR + 484, 0x61417272, true);
    view.setUint32(SECTOR + 488, free, true);
    view.setUint32(SECTOR + 492, next, true);
    view.setUint32(SECTOR + 508, 0xaa550000, true);
    // The boot loader goes on in the third sector, which has a signature, too.
    view.setUint16(2 * SECTOR + 510, 0xaa55, true);
    volume.copyWithin(6 * SECTOR, 0, 3 * SECTOR);
  }

  const fat = [];
  for (let copy = 0; copy < fats; copy++) fat.push((reserved + copy * fatSectors) * SECTOR);
  const chains = type === 32 ? [2, 3] : [2];
  for (const at of fat) {
    if (type === 12) volume.set([media, 0xff, 0xff, 0xff, 0x0f], at);
    else if (type === 16)
      [0xff00 | media, 0xffff, 0xffff].forEach((v, i) => view.setUint16(at + 2 * i, v, true));
    else {
      [0x0fffff00 | media, 0xffffffff].forEach((v, i) => view.setUint32(at + 4 * i, v, true));
      for (const cluster of chains) view.setUint32(at + 4 * cluster, 0x0fffffff, true);
    }
  }
  const data = reserved + fats * fatSectors + rootSectors;
  const folder = type === 32 ? 3 : 2;
  const root = (type === 32 ? data : data - rootSectors) * SECTOR;
  const entry = (at: number, name: string, attributes: number, cluster: number): void => {
    text(at, name);
    volume[at + 11] = attributes;
    // 2024-05-17 10:20:30
    view.setUint16(at + 22, (10 << 11) | (20 << 5) | 15, true);
    view.setUint16(at + 24, (44 << 9) | (5 << 5) | 17, true);
    view.setUint16(at + 26, cluster, true);
  };
  entry(root, "CAMERA     ", 0x08, 0);
  const long = "System Volume Information";
  const short = "SYSTEM~1   ";
  let sum = 0;
  for (const c of short) sum = (((sum & 1) << 7) + (sum >> 1) + c.charCodeAt(0)) & 0xff;
  const places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
  for (const part of [2, 1]) {
    const at = root + 32 * (3 - part);
    volume[at] = part | (part === 2 ? 0x40 : 0);
    volume[at + 11] = 0x0f;
    volume[at + 13] = sum;
    places.forEach((place, i) => {
      const index = (part - 1) * 13 + i;
      const unit =
        index < long.length ? long.charCodeAt(index) : index === long.length ? 0 : 0xffff;
      view.setUint16(at + place, unit, true);
    });
  }
  entry(root + 96, short, 0x16, folder);
  const inside = (data + (folder - 2) * perCluster) * SECTOR;
  entry(inside, ".          ", 0x10, folder);
  entry(inside + 32, "..         ", 0x10, 0);

  if (start > 0) {
    const table = new DataView(image.buffer);
    image.set([0x33, 0xc0, 0x8e, 0xd0], 0);
    image.set([0x00, 0x20, 0x21, 0x00, recipe.partitionType ?? 0x0c, 0xfe, 0xff, 0xff], 0x1be);
    table.setUint32(0x1be + 8, start, true);
    table.setUint32(0x1be + 12, sectors, true);
    table.setUint16(510, 0xaa55, true);
  }
  return { device: new RamDevice((start + sectors) * SECTOR, image), bytes: image };
}

const M = 2048;
/** What Windows XP to 11, the SD Association's formatter, cameras and floppies use. */
export const WINDOWS: readonly Recipe[] = [
  {
    name: "floppy, 1.44 MB",
    type: 12,
    sectors: 2880,
    perCluster: 1,
    reserved: 1,
    rootEntries: 224,
    media: 0xf0,
  },
  {
    name: "floppy of DOS",
    type: 12,
    sectors: 1440,
    perCluster: 2,
    reserved: 1,
    rootEntries: 112,
    media: 0xf9,
    oem: "IBM  3.3",
  },
  {
    name: "stick of 16 MB, Windows XP",
    type: 16,
    sectors: 16 * M,
    perCluster: 4,
    reserved: 2,
    start: 63,
    partitionType: 0x04,
  },
  {
    name: "card of 64 MB, SD formatter",
    type: 16,
    sectors: 64 * M - 137,
    perCluster: 4,
    reserved: 1,
    start: 137,
    partitionType: 0x06,
    oem: "        ",
  },
  {
    name: "card of 2 GB, SD formatter",
    type: 16,
    sectors: 1921 * M,
    perCluster: 64,
    reserved: 1,
    start: 137,
    partitionType: 0x06,
  },
  {
    name: "superfloppy of 512 MB, Windows 10",
    type: 16,
    sectors: 512 * M,
    perCluster: 16,
    reserved: 8,
  },
  {
    name: "stick of 1 GB, Windows 10",
    type: 32,
    sectors: 1024 * M,
    perCluster: 8,
    reserved: 0x107e,
    start: 2048,
  },
  {
    name: "card of 8 GB, SD formatter",
    type: 32,
    sectors: 7580 * M,
    perCluster: 64,
    reserved: 0x1e2,
    start: 8192,
    partitionType: 0x0b,
    fsInfo: [UNKNOWN, 2],
  },
  {
    name: "card of 32 GB, camera",
    type: 32,
    sectors: 30436 * M,
    perCluster: 64,
    reserved: 0x9d6,
    start: 8192,
    fsInfo: [973_000, 3],
  },
  {
    name: "FSInfo with numbers of somewhere else",
    type: 32,
    sectors: 300 * M,
    perCluster: 1,
    reserved: 38,
    fsInfo: [0xdeadbeef, 0xfeedface],
  },
  {
    name: "one FAT, Windows Mobile",
    type: 32,
    sectors: 100 * M,
    perCluster: 1,
    reserved: 36,
    fats: 1,
  },
];
