import { ENTRY } from "../entry.ts";
import { clusterSector, type Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";

/** The largest directory of FAT: 65536 entries. */
export const MAX_DIRECTORY = 65536 * ENTRY;

/** The bytes of one directory as they are on the disk. */
export class RawDirectory {
  readonly bytes: Uint8Array;
  private readonly unit: number;
  private readonly dirty = new Set<number>();

  /** `clusters` of its chain; undefined: the fixed root directory of FAT12 and FAT16. */
  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
    private readonly clusters: readonly number[] | undefined,
  ) {
    this.unit = clusters ? geometry.clusterSize : geometry.sectorSize;
    if (clusters) {
      this.bytes = new Uint8Array(clusters.length * this.unit);
      clusters.forEach((cluster, i) =>
        sectors.read(
          clusterSector(geometry, cluster),
          this.bytes.subarray(i * this.unit, (i + 1) * this.unit),
        ),
      );
    } else {
      this.bytes = new Uint8Array(geometry.rootEntries * ENTRY);
      sectors.read(geometry.rootSector, this.bytes);
    }
  }

  get count(): number {
    return this.bytes.length / ENTRY;
  }

  /** The 32 bytes of an entry, to look at. */
  at(slot: number): Uint8Array {
    return this.bytes.subarray(slot * ENTRY, (slot + 1) * ENTRY);
  }

  /** The 32 bytes of an entry, to change: `store` writes them. */
  edit(slot: number): Uint8Array {
    this.dirty.add(Math.floor((slot * ENTRY) / this.unit));
    return this.at(slot);
  }

  store(): void {
    for (const part of this.dirty) {
      const first = this.clusters
        ? clusterSector(this.geometry, this.clusters[part])
        : this.geometry.rootSector + part;
      this.sectors.write(first, this.bytes.subarray(part * this.unit, (part + 1) * this.unit));
    }
    this.dirty.clear();
  }
}
