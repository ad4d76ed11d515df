/** Where the first partition of a new disk begins, in bytes: what all partitioning tools and SD cards do today. */
export const ALIGNMENT = 1 << 20;

/** Type of a FAT partition (LBA). */
export function partitionType(fat: 12 | 16 | 32, bytes: number): number {
  if (fat === 32) return 0x0c;
  if (fat === 12) return 0x01;
  return bytes < 32 << 20 ? 0x04 : 0x0e;
}

/** Sector 0 of a disk with one partition. Numbers in 512-byte sectors. */
export function partitionTable(type: number, start: number, sectors: number): Uint8Array {
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  const entry = 0x1be;
  // Cylinder, head and sector are not used by anybody: the largest there are.
  bytes.set([0x80, 0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff], entry);
  view.setUint32(entry + 8, start, true);
  view.setUint32(entry + 12, sectors, true);
  view.setUint16(510, 0xaa55, true);
  return bytes;
}
