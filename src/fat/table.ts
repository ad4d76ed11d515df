import type { Bits } from "../block/mod.ts";
import { FatError } from "./error.ts";
import type { Geometry } from "./geometry.ts";
import { FatPages, type Page, PER_PAGE_32 } from "./pages.ts";
import type { Sectors } from "./sectors.ts";

/** Sectors that `relieve` leaves unwritten. */
const MOST_DIRTY = 4096;
/** Bytes that `flush` writes at a time. */
const PIECE = 0x10000;

/** `next` of the last cluster of a chain. */
export const END = -1;

/**
 * The file allocation table. Entries are changed in memory; `flush` writes the changed sectors to every copy. Cluster numbers
 * from the disk are checked here: nobody else sees one that is out of range.
 */
export class FatTable {
  /** One more than the highest cluster number. */
  readonly limit: number;
  /** Where the search for a free cluster goes on: the last one given out; FSInfo carries it. */
  hint: number;
  /** Chains have changed since FSInfo was last written. */
  altered = false;
  /** Clusters freed less those taken, since the volume was mounted. */
  freed = 0;
  /** Free clusters that are not given out. */
  claimed: Bits | undefined;

  private readonly usable: number;
  private readonly mask: number;
  private readonly pages: FatPages;
  private readonly dirty = new Set<number>();
  private free: number | undefined;
  /** No cluster is free that could be given out. */
  private exhausted = false;

  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
  ) {
    this.pages = new FatPages(sectors, geometry);
    this.limit = geometry.clusters + 2;
    this.usable = geometry.usableClusters + 2;
    this.mask = geometry.type === 32 ? 0x0fffffff : geometry.type === 16 ? 0xffff : 0xfff;
    this.hint = 0;
  }

  /** The raw entry: 0 free, END mark from mask - 7 on, mask - 8 bad. */
  get(cluster: number): number {
    switch (this.geometry.type) {
      case 12: {
        const at = cluster + (cluster >>> 1);
        const { u8 } = this.pages.get(0);
        const pair = u8[at] | (u8[at + 1] << 8);
        return cluster & 1 ? pair >>> 4 : pair & 0xfff;
      }
      case 16:
        return this.pages.get(cluster >>> 15).u16[cluster & 0x7fff];
      default:
        return this.pages.get(cluster >>> 10).u32[cluster & 0x3ff] & 0x0fffffff;
    }
  }

  set(cluster: number, value: number): void {
    // The first two entries are no clusters, whatever they hold.
    if (cluster >= 2) this.count(cluster, value);
    let at: number;
    let bytes: number;
    let page: Page;
    switch (this.geometry.type) {
      case 12: {
        at = cluster + (cluster >>> 1);
        bytes = 2;
        page = this.pages.get(0);
        const { u8 } = page;
        if (cluster & 1) {
          u8[at] = (u8[at] & 0x0f) | (value << 4);
          u8[at + 1] = value >>> 4;
        } else {
          u8[at] = value;
          u8[at + 1] = (u8[at + 1] & 0xf0) | ((value >>> 8) & 0x0f);
        }
        break;
      }
      case 16:
        at = cluster * 2;
        bytes = 2;
        page = this.pages.get(cluster >>> 15);
        page.u16[cluster & 0x7fff] = value;
        break;
      default: {
        at = cluster * 4;
        bytes = 4;
        page = this.pages.get(cluster >>> 10);
        const { u32 } = page;
        const index = cluster & 0x3ff;
        u32[index] = (u32[index] & 0xf0000000) | value;
      }
    }
    page.dirty = true;
    const size = this.geometry.sectorSize;
    this.dirty.add(Math.floor(at / size));
    this.dirty.add(Math.floor((at + bytes - 1) / size));
  }

  /** Keeps the number of free clusters while an entry changes. */
  private count(cluster: number, value: number): void {
    this.altered = true;
    const freed = Number(value === 0) - Number(this.get(cluster) === 0);
    this.freed += freed;
    if (this.free !== undefined) this.free += freed;
    if (value === 0) this.exhausted = false;
  }

  /** Changes the second entry, which holds flags and is written by who changes it. */
  setFlags(value: number): void {
    const pending = this.dirty.has(0);
    this.set(1, value);
    if (!pending) this.dirty.delete(0);
  }

  /**
   * The cluster behind `cluster` in its chain, or END.
   *
   * @throws FatError "damaged" when the chain runs into a free, bad or impossible cluster
   */
  next(cluster: number): number {
    const value = this.get(cluster);
    if (value >= this.mask - 7) return END;
    return this.check(value, `the chain behind cluster ${cluster}`);
  }

  /** Gives `cluster` back when it is one of the data area that lies on the device. */
  check(cluster: number, what: string): number {
    if (cluster >= 2 && cluster < this.usable) return cluster;
    throw new FatError(
      "damaged",
      `the file system is damaged: ${what} leads to cluster ${cluster}, which is not a data cluster`,
    );
  }

  /**
   * Takes a free cluster, marks it as the end of a chain and links it behind `tail` (0: a new chain). The order of the search
   * is that of FatFs. 0 when the disk is full.
   */
  allocate(tail: number): number {
    const found = this.search(tail);
    if (found === 0) return 0;
    this.set(found, this.mask);
    if (tail !== 0) this.set(tail, found);
    this.hint = found;
    return found;
  }

  private search(tail: number): number {
    if (tail !== 0) {
      const next = tail + 1 < this.usable ? tail + 1 : 2;
      if (this.isFree(next)) return next;
    }
    let start = this.hint >= 2 && this.hint < this.usable ? this.hint : tail;
    if (start < 2) start = 1;
    if (this.exhausted) return 0;
    const found = this.findFree(start + 1, this.usable) || this.findFree(2, start + 1);
    this.exhausted = found === 0;
    return found;
  }

  private findFree(from: number, to: number): number {
    for (let cluster = from; (cluster = this.seek(cluster, to, true)) < to; cluster++)
      if (!this.claimed?.has(cluster)) return cluster;
    return 0;
  }

  /** The first cluster from `from` on that is not marked free; `limit` when there is none. */
  nextUsed(from: number): number {
    return this.seek(from, this.limit, false);
  }

  /** The first of a range that is free, or is not; `to` when there is none. */
  private seek(from: number, to: number, free: boolean): number {
    if (this.geometry.type !== 32) {
      for (let cluster = from; cluster < to; cluster++)
        if ((this.get(cluster) === 0) === free) return cluster;
      return to;
    }
    for (let cluster = from; cluster < to;) {
      const { u32 } = this.pages.get(cluster >>> 10);
      const first = cluster & ~0x3ff;
      const end = Math.min(to - first, PER_PAGE_32);
      for (let i = cluster - first; i < end; i++)
        if (((u32[i] & 0x0fffffff) === 0) === free) return first + i;
      cluster = first + PER_PAGE_32;
    }
    return to;
  }

  private isFree(cluster: number): boolean {
    return this.get(cluster) === 0 && !this.claimed?.has(cluster);
  }

  /** Marks `cluster` as the last of its chain. */
  terminate(cluster: number): void {
    this.set(cluster, this.mask);
  }

  /**
   * Frees a chain from `first` on, up to what is another's (`shared`). Stops at whatever is not a used data cluster, so a cycle
   * or a chain that another file has freed before ends it.
   */
  release(first: number, shared?: Bits): void {
    for (let cluster = first; cluster >= 2 && cluster < this.usable;) {
      if (shared?.has(cluster)) return;
      const next = this.get(cluster);
      if (next === 0 || next === this.mask - 8) return;
      this.set(cluster, 0);
      cluster = next;
    }
  }

  /** `freeClusters` reads nothing any more. */
  get isCounted(): boolean {
    return this.free !== undefined;
  }

  /** Free clusters, counted on first use. */
  get freeClusters(): number {
    if (this.free === undefined) {
      let used = 0;
      for (let cluster = 2; (cluster = this.nextUsed(cluster)) < this.limit; cluster++) used++;
      this.free = this.limit - 2 - used;
    }
    return this.free;
  }

  /** Writes what changed to all copies; runs of sectors in one piece. */
  flush(): void {
    if (this.dirty.size === 0) return;
    const { sectorSize, fatSector, fatSectors, fats, activeFat } = this.geometry;
    const most = PIECE / sectorSize;
    const order = [...this.dirty].sort((a, b) => a - b);
    for (let i = 0; i < order.length;) {
      const first = order[i];
      let count = 1;
      while (++i < order.length && order[i] === first + count && count < most) count++;
      const bytes = this.bytes(first * sectorSize, count * sectorSize);
      for (let copy = 0; copy < fats; copy++) {
        if (activeFat === undefined || activeFat === copy)
          this.sectors.write(fatSector + copy * fatSectors + first, bytes);
      }
    }
    for (const sector of order)
      this.pages.get(Math.floor((sector * sectorSize) / this.pages.size)).dirty = false;
    this.dirty.clear();
  }

  /** A range of the FAT, in whole sectors. */
  private bytes(start: number, length: number): Uint8Array {
    const { size } = this.pages;
    const within = start % size;
    if (within + length <= size)
      return this.pages.get(Math.floor(start / size)).u8.subarray(within, within + length);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = (start + done) % size;
      const { u8 } = this.pages.get(Math.floor((start + done) / size));
      const piece = u8.subarray(at, at + length - done);
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** Reads of the disk so far. */
  get reads(): number {
    return this.pages.reads;
  }

  /** For who has no order of writes to keep: `flush` when much has changed. */
  relieve(): void {
    if (this.dirty.size > MOST_DIRTY) this.flush();
  }

  /** Reads everything again when it is next asked for: the disk is about to be changed by somebody else. */
  forget(): void {
    this.flush();
    this.pages.forget();
    this.free = undefined;
    this.exhausted = false;
  }
}
