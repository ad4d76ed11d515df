import type { BlockDevice } from "../block/mod.ts";
import { Attribute, ENTRY, Field, write16, write32 } from "./entry.ts";
import { FatError } from "./error.ts";
import { newFsInfo } from "./fsinfo.ts";
import { type FatType, MAX_CLUSTERS } from "./geometry.ts";
import { labelBytes } from "./label.ts";
import { Sectors } from "./sectors.ts";

export interface FormatOptions {
  /** Chosen by size when absent. */
  readonly type?: FatType;
  /** Bytes per cluster, a power of two; chosen by size when absent. */
  readonly clusterSize?: number;
  /** Copies of the FAT: 1 (as the board formats) or 2. */
  readonly fats?: 1 | 2;
  /** Entries of the root directory of FAT12 and FAT16; 512 when absent. */
  readonly rootEntries?: number;
  readonly label?: string;
  /** Volume serial number. */
  readonly serial?: number;
  /** Sectors before the volume on its disk, when it is a partition. */
  readonly hidden?: number;
}

/** What `format` makes of a device. */
export interface FormatLayout {
  readonly type: FatType;
  /** In bytes. */
  readonly clusterSize: number;
  readonly clusters: number;
}

interface Layout {
  readonly type: FatType;
  readonly sectorsPerCluster: number;
  readonly reserved: number;
  readonly fatSectors: number;
  readonly rootSectors: number;
  readonly clusters: number;
}

/** Volume sizes, in 4096 and 131072 sectors, from which on the cluster doubles; the choice FatFs makes. */
const STEPS = { fat: [1, 4, 16, 64, 256, 512], fat32: [1, 2, 4, 8, 16, 32] };
const MAX_SECTORS_PER_CLUSTER = 128;
/** Beyond this FatFs prefers FAT32 to FAT16 with larger clusters. */
const COMFORTABLE_SECTORS_PER_CLUSTER = 64;
/** FatFs keeps at least so many clusters. */
const MIN_CLUSTERS = 16;

/**
 * Makes an empty file system that fills the whole device, without a partition table, laid out as the board's mkfs does it.
 *
 * @throws FatError "cannot format" when the device or the options do not allow it
 */
export function format(device: BlockDevice, options: FormatOptions = {}): void {
  const fats = options.fats ?? 1;
  const size = device.sectorSize;
  const rootEntries = rootEntriesFor(options, size);
  const label = options.label ? labelBytes(options.label) : undefined;
  const layout = chooseLayout(device, options, fats, (rootEntries * ENTRY) / size);
  const sectors = new Sectors(device, size, device.readOnly);
  sectors.checkWritable();

  const { type, reserved, fatSectors, sectorsPerCluster, rootSectors, clusters } = layout;
  const fat = reserved;
  const data = fat + fats * fatSectors + rootSectors;
  // From the back: a format that is interrupted leaves no boot sector that promises what is not there.
  zero(sectors, 0, 1);
  zero(sectors, fat, data - fat + (type === 32 ? sectorsPerCluster : 0));
  const first = new Uint8Array(size);
  if (type === 32) {
    write32(first, 0, 0xfffffff8);
    write32(first, 4, 0xffffffff);
    write32(first, 8, 0x0fffffff);
  } else {
    write16(first, 0, 0xfff8);
    if (type === 12) first[2] = 0xff;
    else write16(first, 2, 0xffff);
  }
  for (let copy = 0; copy < fats; copy++) sectors.write(fat + copy * fatSectors, first);
  if (label) {
    const root = new Uint8Array(size);
    root.set(label);
    root[Field.Attributes] = Attribute.Volume;
    sectors.write(type === 32 ? data : data - rootSectors, root);
  }
  const boot = bootSector(device, layout, fats, rootEntries, label, options.serial ?? 0);
  write32(boot, 28, options.hidden ?? 0);
  if (type === 32) {
    const info = newFsInfo(size, clusters - 1, 2);
    sectors.write(7, info);
    sectors.write(6, boot);
    sectors.write(1, info);
  }
  sectors.write(0, boot);
  sectors.flush();
}

/** The layout that `format` chooses for a device of so many sectors; undefined when it would refuse. */
export function formatLayout(
  sectors: number,
  sectorSize: number,
  options: FormatOptions,
): FormatLayout | undefined {
  const rootSectors = (rootEntriesFor(options, sectorSize) * ENTRY) / sectorSize;
  try {
    const layout = chooseLayout({ sectors, sectorSize }, options, options.fats ?? 1, rootSectors);
    const { type, sectorsPerCluster, clusters } = layout;
    return { type, clusterSize: sectorsPerCluster * sectorSize, clusters };
  } catch (error) {
    if (error instanceof FatError) return undefined;
    throw error;
  }
}

/** Of whole sectors. */
function rootEntriesFor(options: FormatOptions, sectorSize: number): number {
  const perSector = sectorSize / ENTRY;
  const wanted = options.rootEntries ?? 512;
  return Math.min(Math.max(1, Math.ceil(wanted / perSector)) * perSector, 32768);
}

function refuse(why: string): never {
  throw new FatError("cannot format", `cannot format: ${why}`);
}

function chooseLayout(
  device: Pick<BlockDevice, "sectors" | "sectorSize">,
  options: FormatOptions,
  fats: number,
  rootSectors: number,
): Layout {
  const total = device.sectors;
  const size = device.sectorSize;
  if (![512, 1024, 2048, 4096].includes(size)) refuse(`sectors of ${size} bytes`);
  if (total > 0xffffffff) refuse(`${total} sectors are more than FAT can address`);
  const fixed = options.clusterSize === undefined ? undefined : options.clusterSize / size;
  if (fixed !== undefined && (fixed < 1 || fixed > 128 || !Number.isInteger(Math.log2(fixed))))
    refuse(
      `a cluster of ${options.clusterSize} bytes: 1 to 128 sectors of ${size} bytes, a power of two`,
    );

  const types: FatType[] = options.type ? [options.type] : [16, 12, 32];
  for (const type of types) {
    const most = options.type ? MAX_SECTORS_PER_CLUSTER : COMFORTABLE_SECTORS_PER_CLUSTER;
    let cluster = fixed ?? suggestedCluster(total, type);
    while (cluster >= 1 && (cluster <= most || fixed !== undefined)) {
      const layout = layoutOf(total, size, type, cluster, fats, type === 32 ? 0 : rootSectors);
      if (layout.clusters >= MIN_CLUSTERS && fits(layout)) return layout;
      if (fixed !== undefined) break;
      if (type === 32 && layout.clusters <= MAX_CLUSTERS[16]) cluster /= 2;
      // Nobody can ask FatFs for FAT16; who asks us gets smaller clusters on a small disk.
      else if (options.type === 16 && layout.clusters <= MAX_CLUSTERS[12]) cluster /= 2;
      else if (layout.clusters > MAX_CLUSTERS[type]) cluster *= 2;
      else break;
    }
  }
  const wish = [
    options.type ? `FAT${options.type}` : "FAT",
    fixed ? ` with clusters of ${options.clusterSize} bytes` : "",
  ].join("");
  return refuse(`${total} sectors of ${size} bytes do not suit ${wish}`);
}

function suggestedCluster(total: number, type: FatType): number {
  const steps = type === 32 ? STEPS.fat32 : STEPS.fat;
  const units = Math.floor(total / (type === 32 ? 0x20000 : 0x1000));
  return 1 << steps.filter((step) => step <= units).length;
}

function layoutOf(
  total: number,
  size: number,
  type: FatType,
  sectorsPerCluster: number,
  fats: number,
  rootSectors: number,
): Layout {
  const most = Math.floor(total / sectorsPerCluster);
  const bytes = {
    12: Math.floor((most * 3 + 1) / 2) + 3,
    16: most * 2 + 4,
    32: most * 4 + 8,
  }[type];
  const fatSectors = Math.ceil(bytes / size);
  const reserved = type === 32 ? 32 : 1;
  const rest = total - reserved - fats * fatSectors - rootSectors;
  return {
    type,
    sectorsPerCluster,
    reserved,
    fatSectors,
    rootSectors,
    clusters: Math.floor(rest / sectorsPerCluster),
  };
}

/** The number of clusters is one that makes everybody take the volume for this type. */
function fits({ type, clusters }: Layout): boolean {
  const below = type === 12 ? 0 : MAX_CLUSTERS[type === 16 ? 12 : 16];
  return clusters > below && clusters <= MAX_CLUSTERS[type];
}

function zero(sectors: Sectors, from: number, count: number): void {
  const piece = new Uint8Array(Math.min(count, 128) * sectors.size);
  for (let done = 0; done < count; done += 128) {
    const length = Math.min(count - done, 128);
    sectors.write(from + done, piece.subarray(0, length * sectors.size));
  }
}

function bootSector(
  device: BlockDevice,
  layout: Layout,
  fats: number,
  rootEntries: number,
  label: Uint8Array | undefined,
  serial: number,
): Uint8Array {
  const { type, sectorsPerCluster, reserved, fatSectors } = layout;
  const fat32 = type === 32;
  const boot = new Uint8Array(device.sectorSize);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) boot[at + i] = value.charCodeAt(i);
  };
  boot.set([0xeb, 0xfe, 0x90]);
  text(3, "MSDOS5.0");
  write16(boot, 11, device.sectorSize);
  boot[13] = sectorsPerCluster;
  write16(boot, 14, reserved);
  boot[16] = fats;
  write16(boot, 17, fat32 ? 0 : rootEntries);
  if (device.sectors < 0x10000) write16(boot, 19, device.sectors);
  else write32(boot, 32, device.sectors);
  boot[21] = 0xf8;
  if (!fat32) write16(boot, 22, fatSectors);
  write16(boot, 24, 63);
  write16(boot, 26, 255);
  if (fat32) {
    write32(boot, 36, fatSectors);
    write32(boot, 44, 2);
    write16(boot, 48, 1);
    write16(boot, 50, 6);
  }
  const extended = fat32 ? 64 : 36;
  boot[extended] = 0x80;
  boot[extended + 2] = 0x29;
  write32(boot, extended + 3, serial);
  text(extended + 7, "NO NAME    ");
  if (label) boot.set(label, extended + 7);
  text(extended + 18, fat32 ? "FAT32   " : "FAT     ");
  write16(boot, 510, 0xaa55);
  return boot;
}
