import { closeSync, openSync, readSync } from "node:fs";
import { type BlockDevice, BlockError, RamDevice } from "../../block/mod.ts";
import { FatVolume } from "../../fat/mod.ts";
import { Progress } from "./progress.ts";
import { Need, roomFor } from "./room.ts";
import type { TreeEntry } from "./host-tree.ts";
import { tell } from "./visible.ts";

/** Sectors whose contents are a part of a host file. */
interface Extent {
  readonly first: number;
  readonly sectors: number;
  readonly host: string;
  /** In the file. */
  readonly offset: number;
  /** Of the file. */
  readonly size: number;
}

/** Free space beside the files, for what the guest writes. */
const FREE = 64 << 20;

/** Files of which is told that they cannot be read. */
const MOST_TOLD = 10;

/**
 * A folder of the host as a FAT disk: table and directories are made at once, the contents of files are read from the host when a
 * sector is asked for. Read-only; an overlay takes what the guest writes.
 */
export class LazyDisk implements BlockDevice {
  readonly sectorSize = 512;
  readonly sectors: number;
  readonly readOnly = true;
  private readonly extents: Extent[] = [];
  private readonly base: RamDevice;
  /** Host files that could not be read. */
  private readonly told = new Set<string>();
  private held: { path: string; fd: number } | undefined;

  constructor(entries: readonly TreeEntry[]) {
    const { size, type, clusterSize } = roomFor(new Need(entries), FREE);
    this.base = new RamDevice(size);
    this.sectors = this.base.sectors;
    let now: number | undefined;
    const volume = FatVolume.format(this.base, {
      fats: 2,
      type,
      clusterSize,
      distinctNames: true,
      clock: () => now,
    });
    const progress = new Progress("showing the folder as a disk", entries.length, "files");
    for (const [i, entry] of entries.entries()) {
      progress.at(i);
      now = entry.mtime;
      if (entry.directory) volume.mkdir(entry.path);
      else this.place(volume, entry);
    }
    progress.end();
    volume.unmount();
    this.extents.sort((a, b) => a.first - b.first);
  }

  read(sector: number, into: Uint8Array): void {
    this.base.read(sector, into);
    const end = sector + into.length / this.sectorSize;
    for (let i = this.find(sector); i < this.extents.length; i++) {
      const extent = this.extents[i];
      if (extent.first >= end) break;
      const from = Math.max(sector, extent.first);
      const to = Math.min(end, extent.first + extent.sectors);
      if (to <= from) continue;
      const offset = extent.offset + (from - extent.first) * this.sectorSize;
      const piece = into.subarray(
        (from - sector) * this.sectorSize,
        (to - sector) * this.sectorSize,
      );
      this.readHost(
        extent.host,
        offset,
        piece.subarray(0, Math.min(piece.length, extent.size - offset)),
      );
    }
  }

  write(): void {
    throw new BlockError("the folder is not written to");
  }

  flush(): void {}

  close(): void {
    if (this.held) closeSync(this.held.fd);
    this.held = undefined;
  }

  private place(volume: FatVolume, { path, size, host }: TreeEntry): void {
    const file = volume.open(path, { write: true, create: "new" });
    // Allocates without writing.
    if (file.seek(size) < size) throw new BlockError(`${host} does not fit on the disk`);
    let offset = 0;
    for (const { sector, count } of file.sectorRuns()) {
      this.extents.push({ first: sector, sectors: count, host, offset, size });
      offset += count * this.sectorSize;
    }
    file.close();
  }

  /** The first extent that ends behind a sector. */
  private find(sector: number): number {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { first, sectors } = this.extents[middle];
      if (first + sectors <= sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A program need not say why a file ends early. */
  private tellOnce(path: string, why: string): void {
    if (this.told.size >= MOST_TOLD || this.told.has(path)) return;
    this.told.add(path);
    tell(`${path} cannot be read: ${why}; an I/O error (EIO) for the guest`);
  }

  private readHost(path: string, offset: number, into: Uint8Array): void {
    try {
      if (this.held?.path !== path) {
        this.close();
        this.held = { path, fd: openSync(path, "r") };
      }
      for (let done = 0; done < into.length;) {
        const n = readSync(this.held!.fd, into, done, into.length - done, offset + done);
        if (n === 0) throw new Error("it has become shorter meanwhile");
        done += n;
      }
    } catch (error) {
      const why = (error as { code?: string }).code ?? (error as Error).message;
      this.tellOnce(path, why);
      throw new BlockError(`${path} cannot be read: ${why}`);
    }
  }
}
