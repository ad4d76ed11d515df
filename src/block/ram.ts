import { SparseBytes } from "./chunks.ts";
import { BlockError, checkRequest } from "./error.ts";
import type { BlockDevice } from "./types.ts";

/** A disk in memory that takes only the memory of what was written to it. */
export class RamDevice implements BlockDevice {
  readonly sectors: number;
  readonly readOnly = false;
  private readonly bytes = new SparseBytes();

  /** `size` in bytes, rounded down to whole sectors; `prefix` (copied) is how the disk begins, the rest is zero. */
  constructor(
    size: number,
    prefix?: Uint8Array,
    readonly sectorSize = 512,
  ) {
    this.sectors = Math.floor(size / this.sectorSize);
    if (!prefix) return;
    if (prefix.length > this.sectors * this.sectorSize) {
      throw new BlockError(
        `cannot make a disk of ${size} bytes: its contents have ${prefix.length} bytes`,
      );
    }
    this.bytes.write(0, prefix);
  }

  read(sector: number, into: Uint8Array): void {
    checkRequest(this, sector, into.length, "read");
    this.bytes.read(sector * this.sectorSize, into);
  }

  write(sector: number, from: Uint8Array): void {
    checkRequest(this, sector, from.length, "write");
    this.bytes.write(sector * this.sectorSize, from);
  }

  flush(): void {}
  close(): void {}

  /** Bytes of memory in use. */
  get allocated(): number {
    return this.bytes.allocated;
  }

  /** The whole disk as one array; `trim` drops the zeros at its end. */
  image(trim = false): Uint8Array {
    const image = new Uint8Array(this.sectors * this.sectorSize);
    this.bytes.read(0, image);
    if (!trim) return image;
    let end = image.length;
    while (end > 0 && image[end - 1] === 0) end--;
    return image.slice(0, end);
  }
}
