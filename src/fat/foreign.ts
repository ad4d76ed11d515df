/** What people take for a FAT disk by mistake, by its first bytes. */
const FOREIGN: readonly (readonly [at: number, bytes: string, what: string])[] = [
  [3, "EXFAT   ", "exFAT, which RT-Thread 4.0.4 does not read; format the card as FAT32"],
  [3, "NTFS    ", "NTFS; format the card as FAT32"],
  [
    0,
    "EFI PART",
    "a disk with a GUID partition table (GPT), which RT-Thread does not read; an MBR is needed",
  ],
  [0, "\xfd7zXZ\0", "an xz archive; unpack it first"],
  [0, "\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"],
  [0, "BZh", "a bzip2 archive; unpack it first"],
  [0, "7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"],
  [0, "Rar!", "a RAR archive; unpack it first"],
  [257, "ustar", "a tar archive; unpack it and use the folder"],
  [0, "QFI\xfb", "a QCOW2 image; qemu-img convert makes a raw one of it"],
  [0, "KDMV", "a VMDK image; qemu-img convert makes a raw one of it"],
  [0, "\x7fELF", "an ELF file, not a disk; rtt-sim run FILE runs a module"],
];

/** A phrase for what a sector that is no boot sector of FAT belongs to; undefined when nobody knows. */
export function foreign(sector: Uint8Array): string | undefined {
  const is = (at: number, bytes: string): boolean =>
    at + bytes.length <= sector.length &&
    [...bytes].every((byte, i) => sector[at + i] === byte.charCodeAt(0));
  return FOREIGN.find(([at, bytes]) => is(at, bytes))?.[2];
}

/** Four entries with the flags of partitions, at least one of them in use. */
export function isPartitionTable(sector: Uint8Array): boolean {
  const entries = [0, 1, 2, 3].map((i) => sector.subarray(0x1be + 16 * i, 0x1ce + 16 * i));
  const types = entries.map((entry) => entry[4]);
  return entries.every(([flag]) => flag === 0 || flag === 0x80) && types.some((type) => type !== 0);
}
