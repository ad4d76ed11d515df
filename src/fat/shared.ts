import { Bits } from "../block/mod.ts";
import { Attribute, DELETED, ENTRY, Field, firstCluster } from "./entry.ts";
import { FatError } from "./error.ts";
import { clusterSector } from "./geometry.ts";
import type { Store } from "./slots.ts";

/** Bytes of a directory read at a time, when its clusters are not smaller. */
const PIECE = 4096;

/** How far the search goes: reads of directories, clusters of chains that are followed, reads of the FAT for that. */
interface Limits {
  readonly pieces: number;
  readonly clusters: number;
  readonly reads: number;
}
/** A volume that was closed is most likely in order: the search takes some tenths of a second at most, mostly far less. */
const CLOSED: Limits = { pieces: 4096, clusters: 1 << 20, reads: 1 << 16 };
/** One that was not: all of what a card holds, but not without end. */
const LEFT_OPEN: Limits = { pieces: 1 << 18, clusters: 1 << 28, reads: 1 << 20 };

interface Found {
  /** Clusters that more than one entry or chain leads to. */
  readonly shared: Bits | undefined;
  /** Free clusters that an entry or a chain leads to all the same; a new file that got one would share it. */
  readonly claimed: Bits | undefined;
}

/**
 * What belongs to two entries: files that begin at the same cluster, chains that run into each other. Looked for once, before
 * the first change of a volume, along the directories and the chains of what is in them; later changes share nothing.
 */
export class SharedClusters {
  private found: Found | undefined;

  /** `held` gives the entries of a directory that is in memory. `leftOpen`: whether the volume was not closed properly. */
  constructor(
    private readonly store: Store,
    private readonly held: (start: number) => Uint8Array | undefined,
    private readonly leftOpen: () => boolean,
  ) {}

  /** Somebody else is about to write to the disk. */
  forget(): void {
    this.found = undefined;
    this.store.table.claimed = undefined;
  }

  /** Looks, when that was not done yet; gives the shared clusters, if there are some. */
  get clusters(): Bits | undefined {
    if (!this.found) {
      this.found = new Search(this.store, this.held, this.leftOpen() ? LEFT_OPEN : CLOSED).run();
      this.store.table.claimed = this.found.claimed;
    }
    return this.found.shared;
  }

  /** The damage, when a cluster of the chain is another one's, too. */
  damage(first: number, path: string): FatError | undefined {
    const shared = this.clusters;
    if (!shared) return undefined;
    const { table } = this.store;
    let cluster = first;
    // Brent: a cluster met again is a circle, the one remembered moves on at every power of two.
    let remembered = 0;
    for (let n = 1; cluster >= 2 && cluster < table.limit && cluster !== remembered; n++) {
      if ((n & (n - 1)) === 0) remembered = cluster;
      if (shared.has(cluster))
        return new FatError(
          "damaged",
          `the file system is damaged: cluster ${cluster} of ${path} belongs to another file or directory, too`,
        );
      cluster = table.get(cluster);
    }
    return undefined;
  }

  /** @throws FatError "damaged" when a cluster of the chain is another one's, too */
  check(first: number, path: string): void {
    const damage = this.damage(first, path);
    if (damage) throw damage;
  }
}

/** One walk through the tree of directories; each directory and each cluster is looked at once. */
class Search {
  private readonly owned = new Bits();
  /** First clusters of the directories on the list. Whose a cluster is says nothing of that: it can be a file's, too, or free. */
  private readonly listed = new Bits();
  private shared: Bits | undefined;
  private claimed: Bits | undefined;
  private pieces: number;
  private clusters: number;
  /** Reads of the FAT in all when it is enough. */
  private readonly lastRead: number;
  private readonly directories: number[] = [];

  constructor(
    private readonly store: Store,
    private readonly held: (start: number) => Uint8Array | undefined,
    { pieces, clusters, reads }: Limits,
  ) {
    this.pieces = pieces;
    this.clusters = clusters;
    this.lastRead = store.table.reads + reads;
  }

  run(): Found {
    const { rootCluster } = this.store.geometry;
    if (rootCluster !== 0) this.own(rootCluster);
    this.directories.push(rootCluster);
    this.listed.add(rootCluster);
    for (let i = 0; i < this.directories.length && this.pieces > 0; i++) {
      try {
        this.read(this.directories[i]);
      } catch (error) {
        // A sector that cannot be read is told to who asks for it.
        if (!(error instanceof FatError)) throw error;
      }
    }
    return { shared: this.shared, claimed: this.claimed };
  }

  private read(start: number): void {
    const held = this.held(start);
    if (held) return void this.scan(held);
    const { geometry, table } = this.store;
    const size = Math.max(
      geometry.sectorSize,
      Math.min(PIECE, start === 0 ? PIECE : geometry.clusterSize),
    );
    const perPiece = size / geometry.sectorSize;
    if (start === 0) {
      const end = geometry.rootSector + (geometry.rootEntries * ENTRY) / geometry.sectorSize;
      for (let at = geometry.rootSector; at < end; at += perPiece)
        if (!this.readPiece(at, Math.min(perPiece, end - at))) return;
      return;
    }
    let cluster = start;
    const most = (65536 * ENTRY) / geometry.clusterSize;
    for (let n = 0; n < most && cluster >= 2 && cluster < geometry.usableClusters + 2; n++) {
      const first = clusterSector(geometry, cluster);
      for (let at = 0, count = 0; at < geometry.sectorsPerCluster; at += count) {
        // Most directories end in their first sector.
        count = n + at === 0 ? 1 : Math.min(perPiece, geometry.sectorsPerCluster - at);
        if (!this.readPiece(first + at, count)) return;
      }
      cluster = table.get(cluster);
    }
  }

  /** False behind the last entry, and when it is enough. */
  private readPiece(sector: number, count: number): boolean {
    if (this.pieces-- <= 0) return false;
    const { geometry, sectors } = this.store;
    const bytes = new Uint8Array(count * geometry.sectorSize);
    sectors.read(sector, bytes);
    return this.scan(bytes);
  }

  /** False at the end of the directory. */
  private scan(bytes: Uint8Array): boolean {
    const { geometry } = this.store;
    for (let at = 0; at < bytes.length; at += ENTRY) {
      const lead = bytes[at];
      if (lead === 0) return false;
      if (lead === DELETED || lead === 0x2e || bytes[at + Field.Attributes] & Attribute.Volume)
        continue;
      const first = firstCluster(bytes.subarray(at, at + ENTRY), geometry.type === 32);
      if (bytes[at + Field.Attributes] & Attribute.Directory) this.list(first);
      try {
        this.own(first);
      } catch (error) {
        // A sector of the FAT that cannot be read is told to who asks for it; the other entries are looked at.
        if (!(error instanceof FatError)) throw error;
      }
    }
    return true;
  }

  /** Puts a directory on the list, once. */
  private list(start: number): void {
    if (start < 2 || start >= this.store.table.limit || this.listed.has(start)) return;
    this.listed.add(start);
    this.directories.push(start);
  }

  /** Follows a chain up to where it is another's. */
  private own(first: number): void {
    const { table } = this.store;
    let cluster = first;
    for (let n = 0; cluster >= 2 && cluster < table.limit; n++) {
      if (this.owned.has(cluster)) {
        if (!this.inChain(first, cluster, n)) (this.shared ??= new Bits()).add(cluster);
        return;
      }
      this.owned.add(cluster);
      // Behind that only first clusters are looked at.
      if (this.clusters-- <= 0 || table.reads > this.lastRead) return;
      const next = table.get(cluster);
      if (next === 0) return void (this.claimed ??= new Bits()).add(cluster);
      cluster = next;
    }
  }

  /** The cluster is one of the first `count` of a chain: a circle, not another's. */
  private inChain(first: number, wanted: number, count: number): boolean {
    let cluster = first;
    for (let n = 0; n < count; n++) {
      if (cluster === wanted) return true;
      cluster = this.store.table.get(cluster);
    }
    return false;
  }
}
