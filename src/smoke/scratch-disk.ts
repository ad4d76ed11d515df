import { type BlockDevice, RamDevice } from "../block/mod.ts";

/** Sectors after which a disk is not worth keeping: 2 MiB. */
const KEPT_MAX = 4096;

/**
 * Disks that all begin as the same image. One that is closed is set back, by the sectors that were written, and given to the next
 * test: a new one would leave half a megabyte to the host's garbage collector.
 */
export class ScratchDisks {
  private readonly idle: ScratchDisk[] = [];
  private image: RamDevice | undefined;

  /** `make` gives a disk as it is at first. */
  constructor(private readonly make: () => RamDevice) {}

  take(): BlockDevice {
    this.image ??= this.make();
    return this.idle.pop() ?? new ScratchDisk(this.make(), this.image, this.idle);
  }
}

class ScratchDisk implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  private readonly written = new Set<number>();

  constructor(
    private readonly copy: RamDevice,
    private readonly image: RamDevice,
    private readonly idle: ScratchDisk[],
  ) {
    ({ sectorSize: this.sectorSize, sectors: this.sectors } = image);
  }

  read(sector: number, into: Uint8Array): void {
    this.copy.read(sector, into);
  }

  write(sector: number, from: Uint8Array): void {
    this.copy.write(sector, from);
    for (let n = 0; n < from.length / this.sectorSize; n++) this.written.add(sector + n);
  }

  flush(): void {}

  close(): void {
    if (this.written.size > KEPT_MAX || this.idle.includes(this)) return;
    const before = new Uint8Array(this.sectorSize);
    for (const sector of this.written) {
      this.image.read(sector, before);
      this.copy.write(sector, before);
    }
    this.written.clear();
    this.idle.push(this);
  }
}
