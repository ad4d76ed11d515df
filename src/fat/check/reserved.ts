import { read32, write32 } from "../entry.ts";
import { newFsInfo } from "../fsinfo.ts";
import type { Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import { cleanFlags, markClosed, markedOpenIn } from "../state.ts";
import type { FatTable } from "../table.ts";
import type { Findings } from "./problem.ts";

/** The first two entries of the FAT. Gives what clears the flag of an open volume when all else is done. */
export function checkReserved(
  sectors: Sectors,
  geometry: Geometry,
  table: FatTable,
  findings: Findings,
): () => void {
  const mask = { 12: 0xfff, 16: 0xffff, 32: 0x0fffffff }[geometry.type];
  const first = table.get(0);
  if (first < mask - 15) {
    findings.add("reserved entries", `the first entry of the FAT is 0x${first.toString(16)}`);
    table.set(0, mask - 7);
  }
  const flags = table.get(1);
  if ((flags | cleanFlags(geometry.type)) < mask - 7) {
    findings.add("reserved entries", `the second entry of the FAT is 0x${flags.toString(16)}`);
    table.set(1, mask);
  }
  const open = markedOpenIn(table.get(1), geometry.type) || geometry.markedOpen;
  if (open) findings.add("dirty flag", "the volume was not closed properly");
  return () => {
    if (open) markClosed(sectors, geometry, table);
  };
}

/** FSInfo of FAT32: its signatures and the number of free clusters. */
export function checkFsInfo(
  sectors: Sectors,
  geometry: Geometry,
  table: FatTable,
  findings: Findings,
): void {
  if (geometry.fsInfoSector === 0) return;
  const bytes = new Uint8Array(sectors.size);
  sectors.read(geometry.fsInfoSector, bytes);
  const fresh = newFsInfo(sectors.size, table.freeClusters, read32(bytes, 492));
  const valid = [0, 484, 508].every((at) => read32(bytes, at) === read32(fresh, at));
  if (!valid) {
    findings.add("FSInfo", `sector ${geometry.fsInfoSector} has no signature of FSInfo`);
    write32(fresh, 492, 0xffffffff);
    sectors.write(geometry.fsInfoSector, fresh);
    return;
  }
  const free = read32(bytes, 488);
  // All ones: not known, which is allowed.
  if (free === table.freeClusters || free === 0xffffffff) return;
  findings.add(
    "free count",
    `FSInfo counts ${free} free clusters, there are ${table.freeClusters}`,
  );
  write32(bytes, 488, table.freeClusters);
  sectors.write(geometry.fsInfoSector, bytes);
}
