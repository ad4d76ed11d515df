import type { FatType } from "../../fat/mod.ts";

export interface Room {
  /** Of the disk, in bytes. */
  readonly size: number;
  readonly type: FatType | undefined;
  /** Entries the root directory must have room for. */
  readonly rootEntries: number;
}

const MIB = 1 << 20;
/** The root directory of FAT16 has room for 512 entries; some stay free. */
export const ROOT_ENTRIES = 480;
export const SMALLEST_FAT32 = 40 * MIB;
/** Below this a file system chosen by size is FAT12 or FAT16. */
const FAT32_FROM = 1 << 30;

/** How large a disk must be for these files with so much free beside them; a multiple of 1 MiB. */
export function roomFor(
  entries: readonly { readonly size: number; readonly path: string; readonly directory: boolean }[],
  free: number,
): Room {
  let content = 0;
  let rooted = 0;
  // A cluster is at most 32 KiB; small disks have smaller ones, which the reserve covers.
  const cluster = entries.reduce((sum, { size }) => sum + size, 0) > 256 * MIB ? 32768 : 4096;
  for (const { path, size, directory } of entries) {
    content += directory ? cluster : Math.ceil(size / cluster) * cluster;
    const slots = 2 + Math.ceil(path.length / 13);
    content += slots * 32;
    if (path.lastIndexOf("/") <= 0) rooted += slots;
  }
  const size = Math.ceil((content * 1.05 + free) / MIB) * MIB;
  const type = size >= FAT32_FROM || rooted > ROOT_ENTRIES ? 32 : undefined;
  const least = type === 32 ? SMALLEST_FAT32 : 16 * MIB;
  return { size: Math.max(size, least), type, rootEntries: rooted };
}
