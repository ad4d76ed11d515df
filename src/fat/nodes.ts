import { Chain } from "./chain.ts";
import type { DirectoryEntry } from "./entry.ts";
import { Field, firstCluster, read32 } from "./entry.ts";
import { FileNode, type FileStore } from "./file-node.ts";
import type { Located } from "./tree.ts";

/** The open files of a volume, by the place of their directory entry. */
export class OpenNodes {
  private readonly nodes = new Map<number, FileNode>();

  constructor(private readonly store: FileStore) {}

  has(located: Located): boolean {
    return this.find(located) !== undefined;
  }

  find({ directory, entry }: Located): FileNode | undefined {
    return this.nodes.get(placeOf(directory.start, entry.slot));
  }

  /** What all descriptors of one file share; made when there is none yet. */
  get({ directory, entry }: Located): FileNode {
    const place = placeOf(directory.start, entry.slot);
    const found = this.nodes.get(place);
    if (found) return found;
    const { store } = this;
    const view = directory.view(entry.slot);
    const first = firstCluster(view, store.geometry.type === 32);
    const chain = new Chain(store.table, first, `the entry of ${entry.name}`);
    const size = read32(view, Field.Size);
    const node = new FileNode(store, directory.start, entry.slot, chain, size);
    this.nodes.set(place, node);
    return node;
  }

  /** The entry of a file is somewhere else now. */
  moved({ directory, entry }: Located, start: number, target: DirectoryEntry): void {
    const place = placeOf(directory.start, entry.slot);
    const node = this.nodes.get(place);
    if (!node) return;
    this.nodes.delete(place);
    node.directory = start;
    node.slot = target.slot;
    this.nodes.set(placeOf(start, target.slot), node);
  }

  /** A descriptor was closed. */
  closed(node: FileNode): void {
    if (node.files.size === 0) this.nodes.delete(placeOf(node.directory, node.slot));
  }

  sync(): void {
    for (const node of this.nodes.values()) for (const file of node.files) file.sync();
  }

  abandon(): void {
    for (const node of this.nodes.values()) for (const file of node.files) file.abandon();
    this.nodes.clear();
  }
}

/** One number for the place of an entry; a directory has at most 65536 slots. */
function placeOf(directory: number, slot: number): number {
  return directory * 65536 + slot;
}
