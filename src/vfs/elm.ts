import {
  decode437,
  type DirectoryReader,
  encode437,
  type FatInfo,
  type FatVolume,
  type OpenMode,
} from "../fat/mod.ts";
import { Errno, Mode, OpenFlag } from "./constants.ts";
import { DamageGuard } from "./damage-guard.ts";
import { ElmFile } from "./elm-file.ts";
import { asVfs, asVfs404 } from "./fat-errors.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type DirEntry, type Stat, type StatFs, VfsError } from "./types.ts";

const MAX_NAME = 255;

/**
 * A path of the guest (one byte per character, code page 437) in Unicode. As in FatFs a control character ends it. A name that is too
 * long is refused; with `cuts` it is cut, where the board cuts the path.
 * @throws VfsError ENAMETOOLONG
 */
function fatPath(path: string, cuts: boolean): string {
  let end = 0;
  while (end < path.length && path.charCodeAt(end) >= 0x20) end++;
  const text = decode437(path.slice(0, end));
  if (text.length <= MAX_NAME) return text;
  return text.replace(/[^/\\]+/g, (name) => {
    if (name.length > MAX_NAME && !cuts)
      throw new VfsError(
        Errno.ENAMETOOLONG,
        `${name.slice(0, 20)}... has ${name.length} characters, a name has at most ${MAX_NAME}`,
      );
    return name.slice(0, MAX_NAME);
  });
}

/** A name for the guest: the 8.3 one when the long one has characters that code page 437 lacks. */
function guestName(info: FatInfo): string {
  return encode437(info.name) ?? encode437(info.alias) ?? "?";
}

/** Flags of open that change something. */
const CHANGING = OpenFlag.Creat | OpenFlag.Trunc | OpenFlag.Excl;

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

  private place(path: string): string {
    return fatPath(path, this.compat404);
  }

  open(path: string, flags: number): Handle {
    const where = this.place(path);
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
    const info = this.guard.run(path, () => this.volume.stat(this.place(path)));
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
    this.guard.run(path, () => this.volume.unlink(this.place(path)));
  }

  rename(from: string, to: string): void {
    this.guard.checkWritable();
    this.guard.run(from, () => this.volume.rename(this.place(from), this.place(to)));
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
