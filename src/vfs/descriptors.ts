import { Errno } from "./constants.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type OpenFile, VfsError } from "./types.ts";

/** DFS_FD_MAX, and the number of the first: 0 to 2 stand for the console's. */
const FD_MAX = 16;
const FD_OFFSET = 3;

/** One open descriptor. */
export class Descriptor implements OpenFile {
  /** As DFS keeps it: refreshed by write and ftruncate only, seen by SEEK_END and fstat. */
  size: number;
  position: number;

  constructor(
    readonly fd: number,
    readonly fs: FileSystem,
    readonly path: string,
    public flags: number,
    readonly handle: Handle,
  ) {
    this.size = handle.size;
    this.position = handle.position ?? 0;
  }

  get type(): Handle["type"] {
    return this.handle.type;
  }
  get device(): Handle["device"] {
    return this.handle.device;
  }
}

/** The table of descriptors, one for the whole system. */
export class Descriptors {
  private readonly table: (Descriptor | undefined)[] = [];
  /** What 0, 1 and 2 stand for. */
  console: Descriptor | undefined;

  constructor(private readonly log: (text: string) => void) {}

  /** Makes a descriptor with the lowest free number. @throws VfsError ENOMEM when the table is full */
  create(make: (fd: number) => Descriptor): Descriptor {
    let slot = 0;
    while (this.table[slot]) slot++;
    if (slot >= FD_MAX) {
      this.log("DFS fd new is failed! Could not found an empty fd entry.");
      throw new VfsError(Errno.ENOMEM, `all ${FD_MAX} file descriptors are in use`);
    }
    const descriptor = make(slot + FD_OFFSET);
    this.table[slot] = descriptor;
    return descriptor;
  }

  /** @throws VfsError EBADF */
  get(fd: number): Descriptor {
    const found = fd >= 0 && fd < FD_OFFSET ? this.console : this.table[fd - FD_OFFSET];
    if (!found) throw new VfsError(Errno.EBADF, `${fd} is not an open file descriptor`);
    return found;
  }

  remove(descriptor: Descriptor): void {
    delete this.table[descriptor.fd - FD_OFFSET];
  }

  all(): Descriptor[] {
    return this.table.filter((descriptor) => descriptor !== undefined);
  }
}
