import { Chain } from "./chain.ts";
import { ENTRY } from "./entry.ts";
import { DISK_FULL, FatError } from "./error.ts";
import { clusterSector, type Geometry } from "./geometry.ts";
import { joined } from "./joined.ts";
import type { Sectors } from "./sectors.ts";
import type { FatTable } from "./table.ts";

/** The largest directory of FAT: 65536 entries. */
const MAX_BYTES = 65536 * ENTRY;

/** A write within a page of the host is not cut in two by SIGKILL. */
const HOST_PAGE = 4096;

/** What directories and files need of their volume. */
export interface Store {
  readonly geometry: Geometry;
  readonly sectors: Sectors;
  readonly table: FatTable;
  /** Writes the FAT (and FSInfo) now. */
  flushTable(): void;
  /** Entries are placed as FatFs places them, across sectors, too. */
  readonly packed: boolean;
}

/** The 32-byte slots of one directory in memory, and where they are on the disk. */
export class Slots {
  /** The directory and room to grow. */
  private bytes: Uint8Array;
  private used: number;
  private readonly chain: Chain | undefined;
  /** Why the rest of the directory could not be read: it is shown, but not changed. */
  damage: FatError | undefined;

  /** `start` is the first cluster; 0 the fixed root directory of FAT12 and FAT16. */
  constructor(
    private readonly store: Store,
    start: number,
  ) {
    const { geometry, sectors, table } = store;
    if (start === 0) {
      this.bytes = new Uint8Array(geometry.rootEntries * ENTRY);
      sectors.read(geometry.rootSector, this.bytes);
    } else {
      this.chain = new Chain(table, start, "a directory");
      this.bytes = this.load(this.chain);
    }
    this.used = this.bytes.length;
  }

  get count(): number {
    return this.used / ENTRY;
  }

  /** First byte of a slot. */
  lead(slot: number): number {
    return this.bytes[slot * ENTRY];
  }

  setLead(slot: number, value: number): void {
    this.bytes[slot * ENTRY] = value;
  }

  /** All slots, and what is behind them; a view, `write` brings changes to the disk. */
  get all(): Uint8Array {
    return this.bytes;
  }

  /** The bytes of some slots; a view, `write` brings changes to the disk. */
  view(slot: number, count = 1): Uint8Array {
    return this.bytes.subarray(slot * ENTRY, (slot + count) * ENTRY);
  }

  /** Adds a cluster of empty slots; errors call the directory `name`. @throws FatError "full" when it or the disk is */
  grow(name: string): void {
    const { geometry, sectors } = this.store;
    const size = this.used + geometry.clusterSize;
    if (!this.chain)
      throw new FatError(
        "full",
        `the root directory is full: on FAT${geometry.type} it has room for ${this.count} entries, and a long name takes several`,
      );
    if (size > MAX_BYTES)
      throw new FatError("full", `the directory ${name} is full: it has 65536 entries`);
    const index = this.chain.length;
    if (!this.chain.extend()) throw new FatError("full", DISK_FULL);
    const zeros = new Uint8Array(geometry.clusterSize);
    sectors.write(clusterSector(geometry, this.chain.at(index)!.cluster), zeros);
    this.store.flushTable();
    if (size > this.bytes.length) {
      const larger = new Uint8Array(Math.min(Math.max(2 * this.used, size), MAX_BYTES));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.used = size;
  }

  /** Writes the sectors of the slots `first` to `last`, neighbouring ones in one piece. */
  write(first: number, last: number): void {
    const size = this.store.geometry.sectorSize;
    const writes: { disk: number; from: number; to: number }[] = [];
    const end = this.sector(last);
    for (let sector = this.sector(first); sector <= end; sector++) {
      const disk = this.diskSector(sector);
      const previous = writes[writes.length - 1];
      if (previous && previous.disk + previous.to - previous.from === disk) previous.to++;
      else writes.push({ disk, from: sector, to: sector + 1 });
    }
    for (const { disk, from, to } of writes)
      this.store.sectors.write(disk, this.bytes.subarray(from * size, to * size));
  }

  /** The slots are written whole, or not at all, when the process is killed. */
  isOneWrite(first: number, last: number): boolean {
    for (let sector = this.sector(first) + 1; sector <= this.sector(last); sector++)
      if (this.beginsPage(sector)) return false;
    return true;
  }

  /** The sector of the directory, and the one before it, are not written as one. */
  beginsPage(sector: number): boolean {
    if (sector === 0) return true;
    const disk = this.diskSector(sector);
    if (disk !== this.diskSector(sector - 1) + 1) return true;
    const { geometry, sectors } = this.store;
    return (disk * geometry.sectorSize + (sectors.device.offset ?? 0)) % HOST_PAGE === 0;
  }

  /** The sector of the directory, counted from its first, that holds a slot. */
  sector(slot: number): number {
    return Math.floor((slot * ENTRY) / this.store.geometry.sectorSize);
  }

  private load(chain: Chain): Uint8Array {
    const { geometry, sectors } = this.store;
    const max = Math.max(1, Math.floor(MAX_BYTES / geometry.clusterSize));
    const pieces: Uint8Array[] = [];
    for (let clusters = 0; clusters < max;) {
      let run;
      try {
        run = chain.at(clusters, max - clusters);
      } catch (error) {
        if (!(error instanceof FatError)) throw error;
        this.damage = error;
      }
      if (!run) break;
      const piece = new Uint8Array(run.count * geometry.clusterSize);
      sectors.read(clusterSector(geometry, run.cluster), piece);
      pieces.push(piece);
      clusters += run.count;
    }
    return joined(pieces);
  }

  private diskSector(sector: number): number {
    const { geometry } = this.store;
    if (!this.chain) return geometry.rootSector + sector;
    const perCluster = geometry.sectorsPerCluster;
    const { cluster } = this.chain.at(Math.floor(sector / perCluster))!;
    return clusterSector(geometry, cluster) + (sector % perCluster);
  }
}
