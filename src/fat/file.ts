import { FatError } from "./error.ts";
import type { Descriptor, FileNode } from "./file-node.ts";
import { clusterSector } from "./geometry.ts";
import { HeldSector } from "./held-sector.ts";
import { joined } from "./joined.ts";

/** Files of FAT end at 4 GiB - 1. */
const MAX_SIZE = 0xffffffff;
/** Of `readAll`, in bytes. */
const PIECE = 1 << 20;
/**
 * An open file with a position. Like FatFs it keeps one sector in memory, which all descriptors of a file share: what one of them
 * writes the others read at once. On a volume that is mounted `separate`, as in FatFs, each has its own and remembers the size it
 * has seen itself: what another one writes shows up only when another sector is read. Clusters are always shared, so that two
 * descriptors cannot damage the file system.
 */
export class FatFile implements Descriptor {
  position = 0;
  /** Of a separate one. */
  private seen: number;
  readonly held: HeldSector;
  private open = true;

  constructor(
    private readonly node: FileNode,
    readonly writable: boolean,
  ) {
    this.seen = node.size;
    this.held = node.store.separate ? new HeldSector(node.store.sectors) : node.held;
    node.files.add(this);
  }

  /** Size in bytes as this descriptor knows it. */
  get size(): number {
    return this.node.store.separate ? this.seen : this.node.size;
  }

  /** Reads up to `into.length` bytes; the number is smaller only at the end of the file. */
  read(into: Uint8Array): number {
    this.check();
    const end = Math.min(this.size, this.node.size);
    const length = Math.max(0, Math.min(into.length, end - this.position));
    const size = this.node.store.geometry.sectorSize;
    for (let done = 0; done < length;) {
      const offset = this.position % size;
      const whole = Math.floor((length - done) / size);
      const { sector, count } = this.locate(offset === 0 ? Math.max(whole, 1) : 1);
      if (offset === 0 && whole > 0) {
        const piece = into.subarray(done, done + count * size);
        this.node.store.sectors.read(sector, piece);
        const { held } = this;
        if (held.dirty && held.number >= sector && held.number < sector + count)
          piece.set(held.bytes, (held.number - sector) * size);
        done += piece.length;
        this.position += piece.length;
      } else {
        this.held.hold(sector, true);
        const piece = this.held.bytes.subarray(offset, Math.min(size, offset + length - done));
        into.set(piece, done);
        done += piece.length;
        this.position += piece.length;
      }
    }
    return length;
  }

  /** Everything from the position on; in pieces, so that a size that is a lie takes no memory. */
  readAll(): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let left = this.size - this.position; left > 0;) {
      const piece = new Uint8Array(Math.min(left, PIECE));
      const length = this.read(piece);
      pieces.push(piece.subarray(0, length));
      left = length < piece.length ? 0 : left - length;
    }
    return joined(pieces);
  }

  /** Writes at the position; fewer bytes than given only when the disk is full or the file reaches 4 GiB. */
  write(from: Uint8Array): number {
    this.check();
    if (!this.writable) throw new FatError("denied", "the file is not open for writing");
    this.node.store.sectors.checkWritable();
    const size = this.node.store.geometry.sectorSize;
    const room = this.allocate(Math.min(this.position + from.length, MAX_SIZE)) - this.position;
    const length = Math.max(0, Math.min(from.length, room));
    for (let done = 0; done < length;) {
      const offset = this.position % size;
      const whole = Math.floor((length - done) / size);
      const { sector, count } = this.locate(offset === 0 ? Math.max(whole, 1) : 1);
      let moved: number;
      if (offset === 0 && whole > 0) {
        moved = count * size;
        this.node.store.sectors.write(sector, from.subarray(done, done + moved));
        const { held } = this;
        if (held.number >= sector && held.number < sector + count) {
          const at = done + (held.number - sector) * size;
          held.bytes.set(from.subarray(at, at + size));
          held.dirty = false;
        }
      } else {
        moved = Math.min(size - offset, length - done);
        this.held.hold(sector, this.position - offset < Math.max(this.size, this.node.size));
        this.held.bytes.set(from.subarray(done, done + moved), offset);
        this.held.dirty = true;
      }
      done += moved;
      this.position += moved;
      this.reached(this.position);
    }
    if (length > 0) this.node.modified = true;
    return length;
  }

  /**
   * Moves the position, and gives the one reached. Behind the end, a file open for writing grows (what it contains there is
   * undefined) as far as the disk allows; one open for reading stays at its end.
   */
  seek(position: number): number {
    this.check();
    let target = Math.min(position, MAX_SIZE);
    if (target > this.size) {
      if (!this.writable) target = this.size;
      else {
        target = Math.min(target, Math.max(this.allocate(target), this.size));
        if (target > this.size) {
          this.reached(target);
          this.node.modified = true;
        }
      }
    }
    this.position = target;
    return target;
  }

  /** Makes the file that long, as far as the disk allows; the position stays. What is added is undefined. */
  truncate(size: number): void {
    this.check();
    if (!this.writable) throw new FatError("denied", "the file is not open for writing");
    if (size < this.node.size) {
      this.held.store();
      this.node.cut(size);
      this.seen = size;
    } else {
      const { position } = this;
      this.seek(size);
      this.position = position;
    }
  }

  /** Everything written so far, and the directory entry, are on the device; with `flush` they survive the host, too. */
  sync(flush = false): void {
    this.check();
    this.held.store();
    const { node } = this;
    if (node.modified) {
      node.store.flushTable();
      node.store.writeEntry(node);
    }
    if (flush) node.store.sectors.flush();
  }

  /** Where on the disk the file lies: first sectors and numbers of sectors, in its order. */
  *sectorRuns(): Iterable<{ readonly sector: number; readonly count: number }> {
    const { chain, store } = this.node;
    const { sectorsPerCluster } = store.geometry;
    for (let index = 0; index < chain.length;) {
      const { cluster, count } = chain.at(index, chain.length - index)!;
      yield {
        sector: clusterSector(store.geometry, cluster),
        count: count * sectorsPerCluster,
      };
      index += count;
    }
  }

  /** @throws FatError "damaged" when the clusters do not reach to the end of the file */
  checkClusters(): void {
    const { chain, store, size } = this.node;
    const { clusterSize } = store.geometry;
    const needed = Math.ceil(size / clusterSize);
    if (needed > 0 && !chain.at(needed - 1)) throw this.short(chain.length * clusterSize);
  }

  close(): void {
    if (!this.open) return;
    try {
      this.sync();
    } finally {
      this.open = false;
      this.node.files.delete(this);
      this.node.store.closed(this.node);
    }
  }

  /** The volume is gone; every further use fails. */
  abandon(): void {
    this.open = false;
  }

  private check(): void {
    if (!this.open)
      throw new FatError("device", "the file is closed, or its file system was unmounted");
  }

  private reached(position: number): void {
    this.seen = Math.max(this.seen, position);
    this.node.size = Math.max(this.node.size, position);
  }

  /** Makes the chain long enough for `size` bytes; gives the bytes that fit. */
  private allocate(size: number): number {
    const { chain, store } = this.node;
    const { clusterSize } = store.geometry;
    const needed = Math.ceil(size / clusterSize);
    if (needed === 0 || chain.at(needed - 1)) return size;
    while (chain.length < needed) {
      if (!chain.extend()) return chain.length * clusterSize;
      this.node.modified = true;
    }
    return size;
  }

  /** The sector at the position and how many, at most `max`, follow it on the disk. */
  private locate(max: number): { sector: number; count: number } {
    const { geometry } = this.node.store;
    const { sectorSize, sectorsPerCluster, clusterSize } = geometry;
    const skip = Math.floor((this.position % clusterSize) / sectorSize);
    const clusters = Math.ceil((skip + max) / sectorsPerCluster);
    const run = this.node.chain.at(Math.floor(this.position / clusterSize), clusters);
    if (!run) throw this.short(this.position);
    return {
      sector: clusterSector(geometry, run.cluster) + skip,
      count: Math.min(max, run.count * sectorsPerCluster - skip),
    };
  }

  private short(end: number): FatError {
    return new FatError(
      "damaged",
      `the file system is damaged: the file has ${this.node.size} bytes, but its clusters end before byte ${end}`,
    );
  }
}
