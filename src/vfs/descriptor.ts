import { Errno, Mode, OpenFlag, Seek } from "./constants.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type DirEntry, type OpenFile, type Stat, VfsError } from "./types.ts";

/** sizeof(struct dirent): the unit of positions in a directory. */
const DIRENT = 260;
/** DFS_F_OPEN, which fcntl(F_GETFL) shows. */
const F_OPEN = 0x1000000;
const SETTABLE = OpenFlag.Append | OpenFlag.NonBlock;

/** What stat says of a directory without an entry. */
export const DIRECTORY: Stat = {
  mode: Mode.Dir | Mode.Read | Mode.Write | Mode.Exec,
  size: 0,
  mtime: 0,
};

/** One open descriptor (struct dfs_fd), and what calls do with it. Failures are VfsError. */
export class Descriptor implements OpenFile {
  flags: number;
  /** As DFS keeps it: refreshed by write and ftruncate only. */
  private known: number;
  /** The size that a seek beyond the end has made: until something is written, the end is where it was. */
  private sought = -1;
  private position: number;

  constructor(
    readonly fd: number,
    readonly fs: FileSystem,
    readonly path: string,
    flags: number,
    readonly handle: Handle,
  ) {
    this.flags = flags | F_OPEN;
    this.known = handle.size;
    this.position = handle.position ?? 0;
  }

  /** For SEEK_END and fstat. */
  private get size(): number {
    const { current, size } = this.handle;
    return current && size !== this.sought ? size : this.known;
  }

  get type(): Handle["type"] {
    return this.handle.type;
  }
  get device(): Handle["device"] {
    return this.handle.device;
  }

  read(into: Uint8Array): number {
    const { handle } = this;
    if (!handle.read) throw this.notPossible("read");
    const length = handle.read(into);
    this.position = handle.position ?? 0;
    return length;
  }

  readAll(): Uint8Array {
    if (!this.handle.readAll) throw this.notPossible("read");
    return this.handle.readAll();
  }

  write(from: Uint8Array): number {
    const { handle } = this;
    if (!handle.write) throw this.notPossible("written");
    const length = handle.write(from);
    this.position = handle.position ?? 0;
    this.known = handle.size;
    this.sought = -1;
    return length;
  }

  /** Gives the position asked for, which a file open for reading only may not have reached. */
  seek(offset: number, whence: number): number {
    const { handle } = this;
    let target = offset;
    if (whence === Seek.Cur) target += this.position;
    else if (whence === Seek.End) target += this.size;
    else if (whence !== Seek.Set)
      throw new VfsError(Errno.EINVAL, `${whence} is not a SEEK_ value`);
    if (target < 0 || target > 0x7fffffff)
      throw new VfsError(Errno.EINVAL, `${target} is not a position in a file`);
    if (handle.seekEntry) {
      handle.seekEntry(Math.floor(target / DIRENT));
      this.position = target;
    } else if (handle.seek) {
      const { size } = this;
      const before = handle.size;
      this.position = handle.seek(target);
      if (handle.size > before) {
        this.known = handle.current ? size : this.known;
        this.sought = handle.size;
      }
    } else throw new VfsError(Errno.ENOSYS, "a device has no position");
    return target;
  }

  truncate(length: number): void {
    if (length < 0 || !this.handle.truncate)
      throw new VfsError(Errno.EINVAL, "only a file can be truncated, and to a size from 0 on");
    this.handle.truncate(length);
    this.known = length;
    this.sought = -1;
  }

  sync(): void {
    const { handle } = this;
    if (handle.type === "device") throw new VfsError(Errno.ENOSYS, "a device has no fsync");
    handle.sync?.();
  }

  stat(): Stat {
    if (this.type === "dir") return DIRECTORY;
    return { mode: Mode.Reg | Mode.Read | Mode.Write, size: this.size, mtime: 0 };
  }

  /** The next entry of a directory. */
  next(): DirEntry | undefined {
    if (!this.handle.next) throw new VfsError(Errno.EINVAL, `${this.path} is not a directory`);
    const entry = this.handle.next();
    if (entry) this.position += DIRENT;
    return entry;
  }

  /** fcntl(F_SETFL): only O_APPEND and O_NONBLOCK can change. */
  setFlags(flags: number): void {
    this.flags = (this.flags & ~SETTABLE) | (flags & SETTABLE);
  }

  private notPossible(how: string): VfsError {
    if (this.type === "dir") return new VfsError(Errno.EISDIR, `${this.path} is a directory`);
    return new VfsError(Errno.ENOSYS, `${this.path} is a device and cannot be ${how} here`);
  }
}
