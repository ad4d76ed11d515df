import type { BlockDevice } from "../block/mod.ts";
import { FatError } from "./error.ts";
import { type Geometry, parseGeometry, readGeometry } from "./geometry.ts";

/** Where mkfs.fat, Windows and FatFs put the backup of a FAT32 boot sector. */
export const BACKUP = 6;
const SECTOR_SIZES = [512, 1024, 2048, 4096];

/** The backup of the boot sector of FAT32, and what it says; undefined when there is none that is usable. */
export function findBackup(
  device: BlockDevice,
): { readonly boot: Uint8Array; readonly geometry: Geometry } | undefined {
  for (const size of SECTOR_SIZES) {
    const scale = size / device.sectorSize;
    if (scale < 1 || (BACKUP + 1) * scale > device.sectors) continue;
    const boot = new Uint8Array(size);
    try {
      device.read(BACKUP * scale, boot);
      const geometry = parseGeometry(boot, device.sectorSize, device.sectors);
      if (geometry.type === 32 && geometry.sectorSize === size) return { boot, geometry };
    } catch {
      // No backup there, or one that is no good.
    }
  }
  return undefined;
}

/** As readGeometry; a refusal says when the backup would help. */
export function mountableGeometry(device: BlockDevice): Geometry {
  try {
    return readGeometry(device);
  } catch (error) {
    if (!(error instanceof FatError) || error.reason !== "no file system") throw error;
    if (!findBackup(device)) throw error;
    throw new FatError(
      "no file system",
      `${error.message}; its backup in sector ${BACKUP} is sound: disk fsck --repair puts it in its place`,
    );
  }
}
