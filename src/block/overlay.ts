import { SparseBytes } from "./chunks.ts";
import { checkRequest } from "./error.ts";
import type { BlockDevice } from "./types.ts";

/**
 * Copy-on-write: reads come from `base` until a sector is written, writes stay in memory. The base is not written, so
 * closing the overlay discards all changes unless `commit` was called.
 */
export class OverlayDevice implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  private readonly changed = new SparseBytes();
  private readonly written = new Set<number>();

  constructor(private readonly base: BlockDevice) {
    this.sectorSize = base.sectorSize;
    this.sectors = base.sectors;
  }

  read(sector: number, into: Uint8Array): void {
    const count = checkRequest(this, sector, into.length, "read");
    const size = this.sectorSize;
    for (let i = 0; i < count;) {
      const ours = this.written.has(sector + i);
      let end = i + 1;
      while (end < count && this.written.has(sector + end) === ours) end++;
      const piece = into.subarray(i * size, end * size);
      if (ours) this.changed.read((sector + i) * size, piece);
      else this.base.read(sector + i, piece);
      i = end;
    }
  }

  write(sector: number, from: Uint8Array): void {
    const count = checkRequest(this, sector, from.length, "write");
    this.changed.write(sector * this.sectorSize, from);
    for (let i = 0; i < count; i++) this.written.add(sector + i);
  }

  flush(): void {}

  /** Writes the changes to the base, in the order of the disk; the overlay starts anew. */
  commit(): void {
    const size = this.sectorSize;
    const order = [...this.written].sort((a, b) => a - b);
    for (let i = 0; i < order.length;) {
      const first = order[i];
      let last = first;
      while (++i < order.length && order[i] === last + 1 && last - first < 127) last++;
      const bytes = new Uint8Array((last - first + 1) * size);
      this.changed.read(first * size, bytes);
      this.base.write(first, bytes);
    }
    this.written.clear();
  }

  close(): void {
    this.base.close();
  }
}
