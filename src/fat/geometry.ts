import type { BlockDevice } from "../block/mod.ts";
import { FatError } from "./error.ts";
import { foreign, isPartitionTable } from "./foreign.ts";

export type FatType = 12 | 16 | 32;

/** Largest cluster counts of FAT12, FAT16 and FAT32, as FatFs has them (those of real DOS and Windows). */
export const MAX_CLUSTERS = { 12: 0xff5, 16: 0xfff5, 32: 0x0ffffff5 } as const;

/** Where everything lies on the volume. Sectors are those of the file system, from its first sector. */
export interface Geometry {
  readonly type: FatType;
  readonly sectorSize: number;
  readonly sectorsPerCluster: number;
  /** In bytes. */
  readonly clusterSize: number;
  readonly totalSectors: number;
  readonly fatSector: number;
  readonly fatSectors: number;
  readonly fats: number;
  /** The only copy in use, when the copies are not kept equal (FAT32). */
  readonly activeFat: number | undefined;
  /** Fixed root directory of FAT12 and FAT16; 0 entries on FAT32. */
  readonly rootSector: number;
  readonly rootEntries: number;
  /** First cluster of the root directory of FAT32, else 0. */
  readonly rootCluster: number;
  readonly dataSector: number;
  /** Data clusters; they are numbered from 2. */
  readonly clusters: number;
  /** Clusters that lie on the device: fewer than `clusters` when the image is cut off. */
  readonly usableClusters: number;
  /** 0 when there is none. */
  readonly fsInfoSector: number;
  /** Copy of the boot sector (FAT32); 0 when there is none. */
  readonly backupSector: number;
  readonly serial: number;
  /** The boot sector says that the volume is open, or was not closed properly. */
  readonly markedOpen: boolean;
  /** Oddities that do not keep the volume from being used, as sentences. */
  readonly warnings: readonly string[];
}

/** Of the byte behind the drive number in the boot sector: open, or not closed properly. */
export const OPEN = 1;

/** The warning for such a volume. */
export const LEFT_OPEN =
  "it was not closed properly the last time, or is in use somewhere; disk fsck checks it";

export function stateByte(type: FatType): number {
  return type === 32 ? 65 : 37;
}

function refuse(why: string): never {
  throw new FatError("no file system", `no usable FAT file system: ${why}`);
}

/**
 * Reads and checks the boot sector (BIOS parameter block).
 *
 * @throws FatError "no file system", with what is wrong
 */
export function readGeometry(device: BlockDevice): Geometry {
  if (device.sectors === 0) refuse("the device is empty");
  const boot = new Uint8Array(Math.max(device.sectorSize, 512));
  try {
    device.read(0, boot);
  } catch (error) {
    throw new FatError("device", `the boot sector cannot be read: ${(error as Error).message}`);
  }
  return parseGeometry(boot, device.sectorSize, device.sectors);
}

/** @param deviceSectors in units of `deviceSectorSize` bytes */
export function parseGeometry(
  boot: Uint8Array,
  deviceSectorSize: number,
  deviceSectors: number,
): Geometry {
  const view = new DataView(boot.buffer, boot.byteOffset, boot.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  checkSignature(boot, u16);
  const layout = layoutOf(view, deviceSectorSize);
  const { sectorSize, sectorsPerCluster, totalSectors, fatSector, fats, dataSector } = layout;
  const warnings: string[] = [];
  const type = typeOf(layout, view, warnings);

  const onDevice = Math.floor((deviceSectors * deviceSectorSize) / sectorSize);
  if (onDevice <= dataSector)
    refuse(`the image is cut off: ${onDevice} sectors, but the data begins at ${dataSector}`);
  const usableClusters = Math.min(
    layout.clusters,
    Math.floor((onDevice - dataSector) / sectorsPerCluster),
  );
  if (onDevice < totalSectors)
    warnings.push(
      `the file system has ${totalSectors} sectors, the device only ${onDevice}: what lies behind cannot be used`,
    );

  const markedOpen = (boot[stateByte(type)] & OPEN) !== 0;
  if (markedOpen) warnings.push(LEFT_OPEN);

  const rootCluster = type === 32 ? u32(44) : 0;
  if (type === 32 && (rootCluster < 2 || rootCluster >= usableClusters + 2))
    refuse(`the root directory begins at cluster ${rootCluster}, which does not exist`);
  const flags = type === 32 ? u16(40) : 0;
  const activeFat = flags & 0x80 ? flags & 0x0f : undefined;
  if (activeFat !== undefined && activeFat >= fats)
    refuse(`FAT copy ${activeFat} is in use, but there are only ${fats}`);
  const backup = type === 32 ? u16(50) : 0;
  const fsInfo = type === 32 ? u16(48) : 0;

  return {
    ...layout,
    type,
    clusterSize: sectorsPerCluster * sectorSize,
    activeFat,
    rootCluster,
    usableClusters,
    fsInfoSector: fsInfo < fatSector ? fsInfo : 0,
    backupSector: backup < fatSector ? backup : 0,
    serial: type === 32 ? u32(67) : u32(39),
    markedOpen,
    warnings,
  };
}

/** The sector is the boot sector of a FAT file system. */
function checkSignature(boot: Uint8Array, u16: (at: number) => number): void {
  // exFAT and NTFS have the signature, too, and no sectors in a FAT of FAT12 and FAT16.
  if (u16(510) !== 0xaa55 || u16(22) === 0) {
    const what = foreign(boot);
    if (what) refuse(`this is ${what}`);
  }
  if (u16(510) !== 0xaa55) refuse("the boot sector has no signature 55 AA at its end");
  if ([0xeb, 0xe9, 0xe8].includes(boot[0])) return;
  if (isPartitionTable(boot))
    refuse(
      "the disk has a partition table (MBR), and its first entry is empty or leads nowhere; the board uses no other",
    );
  refuse("the boot sector does not begin with a jump instruction");
}

/** Where everything lies, as the BIOS parameter block says (Microsoft FAT specification, section 3.1). */
type Layout = Pick<
  Geometry,
  | "sectorSize"
  | "sectorsPerCluster"
  | "totalSectors"
  | "fatSector"
  | "fatSectors"
  | "fats"
  | "rootSector"
  | "rootEntries"
  | "dataSector"
  | "clusters"
>;

function layoutOf(view: DataView, deviceSectorSize: number): Layout {
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const sectorSize = u16(11);
  if (![512, 1024, 2048, 4096].includes(sectorSize))
    refuse(`${sectorSize} bytes per sector (512, 1024, 2048 or 4096 expected)`);
  if (sectorSize < deviceSectorSize)
    refuse(`its sectors have ${sectorSize} bytes, those of the device ${deviceSectorSize}`);
  const sectorsPerCluster = view.getUint8(13);
  if (sectorsPerCluster === 0 || (sectorsPerCluster & (sectorsPerCluster - 1)) !== 0)
    refuse(`${sectorsPerCluster} sectors per cluster (a power of two expected)`);
  const fatSector = u16(14);
  if (fatSector === 0) refuse("no reserved sectors");
  const fats = view.getUint8(16);
  if (fats !== 1 && fats !== 2) refuse(`${fats} copies of the FAT (1 or 2 expected)`);
  const rootEntries = u16(17);
  if (rootEntries % (sectorSize / 32) !== 0)
    refuse(`the root directory (${rootEntries} entries) does not fill whole sectors`);
  const totalSectors = u16(19) || u32(32);
  if (totalSectors === 0) refuse("the number of sectors is 0");
  const fatSectors = u16(22) || (rootEntries === 0 ? u32(36) : 0);
  if (fatSectors === 0) refuse("the FAT has no sectors");

  const rootSector = fatSector + fats * fatSectors;
  const dataSector = rootSector + (rootEntries * 32) / sectorSize;
  if (totalSectors < dataSector + sectorsPerCluster)
    refuse(
      `${totalSectors} sectors in all, but the FAT and root directory alone take ${dataSector}`,
    );
  const clusters = Math.floor((totalSectors - dataSector) / sectorsPerCluster);
  return {
    sectorSize,
    sectorsPerCluster,
    totalSectors,
    fatSector,
    fatSectors,
    fats,
    rootSector,
    rootEntries,
    dataSector,
    clusters,
  };
}

/** The type, which the number of clusters decides; the FAT has an entry for each of them. */
function typeOf(
  { sectorSize, fatSectors, rootEntries, clusters }: Layout,
  view: DataView,
  warnings: string[],
): FatType {
  if (clusters > MAX_CLUSTERS[32]) refuse(`${clusters} clusters are more than FAT32 can have`);
  const fat32 = view.getUint16(22, true) === 0;
  const type = fat32 ? 32 : clusters > MAX_CLUSTERS[12] ? 16 : 12;
  if (fat32) {
    const version = view.getUint16(42, true);
    if (clusters <= MAX_CLUSTERS[16])
      warnings.push(
        `FAT32 with only ${clusters} clusters: a board takes it for FAT16 and does not mount it`,
      );
    if (version !== 0) refuse(`FAT32 version ${version} is not known`);
  } else {
    if (clusters > MAX_CLUSTERS[16])
      refuse(`${clusters} clusters need FAT32, but the boot sector is one of FAT16`);
    if (rootEntries === 0) refuse(`FAT${type} without a root directory`);
  }
  const bytesOfFat = Math.ceil(((clusters + 2) * type) / 8);
  if (fatSectors * sectorSize < bytesOfFat)
    refuse(
      `the FAT has ${fatSectors} sectors, too few for ${clusters} clusters (${Math.ceil(bytesOfFat / sectorSize)} needed)`,
    );
  return type;
}

/** First sector of a data cluster. */
export function clusterSector(geometry: Geometry, cluster: number): number {
  return geometry.dataSector + (cluster - 2) * geometry.sectorsPerCluster;
}
