/** FAT12, FAT16 and FAT32: volumes, files, directories, formatting. */
export { DISK_FULL, FatError, type FatReason } from "./error.ts";
export { FatFile } from "./file.ts";
export { type FatType, type Geometry, parseGeometry, readGeometry } from "./geometry.ts";
export type { FatInfo } from "./info.ts";
export type { DirectoryReader } from "./tree.ts";
export { FatVolume } from "./volume.ts";
export type { FatSpace, MountOptions, OpenMode } from "./volume-options.ts";
export { format, type FormatLayout, formatLayout, type FormatOptions } from "./mkfs.ts";
export { makeDisk, type DiskEntry, type DiskOptions } from "./disk.ts";
export { Attribute } from "./entry.ts";
export { sameForFatFs } from "./names.ts";
export { decode437, encode437, fold, isAscii } from "./codepage.ts";
