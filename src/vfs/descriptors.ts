import { Errno } from "./constants.ts";
import type { Descriptor } from "./descriptor.ts";
import { STANDARD, StandardFiles } from "./standard-files.ts";
import { VfsError } from "./types.ts";

/** DFS_FD_MAX; the number of the first is 3. */
const FD_MAX = 16;

/** The table of descriptors, one for the whole system but for 0 to 2. */
export class Descriptors {
  readonly standard: StandardFiles;
  private readonly table: (Descriptor | undefined)[] = [];

  constructor(
    private readonly log: (text: string) => void,
    program: () => number,
  ) {
    this.standard = new StandardFiles(program);
  }

  /** Makes a descriptor with the lowest free number. @throws VfsError ENOMEM when the table is full */
  create(make: (fd: number) => Descriptor): Descriptor {
    const fd = this.free(0);
    const descriptor = make(fd);
    this.place(descriptor, fd);
    return descriptor;
  }

  /** The lowest free number from `least` on. */
  private free(least: number): number {
    const closed = this.standard.closed(least);
    if (closed !== undefined) return closed;
    let slot = Math.max(0, least - STANDARD);
    while (this.table[slot]) slot++;
    if (slot < FD_MAX) return slot + STANDARD;
    this.log("DFS fd new is failed! Could not found an empty fd entry.");
    throw new VfsError(Errno.ENOMEM, `all ${FD_MAX} file descriptors are in use`);
  }

  /** Has a free number stand for the descriptor. */
  place(descriptor: Descriptor, fd: number): void {
    if (fd < STANDARD) this.standard.set(fd, descriptor);
    else this.table[fd - STANDARD] = descriptor;
  }

  /** The lowest free number from `least` on stands for the descriptor as well. */
  duplicate(descriptor: Descriptor, least: number): number {
    const fd = this.free(least);
    this.place(descriptor, fd);
    return fd;
  }

  /** Whether `fd` is a number that can be given back. */
  isOwn(fd: number): boolean {
    if (fd >= 0 && fd < STANDARD) return this.standard.changeable;
    return fd >= STANDARD && fd < STANDARD + FD_MAX && fd !== this.standard.console?.fd;
  }

  /** @throws VfsError EBADF */
  get(fd: number): Descriptor {
    const found = fd >= 0 && fd < STANDARD ? this.standard.get(fd) : this.table[fd - STANDARD];
    if (!found) throw new VfsError(Errno.EBADF, `${fd} is not an open file descriptor`);
    return found;
  }

  /** Frees the number. True: none stands for its descriptor any more. */
  remove(fd: number): boolean {
    const descriptor = this.get(fd);
    if (fd < STANDARD) this.standard.set(fd, undefined);
    else delete this.table[fd - STANDARD];
    return !this.isUsed(descriptor);
  }

  /** A program is over. Gives the descriptors for which no number stands any more. */
  forget(program: number): Descriptor[] {
    const held = new Set(this.standard.forget(program));
    return [...held].filter((descriptor) => !this.isUsed(descriptor));
  }

  private isUsed(descriptor: Descriptor): boolean {
    return this.table.includes(descriptor) || this.standard.all().includes(descriptor);
  }

  all(): Descriptor[] {
    const all = [...this.standard.all(), ...this.table];
    return [...new Set(all)].filter((descriptor) => descriptor !== undefined);
  }
}
