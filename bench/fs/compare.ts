/** The same work by our FAT and by ChaN's FatFs (compiled to WebAssembly), on equal disks in one process. */
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { FatFs, MODE } from "../../test/fat/fatfs.ts";

const MEGA = 1 << 20;
const FILE = 16 * MEGA;

export class Comparison {
  private readonly bytes: Uint8Array;

  private constructor(
    private readonly ours: FatVolume,
    private readonly theirs: FatFs,
    private readonly block: number,
  ) {
    this.bytes = new Uint8Array(block).fill(0x5a);
  }

  /** `block` bytes are written or read at a time. */
  static async create(block: number): Promise<Comparison> {
    const device = new RamDevice(64 * MEGA);
    const theirs = await FatFs.create(device);
    if (theirs.format(device, 0, 0, 1) !== "ok") throw new Error("FatFs cannot format");
    const image = device.image(true);
    theirs.mount(device);
    const compared = new Comparison(
      FatVolume.mount(new RamDevice(64 * MEGA, image)),
      theirs,
      block,
    );
    compared.ourWrite();
    compared.theirWrite();
    return compared;
  }

  ourWrite(): void {
    const file = this.ours.open("big.bin", { write: true, create: "truncate" });
    for (let done = 0; done < FILE; done += this.block) file.write(this.bytes);
    file.close();
  }

  ourRead(): void {
    const file = this.ours.open("big.bin", { write: false, create: "existing" });
    let done = 0;
    for (let n; (n = file.read(this.bytes)) > 0;) done += n;
    if (done !== FILE) throw new Error("we read something else");
    file.close();
  }

  theirWrite(): void {
    if (this.theirs.writeBlocks("big.bin", MODE.truncate, FILE, this.bytes) !== "ok")
      throw new Error("FatFs cannot write");
  }

  theirRead(): void {
    if (this.theirs.readBlocks("big.bin", this.block) !== FILE)
      throw new Error("FatFs reads something else");
  }
}
