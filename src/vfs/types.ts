import type { Handle } from "./file-system.ts";
import type { DeviceNode, DirEntry, Stat, StatFs } from "./node.ts";

export type { DeviceNode, DirEntry, Stat, StatFs } from "./node.ts";

/** Errors of the VFS carry a positive errno of newlib; callers decide about signs. */
export class VfsError extends Error {
  constructor(
    readonly errno: number,
    message: string,
  ) {
    super(message);
  }
}

export interface OpenFile {
  readonly fd: number;
  readonly type: "file" | "dir" | "device";
  /** Below the mount point; empty for a pipe. */
  readonly path: string;
  readonly flags: number;
  /** Set when the descriptor is a device: reading, writing and control are the kernel's. */
  readonly device?: DeviceNode;
}

/**
 * The device-independent file system. Synchronous; every failure throws VfsError. Paths are latin-1 strings as the guest
 * wrote them, relative to the one global working directory. Open flags are newlib's (O_CREAT 0x200, O_TRUNC 0x400, ...).
 */
export interface VfsApi {
  cwd: string;
  /** Called with every descriptor that `open` and `adopt` give. */
  opened?: (fd: number) => void;
  /** Normalised absolute path. */
  resolve(path: string): string;
  open(path: string, flags: number): number;
  /** True: the file is closed; another descriptor may still stand for it. */
  close(fd: number): boolean;
  /** A descriptor for something that has no path. Open flags are newlib's. */
  adopt(handle: Handle, flags: number): number;
  /** Another number, not below `least`, for what `fd` stands for: position and flags are shared. */
  dup(fd: number, least?: number): number;
  /** The same with a given number, which must be free. */
  dup2(fd: number, to: number): number;
  read(fd: number, into: Uint8Array): number;
  write(fd: number, from: Uint8Array): number;
  lseek(fd: number, offset: number, whence: number): number;
  ftruncate(fd: number, length: number): void;
  fsync(fd: number): void;
  fstat(fd: number): Stat;
  /** The next entry of an open directory; undefined at its end. */
  readdir(fd: number): DirEntry | undefined;
  stat(path: string): Stat;
  statfs(path: string): StatFs;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  chdir(path: string): void;
  list(path: string): DirEntry[];
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  exists(path: string): boolean;
  file(fd: number): OpenFile;
  /** What 0, 1 and 2 stand for in a program that has not changed that. */
  readonly console?: OpenFile;
  /** A program is over: what it has put behind 0, 1 and 2, and nowhere else, is closed and given. */
  forgetProgram?(program: number): OpenFile[];
  /** fcntl(F_SETFL): O_APPEND and O_NONBLOCK only. */
  setFlags(fd: number, flags: number): void;
  openFiles(): OpenFile[];
  mounts(): { readonly fs: string; readonly device: string | undefined; readonly path: string }[];
  /** Everything written so far is on the device. */
  sync(): void;
}
