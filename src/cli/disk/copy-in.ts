import { closeSync, openSync } from "node:fs";
import { DISK_FULL, FatError, type FatVolume } from "../../fat/mod.ts";
import { hostError } from "../host-file.ts";
import { Progress } from "./progress.ts";
import { buffer, readPiece } from "./readers.ts";

/** Smaller files take their time by their number. */
const SMALL = 64 << 10;

/** A progress line for copying: by bytes, or by files when they are small. */
export class Tally {
  private done = 0;
  private readonly small: boolean;
  private readonly progress: Progress;

  constructor(sizes: readonly number[]) {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    this.small = sizes.length > 1 && total < sizes.length * SMALL;
    this.progress = this.small
      ? new Progress("copying", sizes.length, "files")
      : new Progress("copying", total);
  }

  add(bytes: number): void {
    if (!this.small) this.progress.at((this.done += bytes));
  }

  /** A file, or folder, is complete. */
  file(): void {
    if (this.small) this.progress.at(++this.done);
  }

  end(): void {
    this.progress.end();
  }
}

/** Copies a host file to a path of a volume, with its time. Gives control back after each piece. */
export function* copyIn(
  volume: FatVolume,
  host: string,
  path: string,
  mtime: number,
  tally: Tally,
): Generator<void> {
  let fd: number;
  try {
    fd = openSync(host, "r");
  } catch (error) {
    throw hostError(host, error);
  }
  try {
    const file = volume.open(path, { write: true, create: "new" });
    const bytes = buffer();
    try {
      for (let n; (n = readPiece(fd, host, bytes)) > 0;) {
        const written = file.write(bytes.subarray(0, n));
        tally.add(written);
        if (written < n) throw new FatError("full", DISK_FULL);
        yield;
      }
    } finally {
      file.close();
    }
  } finally {
    closeSync(fd);
  }
  volume.setModified(path, mtime);
}
