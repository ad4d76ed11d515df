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
  let end = 0;
  while (end < path.length && path.charCodeAt(end) >= 0x20) end++;
  const text = decode437(path.slice(0, end));
  if (text.length <= MAX_NAME) return text;
  return text.replace(/[^/\\]+/g, (name) => name.slice(0, MAX_NAME));
}

/** A name for the guest: the 8.3 one when the long one has characters that code page 437 lacks. */
function guestName(info: FatInfo): string {
  return encode437(info.name) ?? encode437(info.alias) ?? "?";
}

/** Flags of open that change something. */
const CHANGING = OpenFlag.Creat | OpenFlag.Trunc | OpenFlag.Excl;
/** Sentences about damage, for one volume. */
const MOST_TOLD = 10;

/** elm: a FAT volume as a file system of DFS. */
export class ElmFs implements FileSystem {
  readonly type = "elm";

  private readonly guard: DamageGuard;

  /** `compat404`: a full disk is told as RT-Thread 4.0.4 does. `warn` takes a sentence about damage that is met. */
  constructor(
    readonly volume: FatVolume,
    readonly device: string,
    private readonly compat404 = false,
    warn?: (text: string) => void,
  ) {
    this.guard = new DamageGuard(volume, device, compat404 ? asVfs404 : asVfs, warn);
  }

  open(path: string, flags: number): Handle {
    const where = fatPath(path);
    const changes = (flags & CHANGING) !== 0 || (flags & OpenFlag.AccMode) !== OpenFlag.RdOnly;
    if (changes) this.guard.checkWritable();
    return this.guard.run(path, () => {
      if (flags & OpenFlag.Directory) {
        if (flags & OpenFlag.Creat) this.volume.mkdir(where);
        return new ElmDirectory(this.volume.openDirectory(where), path, this.guard);
      }
      const file = this.volume.open(where, openMode(flags));
      if (flags & OpenFlag.Append) file.seek(file.size);
      return new ElmFile(file, path, this.guard, this.compat404);
    });
  }

  stat(path: string): Stat {
    const info = this.guard.run(path, () => this.volume.stat(fatPath(path)));
    const type = info.directory ? Mode.Dir | Mode.Exec : Mode.Reg;
    const mode = type | Mode.Read | (info.readOnly ? 0 : Mode.Write);
    return { mode, size: info.size, mtime: info.modified };
  }

  /** DFS counts sectors, not clusters. */
  statfs(): StatFs {
    const { sectorSize, clusterSize, clusters, freeClusters } = this.guard.run("/", () =>
      this.volume.space(),
    );
    const perCluster = clusterSize / sectorSize;
    return {
      blockSize: sectorSize,
      blocks: clusters * perCluster,
      free: freeClusters * perCluster,
    };
  }

  unlink(path: string): void {
    this.guard.run(path, () => this.volume.unlink(fatPath(path)));
  }

  rename(from: string, to: string): void {
    this.guard.checkWritable();
    this.guard.run(from, () => this.volume.rename(fatPath(from), fatPath(to)));
  }

  sync(): void {
    this.guard.run("/", () => this.volume.sync());
  }

  reload(): void {
    this.guard.run("/", () => this.volume.reload());
  }

  unmount(): void {
    this.guard.run("/", () => this.volume.unmount());
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

/**
 * At the first damage of a volume that is met, the user is told, and it is read-only from then on: what is written to a file whose
 * chain is broken may land in another. Files can still be removed: on the board that is how a damaged one is got rid of.
 */
class DamageGuard {
  private readonly told = new Set<string>();

  constructor(
    private readonly volume: FatVolume,
    private readonly device: string,
    private readonly call: typeof asVfs,
    private readonly warn: ((text: string) => void) | undefined,
  ) {
    volume.onDamage = (path, damage) => this.met(path, damage.message);
  }

  run<T>(path: string, call: () => T): T {
    return this.call(() => {
      try {
        return call();
      } catch (error) {
        if (error instanceof FatError && error.reason === "damaged") this.met(path, error.message);
        throw error;
      }
    });
  }

  /** @throws VfsError EROFS */
  checkWritable(): void {
    if (this.told.size > 0)
      throw new VfsError(Errno.EROFS, `${this.device} is damaged and read-only since that was met`);
  }

  private met(path: string, text: string): void {
    if (this.told.has(text)) return;
    this.volume.keepMark();
    const first = this.told.size === 0;
    this.told.add(text);
    if (this.told.size > MOST_TOLD) return;
    this.warn?.(
      `${this.device}: ${path}: ${text}${first ? "; it is read-only from now on; rtt-sim disk fsck --repair IMAGE mends it" : ""}`,
    );
  }
}

/** Bytes. */
const CLEARED_AT_ONCE = 0x10000;

function isZero(bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n++) if (bytes[n] !== 0) return false;
  return true;
}

class ElmFile implements Handle {
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

class ElmDirectory implements Handle {
  readonly type = "dir";
  readonly size = 0;
  constructor(
    private readonly reader: DirectoryReader,
    private readonly path: string,
    private readonly guard: DamageGuard,
  ) {}

  next(): DirEntry | undefined {
    const info = this.guard.run(this.path, () => this.reader.next());
    return info && { name: guestName(info), directory: info.directory, size: info.size };
  }
  seekEntry(index: number): void {
    this.guard.run(this.path, () => this.reader.seek(index));
  }
  close(): void {
    this.reader.close();
  }
}
