import type { Bits } from "../block/mod.ts";
import { FatError } from "./error.ts";
import type { Geometry } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";

/** The FAT is read in pieces of 64 KiB, a multiple of every sector size. */
const PAGE = 0x10000;
/** Pages kept, when no more are changed: 16 MiB, enough for the FAT of 128 GiB in clusters of 32 KiB. */
const MAX_PAGES = 256;

/** Pages kept when those do not suffice: 256 MiB, the FAT of 256 GiB in clusters of 4 KiB. */
const MORE_PAGES = 4096;
/** That is when so many times the whole FAT was read: chains that lead from page to page and back. */
const TOO_OFTEN = 64;

/** Sectors that `relieve` leaves unwritten. */
const MOST_DIRTY = 4096;

interface Page {
  /** Not to be given up: the order of writes is for others to decide. */
  dirty: boolean;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

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
  /** Pieces read from the disk so far. */
  loads = 0;
  /** Free clusters that are not given out. */
  claimed: Bits | undefined;

  private readonly usable: number;
  private readonly mask: number;
  private readonly pages: (Page | undefined)[] = [];
  /** Numbers of the pages in memory, in a circle, and where the search for one to give up goes on. */
  private readonly order: number[] = [];
  private hand = 0;
  private readonly dirty = new Set<number>();
  private free: number | undefined;

  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
  ) {
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
        const { u8 } = this.page(0);
        const pair = u8[at] | (u8[at + 1] << 8);
        return cluster & 1 ? pair >>> 4 : pair & 0xfff;
      }
      case 16:
        return this.page(cluster >>> 15).u16[cluster & 0x7fff];
      default:
        return this.page(cluster >>> 14).u32[cluster & 0x3fff] & 0x0fffffff;
    }
  }

  set(cluster: number, value: number): void {
    const before = this.get(cluster);
    if (cluster >= 2) this.altered = true;
    if (this.free !== undefined) this.free += Number(value === 0) - Number(before === 0);
    let at: number;
    let bytes: number;
    let page: Page;
    switch (this.geometry.type) {
      case 12: {
        at = cluster + (cluster >>> 1);
        bytes = 2;
        page = this.page(0);
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
        page = this.page(cluster >>> 15);
        page.u16[cluster & 0x7fff] = value;
        break;
      default: {
        at = cluster * 4;
        bytes = 4;
        page = this.page(cluster >>> 14);
        const { u32 } = page;
        const index = cluster & 0x3fff;
        u32[index] = (u32[index] & 0xf0000000) | value;
      }
    }
    page.dirty = true;
    const size = this.geometry.sectorSize;
    this.dirty.add(Math.floor(at / size));
    this.dirty.add(Math.floor((at + bytes - 1) / size));
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
    if (this.free === 0) return 0;
    return this.findFree(start + 1, this.usable) || this.findFree(2, start + 1);
  }

  private findFree(from: number, to: number): number {
    for (let cluster = from; cluster < to; cluster++) if (this.isFree(cluster)) return cluster;
    return 0;
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

  /** Free clusters, counted on first use. */
  get freeClusters(): number {
    if (this.free === undefined) {
      let free = 0;
      for (let cluster = 2; cluster < this.limit; cluster++) if (this.get(cluster) === 0) free++;
      this.free = free;
    }
    return this.free;
  }

  /** Writes what changed to all copies; runs of sectors in one piece. */
  flush(): void {
    if (this.dirty.size === 0) return;
    const { sectorSize, fatSector, fatSectors, fats, activeFat } = this.geometry;
    const perPage = PAGE / sectorSize;
    const order = [...this.dirty].sort((a, b) => a - b);
    for (let i = 0; i < order.length;) {
      const first = order[i];
      const page = Math.floor(first / perPage);
      let last = first;
      while (++i < order.length && order[i] === last + 1 && Math.floor(order[i] / perPage) === page)
        last++;
      const start = (first % perPage) * sectorSize;
      const bytes = this.page(page).u8.subarray(start, start + (last - first + 1) * sectorSize);
      for (let copy = 0; copy < fats; copy++) {
        if (activeFat === undefined || activeFat === copy)
          this.sectors.write(fatSector + copy * fatSectors + first, bytes);
      }
    }
    this.dirty.clear();
    for (const index of this.order) {
      const page = this.pages[index];
      if (page) page.dirty = false;
    }
  }

  /** For who has no order of writes to keep: `flush` when much has changed. */
  relieve(): void {
    if (this.dirty.size > MOST_DIRTY) this.flush();
  }

  /** Reads everything again when it is next asked for: the disk is about to be changed by somebody else. */
  forget(): void {
    this.flush();
    this.pages.length = 0;
    this.order.length = 0;
    this.hand = 0;
    this.free = undefined;
  }

  private page(index: number): Page {
    return this.pages[index] ?? this.load(index);
  }

  private load(index: number): Page {
    const { fatSector, fatSectors, sectorSize, activeFat, type, clusters } = this.geometry;
    const used = Math.ceil(((clusters + 2) * type) / 8 / sectorSize) * sectorSize;
    const length = Math.min(PAGE, used - index * PAGE);
    const page = this.emptyPage(index, length);
    this.loads++;
    const first = fatSector + (activeFat ?? 0) * fatSectors;
    try {
      this.sectors.read(first + (index * PAGE) / sectorSize, page.u8);
    } catch (error) {
      page.u8.fill(0);
      throw error;
    }
    return (this.pages[index] = page);
  }

  /** A page for that number: a new one, or one that is given up. */
  private emptyPage(index: number, length: number): Page {
    const { order, pages } = this;
    const all = Math.ceil((this.limit * this.geometry.type) / 8 / PAGE);
    const most = this.loads > TOO_OFTEN * all ? MORE_PAGES : MAX_PAGES;
    if (order.length >= most) {
      for (let i = 0; i < order.length; i++) {
        const at = this.hand;
        this.hand = (at + 1) % order.length;
        const page = pages[order[at]];
        if (page?.dirty || (page && page.u8.length !== length)) continue;
        pages[order[at]] = undefined;
        order[at] = index;
        if (page) return page;
        return newPage(length);
      }
    }
    order.push(index);
    return newPage(length);
  }
}

function newPage(length: number): Page {
  const u8 = new Uint8Array(length);
  return { dirty: false, u8, u16: new Uint16Array(u8.buffer), u32: new Uint32Array(u8.buffer) };
}
