import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlockDevice, PartitionDevice, RamDevice, type Storage } from "../../block/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { isZero } from "./save-image.ts";

const SECTOR = 512;
const PIECE = 1 << 20;
/** Contents up to this stay in memory. */
const IN_MEMORY = 64 << 20;

/**
 * A disk for what is unpacked. Zeros take nothing; when the rest outgrows the memory meant for it, everything moves to a temporary
 * file that has no name and ends with the process.
 */
export class SpillDisk implements BlockDevice {
  readonly sectorSize = SECTOR;
  readonly sectors: number;
  readonly readOnly = false;
  private memory: RamDevice | undefined;
  private fd = -1;
  /** The first sector behind everything written. */
  private end = 0;

  /** `size` in bytes, rounded down to whole sectors. */
  constructor(
    size: number,
    private readonly limit = IN_MEMORY,
  ) {
    this.memory = new RamDevice(size);
    this.sectors = this.memory.sectors;
  }

  read(sector: number, into: Uint8Array): void {
    if (this.memory) return this.memory.read(sector, into);
    const offset = sector * this.sectorSize;
    for (let done = 0; done < into.length;) {
      const n = readSync(this.fd, into, done, into.length - done, offset + done);
      // The file ends where the last contents do.
      if (n === 0) return void into.fill(0, done);
      done += n;
    }
  }

  write(sector: number, from: Uint8Array): void {
    if (!this.memory) return this.writeFile(sector * this.sectorSize, from);
    this.memory.write(sector, from);
    this.end = Math.max(this.end, sector + from.length / this.sectorSize);
    if (this.memory.allocated > this.limit) this.spill(this.memory);
  }

  /** By bytes, at whole sectors. */
  get storage(): Storage {
    return {
      read: (offset, into) => this.read(offset / this.sectorSize, into),
      write: (offset, from) => this.write(offset / this.sectorSize, from),
    };
  }

  flush(): void {}

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }

  private spill(memory: RamDevice): void {
    const path = join(tmpdir(), `rtt-sim-${process.pid}-${crypto.randomUUID()}`);
    this.fd = guarded(() => openSync(path, "wx+", 0o600));
    rmSync(path);
    const bytes = new Uint8Array(PIECE);
    for (let at = 0; at < this.end; at += PIECE / this.sectorSize) {
      const piece = bytes.subarray(0, Math.min(PIECE, (this.end - at) * this.sectorSize));
      memory.read(at, piece);
      if (!isZero(piece)) this.writeFile(at * this.sectorSize, piece);
    }
    this.memory = undefined;
  }

  private writeFile(offset: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;)
      done += guarded(() => writeSync(this.fd, from, done, from.length - done, offset + done));
  }
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = (error as { code?: string }).code ?? String(error);
    throw new UserError(
      ExitCode.NoOutput,
      `cannot write a temporary file in ${tmpdir()}: ${code === "ENOSPC" ? "it is full" : code}`,
      "TMPDIR names another folder",
    );
  }
}

/** A disk image that comes in pieces of any length, from its beginning. */
export class UnpackedImage {
  /** Bytes so far. */
  size = 0;
  private readonly disk: SpillDisk;
  /** What does not fill a sector yet. */
  private readonly rest = new Uint8Array(SECTOR);

  /** It will have no more than so many bytes. */
  constructor(most: number) {
    this.disk = new SpillDisk(most);
  }

  append(piece: Uint8Array): void {
    const held = this.size % SECTOR;
    const sector = (this.size - held) / SECTOR;
    this.size += piece.length;
    const first = held === 0 ? 0 : Math.min(SECTOR - held, piece.length);
    this.rest.set(piece.subarray(0, first), held);
    if (held + first === SECTOR) this.disk.write(sector, this.rest);
    const whole = Math.floor((piece.length - first) / SECTOR) * SECTOR;
    const body = piece.subarray(first, first + whole);
    if (whole > 0) this.disk.write(sector + (held === 0 ? 0 : 1), body);
    if (first + whole < piece.length) this.rest.set(piece.subarray(first + whole));
  }

  /** The whole sectors of it. */
  device(): BlockDevice {
    return new PartitionDevice(this.disk, 0, Math.floor(this.size / SECTOR));
  }

  close(): void {
    this.disk.close();
  }
}
