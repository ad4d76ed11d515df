import { Chain } from "./chain.ts";
import { FatFile } from "./file.ts";
import { FileNode, type FileStore } from "./file-node.ts";

/** What a replacement needs of its volume. */
interface ReplacementParts {
  readonly store: FileStore;
  /** Writes first cluster and size into the entry of the file, and frees what it had. */
  take(first: number, size: number): void;
}

/**
 * New contents for a file: they have clusters but no entry until `commit`, which changes that of the file in one write. Killed
 * before or after, the file has what it had or the new contents; clusters can be lost.
 */
export class Replacement {
  private readonly node: FileNode;
  private readonly file: FatFile;

  constructor(private readonly parts: ReplacementParts) {
    const { store } = parts;
    const detached: FileStore = {
      geometry: store.geometry,
      sectors: store.sectors,
      table: store.table,
      packed: store.packed,
      separate: store.separate,
      flushTable: () => store.flushTable(),
      writeEntry: (node) => void (node.modified = false),
      closed: () => {},
    };
    this.node = new FileNode(detached, 0, 0, new Chain(store.table, 0, "a new file"), 0);
    this.file = new FatFile(this.node, true);
  }

  /** Appends; fewer bytes than given only when the disk is full or the file reaches 4 GiB. */
  write(bytes: Uint8Array): number {
    return this.file.write(bytes);
  }

  /** The file has the new contents. */
  commit(): void {
    this.file.close();
    this.parts.take(this.node.chain.first, this.node.size);
  }

  /** The file keeps what it has. */
  discard(): void {
    this.node.cut(0);
    this.file.close();
  }
}
