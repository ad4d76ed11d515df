import { type FatInfo, FatVolume } from "../../src/fat/mod.ts";
import type { Listed } from "./fatfs.ts";

/** Everything on a volume as FatFs lists it. */
export function treeOf(volume: FatVolume, path = ""): Listed[] {
  return volume.list(path || "/").flatMap((info: FatInfo) => {
    const own = `${path}/${info.name}`;
    const entry = {
      path: own,
      alias: info.alias,
      attributes: info.attributes,
      size: info.size,
    };
    return [entry, ...(info.directory ? treeOf(volume, own) : [])];
  });
}

/** The bytes of the first copy of the FAT, the flags in its second entry set as on a volume that was closed. */
export function fatBytes(volume: FatVolume): Uint8Array {
  const { fatSector, fatSectors, sectorSize } = volume.geometry;
  const bytes = new Uint8Array(fatSectors * sectorSize);
  volume.device.read((fatSector * sectorSize) / volume.device.sectorSize, bytes);
  if (volume.type === 16) bytes[3] |= 0x80;
  if (volume.type === 32) bytes[7] |= 0x08;
  return bytes;
}
