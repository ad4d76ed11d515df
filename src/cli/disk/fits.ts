import type { FatType } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { readable } from "./progress.ts";
import { layoutOf, type Need, type Wish } from "./room.ts";

const MIB = 1 << 20;
const TYPES: readonly FatType[] = [12, 16, 32];
const MOST_CLUSTERS = { 12: 4085, 16: 65525, 32: Infinity };
const MOST_SECTORS = 128;

/** What a disk was asked to be, and what is to go onto it. */
export interface Plan {
  readonly image: string;
  /** The folder of `--from`; undefined: the disk stays empty. */
  readonly from: string | undefined;
  readonly need: Need;
  /** Of the volume, in bytes, as chosen. */
  readonly size: number;
  /** Bytes before the volume. */
  readonly before: number;
  /** --size was given. */
  readonly sized: boolean;
  /** The sector size is known, and the FAT type when one was asked for. */
  readonly wish: Wish;
}

/** @throws UserError when there can be no such disk, or the files have no room on it: how much they need, and what would do */
export function checkFits(plan: Plan): void {
  const { need, size, wish } = plan;
  const layout = layoutOf(size, wish);
  if (!layout && wish.type !== undefined) throw tooFewOrMany(plan, wish.type);
  if (layout && need.least(layout.clusterSize, layout.type) > layout.clusters) throw tooSmall(plan);
}

/** What to say when the files do not fit. */
export function tooSmall(plan: Plan): UserError {
  const { image, from, need, size, wish } = plan;
  const layout = layoutOf(size, wish)!;
  const { clusterSize, clusters, type } = layout;
  const least = need.least(clusterSize, type);
  const wanted = least > clusters ? least : need.clusters(clusterSize);
  const why =
    wanted > clusters
      ? `its files and folders take ${wanted} clusters of ${clusterSize} bytes (${readable(wanted * clusterSize)}), a FAT${type} disk of ${readable(size)} has ${clusters}`
      : "its files have grown meanwhile";
  return new UserError(
    ExitCode.NoOutput,
    `${image} is too small for ${from}: ${why}`,
    advice(plan),
  );
}

/** No volume of this type has so many clusters, or so few. */
function tooFewOrMany(plan: Plan, type: FatType): UserError {
  const { image, from, need, size, wish } = plan;
  const cluster = wish.clusterSize;
  const range = { 12: "at most 4085", 16: "4086 to 65525", 32: "65526 or more" }[type];
  const own = cluster === undefined ? "" : ` in clusters of ${cluster} bytes`;
  // Of the largest there are, when the size is free to choose.
  const wanted = need.least(cluster ?? MOST_SECTORS * (wish.sectorSize ?? 512), type);
  const why =
    plan.sized || from === undefined || wanted <= MOST_CLUSTERS[type]
      ? `${readable(size)} cannot be a FAT${type} disk${own}`
      : `the files and folders of ${from} take at least ${wanted} clusters`;
  return new UserError(
    ExitCode.Usage,
    `${image}: ${why}: FAT${type} has ${range} clusters`,
    advice(plan),
  );
}

/** Options that would do. */
function advice(plan: Plan): string {
  const { need, size, wish, sized, before } = plan;
  const words: string[] = [];
  const larger = sizeThatDoes(plan, size, wish.type) ?? sizeThatDoes(plan, MIB, wish.type);
  if (larger !== undefined && larger !== size) {
    const mib = Math.ceil((larger + before) / MIB);
    words.push(`--size ${mib}M${sizeThatDoes(plan, size, wish.type) ? " or more" : ""}`);
  }
  for (const type of TYPES) {
    if (type === wish.type) continue;
    const layout = layoutOf(size, { ...wish, type });
    const room = layout && need.clusters(layout.clusterSize) <= layout.clusters;
    if (room || (!sized && sizeThatDoes(plan, size, type) !== undefined))
      words.push(`--fat ${type}`);
  }
  if (wish.clusterSize !== undefined && words.length === 0) words.push("another --cluster");
  return words.length === 0
    ? "leave out --size, --fat and --cluster, then a disk that does is chosen"
    : `${words.join(" or ")} would do`;
}

/** The smallest volume from `from` on, more or less, that holds everything as that type; undefined when none does. */
function sizeThatDoes({ need, wish }: Plan, from: number, type: FatType | undefined) {
  for (let size = from, n = 0; n < 100; n++) {
    const layout = layoutOf(size, { ...wish, type });
    if (!layout) {
      // FAT16 and FAT32 have a smallest size.
      if (n > 0 || from > MIB) return undefined;
      const least = [16, 40, 320]
        .map((mib) => mib * MIB)
        .find((bytes) => layoutOf(bytes, { ...wish, type }));
      if (least === undefined) return undefined;
      size = least;
      continue;
    }
    const missing = need.clusters(layout.clusterSize) - layout.clusters;
    if (missing <= 0) return size;
    size = Math.ceil((size + missing * layout.clusterSize) / MIB) * MIB;
  }
  return undefined;
}
