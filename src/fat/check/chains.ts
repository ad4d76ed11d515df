import { Bits } from "../../block/mod.ts";
import { clusterSector, type Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import type { FatTable } from "../table.ts";

/** How following a chain ended. */
export type End =
  /** At its end mark, or where enough clusters were found. */
  | { readonly kind: "end" }
  /** At a cluster that is none, free or bad, or that the chain has met before; a sentence says which. */
  | { readonly kind: "broken"; readonly why: string }
  /** At a cluster that belongs to another entry. */
  | { readonly kind: "shared"; readonly cluster: number };

export interface Claimed {
  /** The last cluster of it; 0 when none was claimed. */
  readonly last: number;
  readonly count: number;
  readonly end: End;
}

/** Which cluster belongs to whom: chains are followed and their clusters claimed, once each. */
export class Chains {
  readonly used = new Bits();
  /** Behind the end of a file: freed when nobody claims them. */
  readonly spare = new Bits();
  private readonly limit: number;
  private readonly mask: number;
  private nextFree = 2;

  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
    readonly table: FatTable,
  ) {
    this.limit = geometry.usableClusters + 2;
    this.mask = { 12: 0xfff, 16: 0xffff, 32: 0x0fffffff }[geometry.type];
  }

  exists(cluster: number): boolean {
    return cluster >= 2 && cluster < this.limit;
  }

  isBad(value: number): boolean {
    return value === this.mask - 8;
  }

  isEnd(value: number): boolean {
    return value >= this.mask - 7;
  }

  /** Follows a chain for at most `most` clusters. The last one claimed is not yet terminated. */
  claim(start: number, most: number): Claimed {
    let last = 0;
    let count = 0;
    const ended = (end: End): Claimed => ({ last, count, end });
    const broken = (why: string): Claimed => ended({ kind: "broken", why });
    for (let cluster = start; count < most;) {
      if (!this.exists(cluster)) return broken(`leads to cluster ${cluster}, which does not exist`);
      const value = this.table.get(cluster);
      if (this.isBad(value)) return broken(`runs into cluster ${cluster}, which is marked bad`);
      if (this.used.has(cluster))
        return this.begins(start, count, cluster)
          ? broken(`runs in a circle to cluster ${cluster}`)
          : ended({ kind: "shared", cluster });
      this.used.add(cluster);
      last = cluster;
      count++;
      // Perhaps only the end mark is lost: the cluster may hold what the file had there, so it is kept.
      if (value === 0) return broken(`ends at cluster ${cluster}, which is marked free`);
      if (this.isEnd(value)) break;
      cluster = value;
    }
    return ended({ kind: "end" });
  }

  /** The first `count` clusters of a chain. */
  listed(start: number, count: number): number[] {
    const clusters: number[] = [];
    for (let cluster = start; clusters.length < count; cluster = this.table.get(cluster))
      clusters.push(cluster);
    return clusters;
  }

  /** The cluster is one of the first `count` of a chain. */
  private begins(start: number, count: number, wanted: number): boolean {
    let cluster = start;
    for (let n = 0; n < count; n++) {
      if (cluster === wanted) return true;
      cluster = this.table.get(cluster);
    }
    return false;
  }

  /** Makes a cluster the last of its chain. */
  terminate(cluster: number): void {
    if (this.isEnd(this.table.get(cluster))) return;
    this.table.terminate(cluster);
    this.table.relieve();
  }

  /** Notes what hangs behind a cluster as free for the taking, unless it is another's; gives the number of clusters. */
  behind(cluster: number): number {
    let count = 0;
    let next = this.table.get(cluster);
    while (this.exists(next) && !this.used.has(next) && !this.spare.has(next)) {
      const value = this.table.get(next);
      if (value === 0 || this.isBad(value)) break;
      this.spare.add(next);
      count++;
      next = value;
    }
    return count;
  }

  /** A free cluster, marked as the end of a chain; 0 when there is none. */
  take(): number {
    for (; this.nextFree < this.limit; this.nextFree++) {
      const cluster = this.nextFree;
      if (this.table.get(cluster) !== 0 || this.used.has(cluster)) continue;
      this.table.terminate(cluster);
      this.table.relieve();
      this.used.add(cluster);
      return cluster;
    }
    return 0;
  }

  /**
   * Copies `count` clusters of a chain that another entry owns; the copies are chained behind `tail` (0: a new chain). Ends early
   * where the other chain does or the disk is full.
   */
  copy(from: number, count: number, tail: number): { readonly first: number; count: number } {
    const copies = { first: 0, count: 0 };
    const bytes = new Uint8Array(this.geometry.clusterSize);
    let source = from;
    let last = tail;
    while (copies.count < count && this.exists(source)) {
      const next = this.table.get(source);
      if (next === 0 || this.isBad(next)) break;
      const cluster = this.take();
      if (cluster === 0) break;
      this.sectors.read(clusterSector(this.geometry, source), bytes);
      this.sectors.write(clusterSector(this.geometry, cluster), bytes);
      if (last !== 0) this.table.set(last, cluster);
      copies.first ||= cluster;
      copies.count++;
      last = cluster;
      source = next;
    }
    return copies;
  }

  free(cluster: number): void {
    this.table.set(cluster, 0);
    this.table.relieve();
  }
}
