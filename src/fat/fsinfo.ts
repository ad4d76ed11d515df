import { read32, write32 } from "./entry.ts";
import type { Geometry } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";
import type { FatTable } from "./table.ts";

const LEAD = 0x41615252;
const STRUCT = 0x61417272;
const TRAIL = 0xaa550000;

const FREE_COUNT = 488;
const NEXT_FREE = 492;

/**
 * The FSInfo sector of FAT32: how many clusters are free and where to go on searching. The first is carried on, so that a change
 * need not read the whole FAT; who asks what is free gets it counted.
 */
export class FsInfo {
  private readonly bytes: Uint8Array;
  /** Free clusters when the volume was mounted, as the sector says; undefined: nobody knows. */
  private free: number | undefined;

  private constructor(
    private readonly sectors: Sectors,
    private readonly sector: number,
  ) {
    this.bytes = new Uint8Array(sectors.size);
  }

  /** undefined when the volume has none. */
  static load(sectors: Sectors, geometry: Geometry): FsInfo | undefined {
    if (geometry.fsInfoSector === 0) return undefined;
    const info = new FsInfo(sectors, geometry.fsInfoSector);
    sectors.read(geometry.fsInfoSector, info.bytes);
    const valid =
      read32(info.bytes, 0) === LEAD &&
      read32(info.bytes, 484) === STRUCT &&
      read32(info.bytes, 508) === TRAIL;
    if (!valid) return undefined;
    info.free = read32(info.bytes, FREE_COUNT);
    return info;
  }

  get hint(): number {
    const next = read32(this.bytes, NEXT_FREE);
    return next === 0xffffffff ? 0 : next;
  }

  /** What the sector says is no longer so. */
  forget(): void {
    this.free = undefined;
  }

  /** `sound`: the volume was closed properly, so that the number found there can be believed. */
  store(table: FatTable, sound: boolean): void {
    const carried = sound && this.free !== undefined ? this.free + table.freed : -1;
    const possible = carried >= 0 && carried <= table.limit - 2;
    const free = table.isCounted || !possible ? table.freeClusters : carried;
    write32(this.bytes, FREE_COUNT, free);
    write32(this.bytes, NEXT_FREE, table.hint || 0xffffffff);
    this.sectors.write(this.sector, this.bytes);
  }
}

/** Contents of a fresh FSInfo sector. */
export function newFsInfo(sectorSize: number, free: number, next: number): Uint8Array {
  const bytes = new Uint8Array(sectorSize);
  write32(bytes, 0, LEAD);
  write32(bytes, 484, STRUCT);
  write32(bytes, FREE_COUNT, free);
  write32(bytes, NEXT_FREE, next);
  write32(bytes, 508, TRAIL);
  return bytes;
}
