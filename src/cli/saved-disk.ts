import type { BlockDevice } from "../block/mod.ts";
import type { NewImage } from "./disk/save-image.ts";

/** A disk that goes to a file of the host when it is closed. The file is begun at once: what cannot work fails before the work. */
export class SavedDisk implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  private image: NewImage | undefined;

  constructor(
    private readonly device: BlockDevice,
    path: string,
  ) {
    ({ sectorSize: this.sectorSize, sectors: this.sectors, readOnly: this.readOnly } = device);
    const save = require("./disk/save-image.ts") as typeof import("./disk/save-image.ts");
    this.image = new save.NewImage(path);
  }

  read(sector: number, into: Uint8Array): void {
    this.device.read(sector, into);
  }

  write(sector: number, from: Uint8Array): void {
    this.device.write(sector, from);
  }

  flush(): void {
    this.device.flush();
  }

  /** What was to be saved is not complete: the file stays as it was. */
  discard(): void {
    this.image?.discard();
    this.image = undefined;
  }

  close(): void {
    const { image } = this;
    this.image = undefined;
    if (!image) return this.device.close();
    try {
      image.fill(this);
      image.finish();
    } catch (error) {
      image.discard();
      throw error;
    } finally {
      this.device.close();
    }
  }
}
