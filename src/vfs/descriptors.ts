import { Errno } from "./constants.ts";
import type { Descriptor } from "./descriptor.ts";
import { VfsError } from "./types.ts";

/** DFS_FD_MAX, and the number of the first: 0 to 2 stand for the console's. */
const FD_MAX = 16;
const FD_OFFSET = 3;

/** The table of descriptors, one for the whole system. */
export class Descriptors {
  private readonly table: (Descriptor | undefined)[] = [];
  /** What 0, 1 and 2 stand for. */
  console: Descriptor | undefined;

  constructor(private readonly log: (text: string) => void) {}

  /** Makes a descriptor with the lowest free number. @throws VfsError ENOMEM when the table is full */
  create(make: (fd: number) => Descriptor): Descriptor {
    const slot = this.freeSlot(0);
    const descriptor = make(slot + FD_OFFSET);
    this.table[slot] = descriptor;
    return descriptor;
  }

  private freeSlot(from: number): number {
    let slot = from;
    while (this.table[slot]) slot++;
    if (slot < FD_MAX) return slot;
    this.log("DFS fd new is failed! Could not found an empty fd entry.");
    throw new VfsError(Errno.ENOMEM, `all ${FD_MAX} file descriptors are in use`);
  }

  /** The lowest free number from `least` on stands for the descriptor as well. */
  duplicate(descriptor: Descriptor, least: number): number {
    const slot = this.freeSlot(Math.max(0, least - FD_OFFSET));
    this.table[slot] = descriptor;
    return slot + FD_OFFSET;
  }

  /** Whether `fd` is a number of this table that can be given back. */
  isOwn(fd: number): boolean {
    return fd >= FD_OFFSET && fd < FD_OFFSET + FD_MAX && fd !== this.console?.fd;
  }

  /** @throws VfsError EBADF */
  get(fd: number): Descriptor {
    const found = fd >= 0 && fd < FD_OFFSET ? this.console : this.table[fd - FD_OFFSET];
    if (!found) throw new VfsError(Errno.EBADF, `${fd} is not an open file descriptor`);
    return found;
  }

  /** Frees the number. True: none stands for its descriptor any more. */
  remove(fd: number): boolean {
    const descriptor = this.table[fd - FD_OFFSET];
    delete this.table[fd - FD_OFFSET];
    return !this.table.includes(descriptor);
  }

  all(): Descriptor[] {
    return [...new Set(this.table)].filter((descriptor) => descriptor !== undefined);
  }
}
