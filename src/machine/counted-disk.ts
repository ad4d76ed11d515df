import type { BlockDevice } from "../block/mod.ts";

/** Passes everything on to a device and counts the sectors. */
export class CountedDisk implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  sectorsRead = 0;
  sectorsWritten = 0;

  constructor(private readonly device: BlockDevice) {
    this.sectorSize = device.sectorSize;
    this.sectors = device.sectors;
    this.readOnly = device.readOnly;
  }

  read(sector: number, into: Uint8Array): void {
    this.sectorsRead += into.length / this.sectorSize;
    this.device.read(sector, into);
  }

  write(sector: number, from: Uint8Array): void {
    this.sectorsWritten += from.length / this.sectorSize;
    this.device.write(sector, from);
  }

  flush(): void {
    this.device.flush();
  }

  close(): void {
    this.device.close();
  }
}
