import type { DeviceNode, DirEntry, Stat, StatFs } from "./node.ts";

/** What an open descriptor stands for. Failures are VfsError; what a type does not have is absent. */
export interface Handle {
  readonly type: "file" | "dir" | "device";
  /** In bytes. */
  readonly size: number;
  /** The size is that of the file, whichever descriptor changed it. */
  readonly current?: boolean;
  readonly device?: DeviceNode;
  read?(into: Uint8Array): number;
  /** Everything from the position on. */
  readAll?(): Uint8Array;
  write?(from: Uint8Array): number;
  /** Gives the position reached. */
  seek?(position: number): number;
  truncate?(size: number): void;
  sync?(): void;
  /** The next entry of a directory. */
  next?(): DirEntry | undefined;
  /** Goes to the n-th entry of a directory. */
  seekEntry?(index: number): void;
  readonly position?: number;
  close(): void;
}

/** A file system type with a device below it, as DFS sees it. Paths begin with `/` and are normal. */
export interface FileSystem {
  readonly type: string;
  readonly device: string | undefined;
  open(path: string, flags: number): Handle;
  stat(path: string): Stat;
  /** undefined: the type has none. */
  statfs?(): StatFs;
  unlink?(path: string): void;
  rename?(from: string, to: string): void;
  sync(): void;
  /** The device is about to be written by somebody else. */
  reload?(): void;
  unmount(): void;
}
