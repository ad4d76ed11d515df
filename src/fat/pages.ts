import type { Geometry } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";

/** Entries of FAT32 in a page, 4 KiB: a multiple of every sector size, and what a jump to somewhere else reads. */
export const PER_PAGE_32 = 1024;
/** FAT12 and FAT16 are one or two pages. */
const LARGE_PAGE = 0x10000;
/** Kept of those that are not changed: 16 MiB, enough for the FAT of 128 GiB in clusters of 32 KiB. */
const KEPT = 0x1000000;
/** Kept when those do not suffice, which so many reads tell: chains that lead from page to page and back. */
const KEPT_THEN = 0x10000000;
const MANY_READS = 1 << 20;
/** Read at a time at most, of a FAT that is read from one end to the other. */
const AHEAD = 0x10000;

export interface Page {
  /** Not to be given up: the order of writes is for others to decide. */
  dirty: boolean;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/** The FAT in pieces, as far as they were asked for; those longest in memory are given up. */
export class FatPages {
  /** Bytes of a page. */
  readonly size: number;
  /** Reads of the disk so far. */
  reads = 0;

  private readonly pages: (Page | undefined)[];
  /** Bytes of the FAT that hold entries, in whole sectors. */
  private readonly used: number;
  /** Numbers of the pages in memory, in a circle, and where the search for one to give up goes on. */
  private readonly order: number[] = [];
  private hand = 0;
  /** The page behind those that were read last, and how many these were. */
  private next = -1;
  private run = 1;
  private scratch: Uint8Array | undefined;

  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
  ) {
    const { clusters, type, sectorSize } = geometry;
    this.size = type === 32 ? PER_PAGE_32 * 4 : LARGE_PAGE;
    this.used = Math.ceil(((clusters + 2) * type) / 8 / sectorSize) * sectorSize;
    this.pages = new Array<Page | undefined>(Math.ceil(this.used / this.size)).fill(undefined);
  }

  get(index: number): Page {
    return this.pages[index] ?? this.load(index);
  }

  forget(): void {
    this.pages.fill(undefined);
    this.order.length = 0;
    this.hand = 0;
    this.next = -1;
  }

  private load(index: number): Page {
    const count = this.ahead(index);
    if (count > 1) {
      const bytes = (this.scratch ??= new Uint8Array(AHEAD)).subarray(0, count * this.size);
      if (this.read(index, bytes)) {
        for (let i = count - 1; i >= 0; i--) {
          const page = this.empty(index + i, this.size);
          page.u8.set(bytes.subarray(i * this.size, (i + 1) * this.size));
          this.pages[index + i] = page;
        }
        return this.pages[index]!;
      }
    }
    const page = this.empty(index, Math.min(this.size, this.used - index * this.size));
    this.read(index, page.u8, true);
    return (this.pages[index] = page);
  }

  /** Pages to read at once: more and more while one follows the other. Those in memory can be newer than the disk. */
  private ahead(index: number): number {
    this.run = index === this.next ? Math.min(this.run * 2, AHEAD / this.size) : 1;
    let count = 1;
    while (
      count < this.run &&
      (index + count + 1) * this.size <= this.used &&
      this.pages[index + count] === undefined
    )
      count++;
    this.next = index + count;
    return count;
  }

  /** False when it fails, or an error. */
  private read(index: number, into: Uint8Array, must = false): boolean {
    const { fatSector, fatSectors, sectorSize, activeFat } = this.geometry;
    const first = fatSector + (activeFat ?? 0) * fatSectors;
    this.reads++;
    try {
      this.sectors.read(first + (index * this.size) / sectorSize, into);
      return true;
    } catch (error) {
      into.fill(0);
      if (must) throw error;
      return false;
    }
  }

  /** A page for that number: a new one, or one that is given up. */
  private empty(index: number, length: number): Page {
    const { order, pages } = this;
    const most = this.reads < MANY_READS ? KEPT : KEPT_THEN;
    if (order.length * this.size >= most) {
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
