import type { BlockDevice } from "../block/mod.ts";
import { FatError } from "./error.ts";

/** A block device seen in the sectors of the file system, which may be larger than its own. */
export class Sectors {
  private readonly scale: number;
  /** Called once, before the first write. */
  beforeWriting: (() => void) | undefined;

  constructor(
    readonly device: BlockDevice,
    readonly size: number,
    private readonly readOnly: boolean,
  ) {
    this.scale = size / device.sectorSize;
  }

  read(sector: number, into: Uint8Array): void {
    try {
      this.device.read(sector * this.scale, into);
    } catch (error) {
      throw new FatError("device", `reading sector ${sector} failed: ${(error as Error).message}`);
    }
  }

  write(sector: number, from: Uint8Array): void {
    this.checkWritable();
    if (this.beforeWriting) {
      const first = this.beforeWriting;
      this.beforeWriting = undefined;
      first();
    }
    try {
      this.device.write(sector * this.scale, from);
    } catch (error) {
      throw new FatError("device", `writing sector ${sector} failed: ${(error as Error).message}`);
    }
  }

  flush(): void {
    if (!this.readOnly) this.device.flush();
  }

  checkWritable(): void {
    if (this.readOnly) throw new FatError("write protected", "the disk is write-protected");
  }
}
