import { Bits } from "./bits.ts";
import { SparseBytes } from "./chunks.ts";
import { checkRequest } from "./error.ts";
import type { BlockDevice } from "./types.ts";

/** Where changes are kept; offsets in bytes. What was not written is not read. */
export interface Storage {
  read(offset: number, into: Uint8Array): void;
  write(offset: number, from: Uint8Array): void;
}

/**
 * Copy-on-write: reads come from `base` until a sector is written, writes stay in memory. The base is not written, so
 * closing the overlay discards all changes unless `commit` was called.
 */
export class OverlayDevice implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  private readonly written = new Bits();

  /** `changed` keeps what is written, by its place in bytes. */
  constructor(
    private readonly base: BlockDevice,
    private readonly changed: Storage = new SparseBytes(),
  ) {
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
    let first = 0;
    let count = 0;
    const write = (): void => {
      if (count === 0) return;
      const bytes = new Uint8Array(count * size);
      this.changed.read(first * size, bytes);
      this.base.write(first, bytes);
    };
    for (const sector of this.written) {
      if (count > 0 && sector === first + count && count < 128) {
        count++;
        continue;
      }
      write();
      [first, count] = [sector, 1];
    }
    write();
    this.written.clear();
  }

  close(): void {
    this.base.close();
  }
}
