import { Attribute, DELETED, ENTRY, Field, firstCluster, shortOf } from "../entry.ts";
import { clusterSector } from "../geometry.ts";
import { isGoodShortName, isNonsense } from "./entries.ts";
import type { Work } from "./work.ts";

/** Whether clusters and entries look like those of a directory. */
export class Plausible {
  constructor(private readonly work: Work) {}

  /** The cluster begins with an entry `.` that leads to it. */
  isDirectory(cluster: number): boolean {
    if (!this.work.chains.exists(cluster)) return false;
    const bytes = this.firstSector(cluster);
    return (
      shortOf(bytes) === ".          " &&
      (bytes[Field.Attributes] & Attribute.Directory) !== 0 &&
      firstCluster(bytes, this.fat32) === cluster
    );
  }

  /** The cluster could be the first of a directory: a dot entry in its place, or entries that make sense. */
  couldBegin(cluster: number): boolean {
    if (this.isDirectory(cluster)) return true;
    const bytes = this.firstSector(cluster);
    if (bytes[0] === 0) return bytes.every((byte) => byte === 0);
    if (bytes[0] === DOT || bytes[ENTRY] === DOT) return true;
    return this.couldBelong(bytes);
  }

  /** The bytes could be part of a directory: at least half of the entries make sense. */
  couldBelong(bytes: Uint8Array): boolean {
    let sound = 0;
    let all = 0;
    for (let at = 0; at < bytes.length; at += ENTRY) {
      if (bytes[at] === 0 || bytes[at] === DELETED) continue;
      all++;
      if (this.isSound(bytes.subarray(at, at + ENTRY))) sound++;
    }
    return sound * 2 >= all;
  }

  /** The entry could be one in use. */
  isSound(view: Uint8Array): boolean {
    if (view[Field.Attributes] === Attribute.LongName) return true;
    if (isNonsense(view)) return false;
    if (view[0] !== DOT && !isGoodShortName(shortOf(view))) return false;
    const start = firstCluster(view, this.fat32);
    const { chains } = this.work;
    return start === 0 || (chains.exists(start) && chains.table.get(start) !== 0);
  }

  private get fat32(): boolean {
    return this.work.geometry.type === 32;
  }

  private firstSector(cluster: number): Uint8Array {
    const { geometry, sectors } = this.work;
    const bytes = new Uint8Array(geometry.sectorSize);
    sectors.read(clusterSector(geometry, cluster), bytes);
    return bytes;
  }
}

const DOT = 0x2e;
