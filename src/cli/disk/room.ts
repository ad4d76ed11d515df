import {
  type FatType,
  type FormatLayout,
  formatLayout,
  type FormatOptions,
} from "../../fat/mod.ts";

/** What a disk is to hold. */
export type Content = readonly {
  readonly size: number;
  readonly path: string;
  readonly directory: boolean;
}[];

export interface Room {
  /** Of the volume, in bytes. */
  readonly size: number;
  readonly type: FatType | undefined;
  /** Bytes; undefined: as `format` chooses it. */
  readonly clusterSize: number | undefined;
}

/** What is settled about the volume. */
export interface Wish extends Pick<FormatOptions, "type" | "clusterSize" | "fats" | "rootEntries"> {
  readonly sectorSize?: number;
  /** Of the volume, in bytes. */
  readonly least?: number;
}

const MIB = 1 << 20;
const SMALLEST = 16 * MIB;
/** The root directory of FAT16 has room for 512 entries; some stay free. */
export const ROOT_ENTRIES = 480;
/** In bytes: FAT32 has so many clusters at least, and none is smaller than a sector. */
const smallestFat32 = (sectorSize = 512) => (40 * MIB * sectorSize) / 512;
/** Below this a file system chosen by size is FAT12 or FAT16. */
const FAT32_FROM = 1 << 30;
/** Bytes a slot of a directory takes at most: of two sectors less than half stays empty because a name does not lie in both. */
const SLOT = 64;
const ENTRY = 32;

/** How much of a disk files and directories take. */
export class Need {
  /** Entries the root directory must have room for. */
  readonly rooted: number;
  private readonly sizes: number[];
  /** Slots of each directory, that of the root first. */
  private readonly slots: number[];

  constructor(entries: Content) {
    const slots = new Map<string, number>([["", 0]]);
    let rooted = 0;
    for (const { path, directory } of entries) {
      const cut = path.lastIndexOf("/");
      const above = cut <= 0 ? "" : path.slice(0, cut);
      const own = 1 + Math.ceil((path.length - cut - 1) / 13);
      slots.set(above, (slots.get(above) ?? 2) + own);
      if (above === "") rooted += own + 1;
      if (directory && !slots.has(path)) slots.set(path, 2);
    }
    this.rooted = rooted;
    this.slots = [...slots.values()];
    this.sizes = entries.filter(({ directory }) => !directory).map(({ size }) => size);
  }

  /** Clusters of so many bytes: never less than are taken. */
  clusters(bytes: number): number {
    return this.count(bytes, SLOT, this.slots);
  }

  /** The same, never more than are taken. */
  least(bytes: number, type: FatType): number {
    return this.count(bytes, ENTRY, type === 32 ? this.slots : this.slots.slice(1));
  }

  private count(bytes: number, perSlot: number, directories: readonly number[]): number {
    let sum = 0;
    for (const size of this.sizes) sum += Math.ceil(size / bytes);
    for (const slots of directories) sum += Math.max(1, Math.ceil((slots * perSlot) / bytes));
    return sum;
  }
}

/** How large a volume must be for these files with so much free beside them; a multiple of 1 MiB. */
export function roomFor(need: Need, free: number, wish: Wish = {}): Room {
  const crowded = need.rooted > ROOT_ENTRIES && wish.rootEntries === undefined;
  let type = wish.type ?? (crowded && wish.clusterSize === undefined ? 32 : undefined);
  const smallest = () =>
    Math.max(wish.least ?? 0, type === 32 ? smallestFat32(wish.sectorSize) : SMALLEST);
  for (let size = smallest(); ;) {
    const layout = layoutOf(size, { ...wish, type });
    if (!layout) return { size, type, clusterSize: wish.clusterSize };
    const { clusters, clusterSize } = layout;
    const missing = need.clusters(clusterSize) + Math.ceil(free / clusterSize) - clusters;
    if (missing <= 0) return { size, type, clusterSize };
    size += Math.ceil((missing * clusterSize) / MIB) * MIB;
    if (size < FAT32_FROM || type !== undefined) continue;
    // Small clusters again: FAT32 has many.
    type = 32;
    size = smallest();
  }
}

/** The FAT of a disk whose size is given: FAT32 when only that has clusters enough; undefined: as `format` chooses it. */
export function typeFor(need: Need, size: number, wish: Wish): FatType | undefined {
  if (wish.type !== undefined) return wish.type;
  const holds = (type: FatType | undefined): boolean => {
    const layout = layoutOf(size, { ...wish, type });
    return layout !== undefined && need.clusters(layout.clusterSize) <= layout.clusters;
  };
  const crowded = need.rooted > ROOT_ENTRIES && wish.rootEntries === undefined;
  const large = size >= smallestFat32(wish.sectorSize);
  if (crowded && large && wish.clusterSize === undefined) return 32;
  return !holds(undefined) && holds(32) ? 32 : undefined;
}

/** Undefined when there can be no such volume; `format` says why. */
export function layoutOf(size: number, wish: Wish): FormatLayout | undefined {
  const sectorSize = wish.sectorSize ?? 512;
  return formatLayout(Math.floor(size / sectorSize), sectorSize, { fats: 2, ...wish });
}
