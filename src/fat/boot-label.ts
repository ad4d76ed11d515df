import type { FatType, Geometry } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";

/** The label in the boot sector of a volume that has none. */
export const NO_LABEL = "NO NAME    ";

/** Says that serial number, label and type follow. */
const EXTENDED = 0x29;

function labelAt(type: FatType): number {
  return type === 32 ? 71 : 43;
}

/** The 11 bytes of the label in the boot sector, one per character; undefined when it has no place for one. */
export function bootLabel(sectors: Sectors, { type, sectorSize }: Geometry): string | undefined {
  const boot = new Uint8Array(sectorSize);
  sectors.read(0, boot);
  const at = labelAt(type);
  if (boot[at - 5] !== EXTENDED) return undefined;
  return String.fromCharCode(...boot.subarray(at, at + 11));
}

/** Writes the label, one byte per character, into the boot sector and, on FAT32, its backup. */
export function setBootLabel(
  sectors: Sectors,
  { type, sectorSize, backupSector }: Geometry,
  label: string,
): void {
  const at = labelAt(type);
  for (const sector of backupSector ? [backupSector, 0] : [0]) {
    const boot = new Uint8Array(sectorSize);
    sectors.read(sector, boot);
    if (boot[at - 5] !== EXTENDED || boot[510] !== 0x55 || boot[511] !== 0xaa) continue;
    for (let i = 0; i < 11; i++) boot[at + i] = label.charCodeAt(i);
    sectors.write(sector, boot);
  }
}
