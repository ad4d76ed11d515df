import { checkRequest, checkWritable } from "./error.ts";
import type { BlockDevice } from "./types.ts";

/** A file of the host; the core has no I/O, so the caller brings it. Offsets and sizes in bytes. */
export interface HostFile {
  readonly size: number;
  /** Fills all of `into`. */
  readAt(offset: number, into: Uint8Array): void;
  writeAt(offset: number, from: Uint8Array): void;
  /** What was written survives a crash of the host. */
  flush(): void;
  close(): void;
}

export interface FileOptions {
  readonly readOnly?: boolean;
  /** 512 when absent. */
  readonly sectorSize?: number;
}

/** A raw disk image. A partial sector at the end of the file is left out. */
export class FileDevice implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;

  constructor(
    private readonly file: HostFile,
    options: FileOptions = {},
  ) {
    this.sectorSize = options.sectorSize ?? 512;
    this.sectors = Math.floor(file.size / this.sectorSize);
    this.readOnly = options.readOnly ?? false;
  }

  read(sector: number, into: Uint8Array): void {
    checkRequest(this, sector, into.length, "read");
    this.file.readAt(sector * this.sectorSize, into);
  }

  write(sector: number, from: Uint8Array): void {
    checkWritable(this);
    checkRequest(this, sector, from.length, "write");
    this.file.writeAt(sector * this.sectorSize, from);
  }

  flush(): void {
    if (!this.readOnly) this.file.flush();
  }

  close(): void {
    this.file.close();
  }
}
