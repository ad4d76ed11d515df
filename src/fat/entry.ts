/** The 32-byte directory entry: attributes, field offsets, access to the fields. */

export const ENTRY = 32;

/** A file or directory found in a directory. */
export interface DirectoryEntry {
  /** Position of the 32-byte short entry, counted in entries. */
  readonly slot: number;
  /** Position of the first entry of its long name; `slot` when there is none. */
  readonly first: number;
  /** The name people see. */
  readonly name: string;
  /** The 8.3 name as text. */
  readonly alias: string;
  /** The 11 bytes of the short name, one per character. */
  readonly short: string;
}

/** Attribute bits. */
export const Attribute = {
  ReadOnly: 0x01,
  Hidden: 0x02,
  System: 0x04,
  Volume: 0x08,
  Directory: 0x10,
  Archive: 0x20,
  /** All four low bits: part of a long name. */
  LongName: 0x0f,
  Mask: 0x3f,
} as const;

/** First byte of a deleted entry, and what stands for a real 0xe5 there. */
export const DELETED = 0xe5;
export const REAL_E5 = 0x05;

export const Field = {
  Attributes: 11,
  /** 0x08 body in lower case, 0x10 extension in lower case. */
  NtFlags: 12,
  CreatedTenths: 13,
  CreatedTime: 14,
  CreatedDate: 16,
  AccessedDate: 18,
  ClusterHigh: 20,
  ModifiedTime: 22,
  ModifiedDate: 24,
  ClusterLow: 26,
  Size: 28,
} as const;

export function read16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

export function read32(bytes: Uint8Array, at: number): number {
  return (read16(bytes, at) | (read16(bytes, at + 2) << 16)) >>> 0;
}

export function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function write32(bytes: Uint8Array, at: number, value: number): void {
  write16(bytes, at, value);
  write16(bytes, at + 2, value >>> 16);
}

/** First cluster of an entry; the high half is meaningful on FAT32 only. */
export function firstCluster(entry: Uint8Array, fat32: boolean): number {
  const low = read16(entry, Field.ClusterLow);
  return fat32 ? ((read16(entry, Field.ClusterHigh) << 16) | low) >>> 0 : low;
}

export function setFirstCluster(entry: Uint8Array, cluster: number, fat32: boolean): void {
  write16(entry, Field.ClusterLow, cluster);
  if (fat32) write16(entry, Field.ClusterHigh, cluster >>> 16);
}

/** The 11 bytes of the short name of the entry at `at`, one per character. */
export function shortOf(e: Uint8Array, at = 0): string {
  return String.fromCharCode(
    e[at],
    e[at + 1],
    e[at + 2],
    e[at + 3],
    e[at + 4],
    e[at + 5],
    e[at + 6],
    e[at + 7],
    e[at + 8],
    e[at + 9],
    e[at + 10],
  );
}
