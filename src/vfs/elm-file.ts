import type { FatFile } from "../fat/mod.ts";
import { Errno } from "./constants.ts";
import type { DamageGuard } from "./damage-guard.ts";
import type { Handle } from "./file-system.ts";
import { VfsError } from "./types.ts";

/** Of a file of FAT. */
const MAX_SIZE = 0xffffffff;
/** Bytes. */
const CLEARED_AT_ONCE = 0x10000;

function isZero(bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n++) if (bytes[n] !== 0) return false;
  return true;
}

/** An open file of a FAT volume; what it is made longer by is zero. */
export class ElmFile implements Handle {
  readonly type = "file";
  constructor(
    private readonly file: FatFile,
    private readonly path: string,
    private readonly guard: DamageGuard,
    private readonly compat404: boolean,
  ) {}

  get size(): number {
    return this.file.size;
  }
  get current(): boolean {
    return !this.compat404;
  }
  get position(): number {
    return this.file.position;
  }
  read(into: Uint8Array): number {
    return this.guard.run(this.path, () => this.file.read(into));
  }
  readAll(): Uint8Array {
    return this.guard.run(this.path, () => this.file.readAll());
  }
  write(from: Uint8Array): number {
    this.guard.checkWritable();
    if (from.length > 0 && !this.compat404) this.fill();
    const length = this.guard.run(this.path, () => this.file.write(from));
    if (length > 0 || from.length === 0 || this.compat404) return length;
    if (this.file.position >= MAX_SIZE) throw new VfsError(Errno.EFBIG, "files end at 4 GiB - 1");
    throw new VfsError(Errno.ENOSPC, "the disk is full");
  }
  /** The file was made shorter than the position: what lies in between is zero when something is written here. */
  private fill(): void {
    const { file } = this;
    const { position } = file;
    if (position <= file.size || !file.writable || this.seek(position) === position) return;
    file.position = position;
    throw new VfsError(Errno.ENOSPC, "the disk is full");
  }
  seek(position: number): number {
    return this.guard.run(this.path, () => {
      const { file } = this;
      const end = file.size;
      const reached = file.seek(position);
      if (reached > end && !this.compat404) this.clear(end, reached);
      return reached;
    });
  }
  truncate(size: number): void {
    this.guard.checkWritable();
    this.guard.run(this.path, () => {
      const { file } = this;
      const end = file.size;
      file.truncate(size);
      if (file.size > end && !this.compat404) this.clear(end, file.size);
    });
  }
  /**
   * What the file was made longer by is zero, and the position stays. FatFs, and so 4.0.4, leaves there what the disk has of files that were
   * deleted. Only what is not zero is written to, for most of a disk was never used.
   */
  private clear(from: number, end: number): void {
    const { file } = this;
    const { position } = file;
    const bytes = new Uint8Array(Math.min(end - from, CLEARED_AT_ONCE));
    for (let at = from; at < end;) {
      file.seek(at);
      const part = bytes.subarray(0, Math.min(bytes.length, end - at));
      const length = file.read(part);
      if (length === 0) break;
      if (!isZero(part)) {
        file.seek(at);
        file.write(part.fill(0).subarray(0, length));
      }
      at += length;
    }
    // It may lie beyond the end, and seek would make the file longer.
    file.position = position;
  }
  sync(): void {
    this.guard.run(this.path, () => this.file.sync(true));
  }
  close(): void {
    this.guard.run(this.path, () => this.file.close());
  }
}
