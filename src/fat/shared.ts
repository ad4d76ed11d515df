import { FatError } from "./error.ts";
import type { Geometry } from "./geometry.ts";
import type { FatTable } from "./table.ts";

/** Larger volumes are looked at only when they were not closed properly. */
const CHEAP = 0x10000;

/**
 * Finds chains that run into each other, before one of them is written to: how many entries of the FAT lead to a cluster. Two files
 * that begin at the same cluster cannot be told so.
 */
export class SharedClusters {
  /** How many entries lead to a cluster, at most 255; as it was at some time. */
  private leading: Uint8Array | undefined;
  private shared = false;

  constructor(
    private readonly table: FatTable,
    private readonly geometry: Geometry,
  ) {}

  /** @throws FatError "damaged" when a cluster of the chain is another one's, too */
  check(first: number, path: string): void {
    const { clusters, markedOpen } = this.geometry;
    if (first < 2 || first >= this.table.limit || (clusters > CHEAP && !markedOpen)) return;
    this.leading ??= this.count();
    if (!this.shared && this.leading[first] === 0) return;
    // It may have changed since.
    const now = (this.leading = this.count());
    let cluster = first;
    for (let n = 0; n < clusters && cluster >= 2 && cluster < this.table.limit; n++) {
      if (now[cluster] > (cluster === first ? 0 : 1))
        throw new FatError(
          "damaged",
          `the file system is damaged: cluster ${cluster} of ${path} belongs to another chain, too`,
        );
      cluster = this.table.get(cluster);
    }
  }

  private count(): Uint8Array {
    const { table } = this;
    const leading = new Uint8Array(table.limit);
    this.shared = false;
    for (let cluster = 2; cluster < table.limit; cluster++) {
      const next = table.get(cluster);
      if (next < 2 || next >= table.limit) continue;
      if (leading[next] > 0) this.shared = true;
      if (leading[next] < 255) leading[next]++;
    }
    return leading;
  }
}
