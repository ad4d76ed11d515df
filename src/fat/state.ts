import { type FatType, type Geometry, OPEN, stateByte } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";
import type { FatTable } from "./table.ts";

/**
 * The flag that says "open, or not closed properly". FAT has it twice: Windows keeps it in the second entry of the FAT (Microsoft
 * FAT specification, section 3.5; FAT16 and FAT32), Linux and fsck.fat in the boot sector (bit 0 of the byte behind the drive
 * number). Both are set and cleared here.
 */

/** Bits of the second FAT entry that are 1 on a volume that was closed. */
export function cleanFlags(type: FatType): number {
  return { 12: 0, 16: 0x8000, 32: 0x08000000 }[type];
}

export function markedOpenIn(entry: number, type: FatType): boolean {
  return (entry & cleanFlags(type)) !== cleanFlags(type);
}

/** The same of the disk as it is, from one sector of the FAT. */
export function markedOpenOnDisk(sectors: Sectors, geometry: Geometry): boolean {
  const { type, fatSector, fatSectors, activeFat = 0, sectorSize } = geometry;
  const bytes = new Uint8Array(sectorSize);
  sectors.read(fatSector + activeFat * fatSectors, bytes);
  const view = new DataView(bytes.buffer);
  return markedOpenIn(type === 16 ? view.getUint16(2, true) : view.getUint32(4, true), type);
}

/** Sets the flag, at once; gives the boot sector as it was. What else changed in the FAT meanwhile is not yet written. */
export function markOpen(sectors: Sectors, geometry: Geometry, table: FatTable): Uint8Array {
  const boot = readBoot(sectors, geometry);
  setByte(sectors, geometry, boot, (state) => state | OPEN);
  const { type, fats, activeFat, fatSector, fatSectors, sectorSize } = geometry;
  if (type === 12) return boot;
  table.setFlags(table.get(1) & ~cleanFlags(type));
  const bytes = new Uint8Array(sectorSize);
  for (let copy = 0; copy < fats; copy++) {
    if (activeFat !== undefined && activeFat !== copy) continue;
    sectors.read(fatSector + copy * fatSectors, bytes);
    if (type === 16) bytes[3] &= 0x7f;
    else bytes[7] &= 0xf7;
    sectors.write(fatSector + copy * fatSectors, bytes);
  }
  return boot;
}

/** Clears the flag: everything else is on the disk. Not when somebody has put another boot sector there than `before`. */
export function markClosed(
  sectors: Sectors,
  geometry: Geometry,
  table: FatTable,
  before?: Uint8Array,
): void {
  const boot = readBoot(sectors, geometry);
  const at = stateByte(geometry.type);
  for (let n = 0; n < (before?.length ?? 0); n++) if (n !== at && before![n] !== boot[n]) return;
  if (geometry.type !== 12) {
    table.set(1, table.get(1) | cleanFlags(geometry.type));
    table.flush();
  }
  setByte(sectors, geometry, boot, (state) => state & ~OPEN);
}

/** The boot sector. */
export function readBoot(sectors: Sectors, { sectorSize }: Geometry): Uint8Array {
  const boot = new Uint8Array(sectorSize);
  sectors.read(0, boot);
  return boot;
}

function setByte(
  sectors: Sectors,
  { type }: Geometry,
  boot: Uint8Array,
  change: (state: number) => number,
): void {
  const at = stateByte(type);
  const state = change(boot[at]);
  if (state === boot[at]) return;
  const changed = boot.slice();
  changed[at] = state;
  sectors.write(0, changed);
}
