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

/** The bytes of the first copy of the FAT. */
export function fatBytes(volume: FatVolume): Uint8Array {
  const { fatSector, fatSectors, sectorSize } = volume.geometry;
  const bytes = new Uint8Array(fatSectors * sectorSize);
  volume.device.read((fatSector * sectorSize) / volume.device.sectorSize, bytes);
  return bytes;
}
