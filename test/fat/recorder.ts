import type { BlockDevice } from "../../src/block/mod.ts";

/** Passes writes on and remembers them. */
export class Recorder implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  readonly writes: { sector: number; bytes: Uint8Array }[] = [];

  /** A process can be killed at each multiple of `unit` bytes: sector by sector is more than a host does. */
  constructor(
    private readonly device: BlockDevice,
    private readonly unit = device.sectorSize,
  ) {
    this.sectorSize = device.sectorSize;
    this.sectors = device.sectors;
  }
  read(sector: number, into: Uint8Array): void {
    this.device.read(sector, into);
  }
  write(sector: number, from: Uint8Array): void {
    // The host can be stopped between the pages of one write.
    for (let at = 0, end = 0; at < from.length; at = end) {
      const place = sector * this.sectorSize + at;
      end = Math.min(from.length, at + this.unit - (place % this.unit));
      this.writes.push({ sector: place / this.sectorSize, bytes: from.slice(at, end) });
    }
    this.device.write(sector, from);
  }
  flush(): void {}
  close(): void {}
}

/** Small disks of each type, to be written many times. */
export const DISKS = [
  { type: 12, size: 400 << 10 },
  { type: 16, size: 2304 << 10 },
  { type: 32, size: 34 << 20 },
] as const;
