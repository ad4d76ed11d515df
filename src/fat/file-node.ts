import type { Chain } from "./chain.ts";
import { HeldSector } from "./held-sector.ts";
import type { Store } from "./slots.ts";

/** What an open file needs of its volume beyond sectors and table. */
export interface FileStore extends Store {
  /** Writes size, first cluster and time stamp of a node to its directory entry. */
  writeEntry(node: FileNode): void;
  closed(node: FileNode): void;
  /** As in FatFs each descriptor of a file has its own sector in memory, and knows the size that it has seen. */
  readonly separate: boolean;
}

/** What a file knows of the descriptors that are open on it. */
export interface Descriptor {
  readonly held: HeldSector;
  sync(): void;
  abandon(): void;
}

/** What all descriptors of one file share: where its entry is, its clusters, its size, and the sector in memory. */
export class FileNode {
  readonly files = new Set<Descriptor>();
  readonly held: HeldSector;
  /** Clusters, size or time of the directory entry are out of date. */
  modified = false;

  constructor(
    readonly store: FileStore,
    /** First cluster of the directory that holds the entry. */
    public directory: number,
    public slot: number,
    readonly chain: Chain,
    public size: number,
  ) {
    this.held = new HeldSector(store.sectors);
  }

  /** Shortens the file. */
  cut(size: number): void {
    this.chain.cut(Math.ceil(size / this.store.geometry.clusterSize));
    this.size = size;
    // The entry goes to the disk before the freed clusters do: killed in between, clusters are lost, never shared.
    this.store.writeEntry(this);
    this.store.flushTable();
    for (const file of this.files) file.held.drop();
  }
}
