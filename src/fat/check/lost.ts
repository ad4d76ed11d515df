import { Bits } from "../../block/mod.ts";
import { Attribute, ENTRY, Field, setFirstCluster, write32 } from "../entry.ts";
import { clusterSector } from "../geometry.ts";
import { dotEntry } from "../info.ts";
import type { Chains } from "./chains.ts";
import { MAX_DIRECTORY, RawDirectory } from "./raw-directory.ts";
import type { Work } from "./work.ts";

/** Files that one folder takes; another run saves the rest. */
const MOST = 10_000;

/**
 * Clusters that belong to nothing: those behind the end of a file are freed, chains are saved in a new folder FOUND.nnn of the
 * root directory, or freed. Where a chain cannot be saved (no room) it stays as it is. Gives the number of clusters in use.
 */
export function saveLost(work: Work, what: "save" | "free"): number {
  const { chains, geometry, findings } = work;
  const { table, used, spare } = chains;
  const limit = geometry.usableClusters + 2;
  const pointed = new Bits();
  let lost = 0;
  let busy = 0;
  const isLost = (cluster: number) => {
    if (used.has(cluster)) return false;
    const value = table.get(cluster);
    return value !== 0 && !chains.isBad(value);
  };
  // Most of a large disk is free.
  for (let cluster = 2; (cluster = table.nextUsed(cluster)) < limit; cluster++) {
    if (used.has(cluster)) busy++;
    else if (spare.has(cluster)) chains.free(cluster);
    else if (isLost(cluster)) {
      lost++;
      const next = table.get(cluster);
      if (chains.exists(next) && isLost(next)) pointed.add(next);
    }
  }
  if (lost === 0) return busy;
  const saved: { start: number; clusters: number }[] = [];
  let number = 0;
  const collect = (start: number) => {
    let last = 0;
    let count = 0;
    for (let cluster = start; chains.exists(cluster) && !used.has(cluster);) {
      const value = table.get(cluster);
      if (chains.isBad(value)) break;
      used.add(cluster);
      last = cluster;
      count++;
      if (value === 0 || chains.isEnd(value)) break;
      cluster = value;
    }
    chains.terminate(last);
    number++;
    if (what === "free") freeChain(chains, start);
    else if (saved.length < MOST) saved.push({ start, clusters: count });
  };
  for (let cluster = 2; (cluster = table.nextUsed(cluster)) < limit; cluster++)
    if (isLost(cluster) && !pointed.has(cluster)) collect(cluster);
  // What is left runs in circles.
  for (let cluster = 2; (cluster = table.nextUsed(cluster)) < limit; cluster++)
    if (isLost(cluster)) collect(cluster);
  findings.add("lost clusters", `${lost} cluster(s) in ${number} chain(s) belong to nothing`);
  if (saved.length > 0) save(work, saved);
  return busy;
}

function freeChain(chains: Chains, start: number): void {
  for (let cluster = start; ;) {
    const next = chains.table.get(cluster);
    chains.free(cluster);
    if (chains.isEnd(next)) return;
    cluster = next;
  }
}

/** As a real file each: FOUND.nnn/FILEnnnn.CHK. */
function save(work: Work, saved: readonly { start: number; clusters: number }[]): void {
  const { chains, geometry, sectors } = work;
  const fat32 = geometry.type === 32;
  const folder: number[] = [];
  const size = Math.ceil(((saved.length + 2) * ENTRY) / geometry.clusterSize);
  let root = rootDirectory(work);
  if (root && isFull(root) && fat32) root = longerRoot(work);
  const place = root && freeSlot(root);
  while (place && folder.length < size) {
    const cluster = chains.take();
    if (cluster === 0) break;
    if (folder.length > 0) chains.table.set(folder[folder.length - 1], cluster);
    folder.push(cluster);
  }
  if (!root || !place || folder.length < size) {
    folder.forEach((cluster) => chains.free(cluster));
    return;
  }
  const fields = new Uint8Array(ENTRY);
  fields[Field.Attributes] = Attribute.Directory;
  const contents = new Uint8Array(size * geometry.clusterSize);
  contents.set(dotEntry(fields, ".", folder[0], fat32));
  contents.set(dotEntry(fields, "..", 0, fat32), ENTRY);
  saved.forEach(({ start, clusters }, i) => {
    const view = contents.subarray((i + 2) * ENTRY, (i + 3) * ENTRY);
    setName(view, `FILE${String(i).padStart(4, "0")}CHK`);
    view[Field.Attributes] = Attribute.Archive;
    setFirstCluster(view, start, fat32);
    write32(view, Field.Size, Math.min(clusters * geometry.clusterSize, 0xffffffff));
  });
  folder.forEach((cluster, i) =>
    sectors.write(
      clusterSector(geometry, cluster),
      contents.subarray(i * geometry.clusterSize, (i + 1) * geometry.clusterSize),
    ),
  );
  const entry = root.edit(place.slot);
  entry.fill(0);
  entry.set(fields);
  setName(entry, place.name);
  setFirstCluster(entry, folder[0], fat32);
  if (place.last && place.slot + 1 < root.count) root.edit(place.slot + 1)[0] = 0;
  root.store();
}

function setName(view: Uint8Array, short: string): void {
  for (let i = 0; i < 11; i++) view[i] = short.padEnd(11).charCodeAt(i);
}

function rootDirectory(work: Work): RawDirectory | undefined {
  const { sectors, geometry } = work;
  if (geometry.type !== 32) return new RawDirectory(sectors, geometry, undefined);
  const clusters = rootChain(work);
  return clusters && new RawDirectory(sectors, geometry, clusters);
}

/** The clusters of the root directory of FAT32; undefined when there is no end to them. */
function rootChain({ geometry, chains }: Work): number[] | undefined {
  const clusters: number[] = [];
  for (let cluster = geometry.rootCluster; chains.exists(cluster);) {
    clusters.push(cluster);
    if (clusters.length > 65536) return undefined;
    cluster = chains.table.get(cluster);
  }
  return clusters;
}

/** The root directory of FAT32 with one more cluster; undefined when it may not grow or the disk is full. */
function longerRoot(work: Work): RawDirectory | undefined {
  const { sectors, geometry, chains } = work;
  const clusters = rootChain(work);
  if (!clusters || (clusters.length + 1) * geometry.clusterSize > MAX_DIRECTORY) return undefined;
  const more = chains.take();
  if (more === 0) return undefined;
  sectors.write(clusterSector(geometry, more), new Uint8Array(geometry.clusterSize));
  chains.table.set(clusters[clusters.length - 1], more);
  return new RawDirectory(sectors, geometry, [...clusters, more]);
}

function isFull(root: RawDirectory): boolean {
  for (let slot = 0; slot < root.count; slot++) {
    const lead = root.at(slot)[0];
    if (lead === 0 || lead === 0xe5) return false;
  }
  return true;
}

/** A free slot of the root directory and an unused name FOUND.nnn. */
function freeSlot(root: RawDirectory): { slot: number; name: string; last: boolean } | undefined {
  const names = new Set<string>();
  let free = -1;
  let last = false;
  for (let slot = 0; slot < root.count; slot++) {
    const view = root.at(slot);
    const lead = view[0];
    if (lead === 0) {
      if (free < 0) [free, last] = [slot, true];
      break;
    }
    if (lead === 0xe5) {
      if (free < 0) free = slot;
    } else names.add(String.fromCharCode(...view.subarray(0, 11)));
  }
  if (free < 0) return undefined;
  for (let n = 0; n < 1000; n++) {
    const name = `FOUND   ${String(n).padStart(3, "0")}`;
    if (!names.has(name)) return { slot: free, name, last };
  }
  return undefined;
}
