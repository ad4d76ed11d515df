import {
  decode437,
  type DirectoryReader,
  encode437,
  FatError,
  type FatFile,
  type FatInfo,
  type FatReason,
  type FatVolume,
  type OpenMode,
} from "../fat/mod.ts";
import { Errno, Mode, OpenFlag } from "./constants.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type DirEntry, type Stat, type StatFs, VfsError } from "./types.ts";

/** How the results of FatFs become errno in RT-Thread (elm_result_to_dfs). */
const ERRNO: Record<FatReason, number> = {
  "no file": Errno.ENOENT,
  "no path": Errno.ENOENT,
  "invalid name": Errno.EINVAL,
  exists: Errno.EEXIST,
  denied: Errno.EROFS,
  full: Errno.ENOSPC,
  busy: Errno.EBUSY,
  "write protected": Errno.EROFS,
  "no file system": Errno.ENOENT,
  damaged: Errno.EIO,
  device: Errno.EIO,
  "cannot format": Errno.EINVAL,
};

/** Runs a call of the FAT layer; its failures become VfsError. */
export function asVfs<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FatError) throw new VfsError(ERRNO[error.reason], error.message);
    throw error;
  }
}

/** The same as RT-Thread 4.0.4 has it: FatFs calls a full disk "denied". */
export function asVfs404<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FatError && error.reason === "full")
      throw new VfsError(ERRNO.denied, error.message);
    return asVfs(() => {
      throw error;
    });
  }
}

const MAX_NAME = 255;
/** Of a file of FAT. */
const MAX_SIZE = 0xffffffff;

/**
 * A path of the guest (one byte per character, code page 437) in Unicode. As in FatFs a control character ends it; the board
 * cuts long paths instead of refusing them, here it is the name that is cut.
 */
function fatPath(path: string): string {
  const end = path.search(/[\x00-\x1f]/);
  const text = decode437(end < 0 ? path : path.slice(0, end));
  return text.replace(/[^/\\]+/g, (name) => name.slice(0, MAX_NAME));
}

/** A name for the guest: the 8.3 one when the long one has characters that code page 437 lacks. */
function guestName(info: FatInfo): string {
  return encode437(info.name) ?? encode437(info.alias) ?? "?";
}

/** elm: a FAT volume as a file system of DFS. */
export class ElmFs implements FileSystem {
  readonly type = "elm";

  private readonly run: typeof asVfs;

  /** `compat404`: a full disk is told as RT-Thread 4.0.4 does. */
  constructor(
    readonly volume: FatVolume,
    readonly device: string,
    private readonly compat404 = false,
  ) {
    this.run = compat404 ? asVfs404 : asVfs;
  }

  open(path: string, flags: number): Handle {
    const where = fatPath(path);
    return this.run(() => {
      if (flags & OpenFlag.Directory) {
        if (flags & OpenFlag.Creat) this.volume.mkdir(where);
        return new ElmDirectory(this.volume.openDirectory(where));
      }
      const file = this.volume.open(where, openMode(flags));
      if (flags & OpenFlag.Append) file.seek(file.size);
      return new ElmFile(file, this.compat404);
    });
  }

  stat(path: string): Stat {
    const info = this.run(() => this.volume.stat(fatPath(path)));
    const type = info.directory ? Mode.Dir | Mode.Exec : Mode.Reg;
    const mode = type | Mode.Read | (info.readOnly ? 0 : Mode.Write);
    return { mode, size: info.size, mtime: info.modified };
  }

  /** DFS counts sectors, not clusters. */
  statfs(): StatFs {
    const { sectorSize, clusterSize, clusters, freeClusters } = this.run(() => this.volume.space());
    const perCluster = clusterSize / sectorSize;
    return {
      blockSize: sectorSize,
      blocks: clusters * perCluster,
      free: freeClusters * perCluster,
    };
  }

  unlink(path: string): void {
    this.run(() => this.volume.unlink(fatPath(path)));
  }

  rename(from: string, to: string): void {
    this.run(() => this.volume.rename(fatPath(from), fatPath(to)));
  }

  sync(): void {
    this.run(() => this.volume.sync());
  }

  reload(): void {
    this.run(() => this.volume.reload());
  }

  unmount(): void {
    this.run(() => this.volume.unmount());
  }
}

/** O_EXCL and O_TRUNC create even without O_CREAT. */
function openMode(flags: number): OpenMode {
  let create: OpenMode["create"] = "existing";
  if (flags & OpenFlag.Excl) create = "new";
  else if (flags & OpenFlag.Trunc) create = "truncate";
  else if (flags & OpenFlag.Creat) create = "always";
  return { write: (flags & OpenFlag.AccMode) !== OpenFlag.RdOnly, create };
}

class ElmFile implements Handle {
  readonly type = "file";
  constructor(
    private readonly file: FatFile,
    private readonly compat404: boolean,
  ) {}

  get size(): number {
    return this.file.size;
  }
  get position(): number {
    return this.file.position;
  }
  read(into: Uint8Array): number {
    return asVfs(() => this.file.read(into));
  }
  readAll(): Uint8Array {
    return asVfs(() => this.file.readAll());
  }
  write(from: Uint8Array): number {
    const length = asVfs(() => this.file.write(from));
    if (length > 0 || from.length === 0 || this.compat404) return length;
    if (this.file.position >= MAX_SIZE) throw new VfsError(Errno.EFBIG, "files end at 4 GiB - 1");
    throw new VfsError(Errno.ENOSPC, "the disk is full");
  }
  seek(position: number): number {
    return asVfs(() => this.file.seek(position));
  }
  truncate(size: number): void {
    asVfs(() => this.file.truncate(size));
  }
  sync(): void {
    asVfs(() => this.file.sync(true));
  }
  close(): void {
    asVfs(() => this.file.close());
  }
}

class ElmDirectory implements Handle {
  readonly type = "dir";
  readonly size = 0;
  constructor(private readonly reader: DirectoryReader) {}

  next(): DirEntry | undefined {
    const info = asVfs(() => this.reader.next());
    return info && { name: guestName(info), directory: info.directory, size: info.size };
  }
  seekEntry(index: number): void {
    asVfs(() => this.reader.seek(index));
  }
  close(): void {
    this.reader.close();
  }
}
