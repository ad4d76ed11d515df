import type { BlockDevice } from "../block/mod.ts";
import { FatVolume } from "../fat/mod.ts";
import { Errno } from "./constants.ts";
import { ElmFs } from "./elm.ts";
import { asVfs } from "./fat-errors.ts";
import type { FileSystem } from "./file-system.ts";
import { lies } from "./path.ts";
import { VfsError } from "./types.ts";

export interface Mount {
  /** Absolute and normal. */
  readonly path: string;
  readonly fs: FileSystem;
  /** The directory above lists it, although no file system there knows of it. */
  readonly shown?: boolean;
}

export interface MountOptions {
  /** The disk behind a block device. */
  readonly disk?: (device: string) => BlockDevice | undefined;
  /** Seconds since 1970 for time stamps of files; absent or undefined: none, as on the reference board. */
  readonly clock?: () => number | undefined;
  /** Defects of RT-Thread 4.0.4 that users can see are kept. */
  readonly compat404?: boolean;
  /** A file system that is ready to be mounted, by the name of what stands for its device. */
  readonly fileSystem?: (device: string) => FileSystem | undefined;
  /** How many file systems can be mounted beside those of the reference board. */
  readonly places?: number;
  /** Takes a sentence about a volume that is mounted but odd. */
  readonly warn?: (text: string) => void;
}

/** DFS_FILESYSTEMS_MAX of the reference board. */
const MOUNTS_MAX = 2;

/** Types of file systems that can be mounted and made. */
export const FORMATTABLE: readonly string[] = ["elm"];

/** The table of mounted file systems. */
export class Mounts {
  private readonly table: Mount[] = [];
  /** Where something was mounted that no file system has a directory for: something can be mounted there again. */
  private readonly points = new Set<string>();

  constructor(private readonly options: MountOptions) {}

  /** Mounts what needs no device, whatever the path. */
  add(path: string, fs: FileSystem, shown = false): void {
    this.table.push({ path, fs, shown });
  }

  /** Names of mount points right below a directory that no file system there shows. */
  below(full: string): string[] {
    const base = full === "/" ? "/" : `${full}/`;
    return this.table
      .filter(({ path, shown }) => shown && path.startsWith(base))
      .map(({ path }) => path.slice(base.length))
      .filter((name) => name !== "" && !name.includes("/"));
  }

  /** Whether a path was a mount point that only the table knew. */
  wasShown(full: string): boolean {
    return this.points.has(full);
  }

  all(): readonly Mount[] {
    return this.table;
  }

  /** The mount that a path belongs to: the one with the longest path. */
  find(full: string): Mount | undefined {
    let best: Mount | undefined;
    for (const mount of this.table) {
      if (lies(full, mount.path) && (!best || mount.path.length > best.path.length)) best = mount;
    }
    return best;
  }

  /** @throws VfsError ENOENT */
  get(full: string): Mount {
    const found = this.find(full);
    if (!found) throw new VfsError(Errno.ENOENT, `${full}: no file system is mounted there`);
    return found;
  }

  /** The disk of a device. @throws VfsError ENODEV for an unknown type or device */
  disk(device: string, type: string): BlockDevice {
    if (!FORMATTABLE.includes(type))
      throw new VfsError(Errno.ENODEV, `${type}: no such file system type`);
    const disk = this.options.disk?.(device);
    if (!disk) throw new VfsError(Errno.ENODEV, `${device}: no such block device`);
    return disk;
  }

  /** The file system on a device, not yet mounted. @throws VfsError ENODEV, ENOENT, EIO with what is wrong */
  make(device: string, type: string): () => FileSystem {
    const ready = this.options.fileSystem?.(device);
    if (ready && ready.type === type) return () => ready;
    const disk = this.disk(device, type);
    return () => {
      const { clock, warn, compat404 } = this.options;
      const volume = asVfs(() =>
        FatVolume.mount(disk, {
          clock,
          selfMoves: compat404,
          packed: compat404,
          separate: compat404,
        }),
      );
      for (const warning of volume.warnings) warn?.(`${device}: ${warning}`);
      return new ElmFs(volume, device, compat404, warn);
    };
  }

  /**
   * @throws VfsError EINVAL: something is mounted there; ENOSPC: the table is full; EBUSY: the device is mounted; ENOENT, EIO: no
   * usable file system, with what is wrong
   */
  mount(device: string, make: () => FileSystem, full: string, shown = false): void {
    for (const mount of this.table)
      if (mount.path === full)
        throw new VfsError(Errno.EINVAL, `something is mounted on ${full} already`);
    const most = MOUNTS_MAX + (this.options.places ?? 0);
    if (this.table.length >= most)
      throw new VfsError(Errno.ENOSPC, `only ${most} file systems can be mounted`);
    for (const mount of this.table)
      if (mount.fs.device === device)
        throw new VfsError(Errno.EBUSY, `${device} is mounted already`);
    this.table.push({ path: full, fs: make(), shown });
  }

  /** Files that are open on it become unusable. */
  unmount(full: string): void {
    const index = this.table.findIndex((mount) => mount.path === full);
    if (index < 0) throw new VfsError(Errno.ENOENT, `nothing is mounted on ${full}`);
    const [{ fs, shown }] = this.table.splice(index, 1);
    // It was made from outside the guest, which cannot make it again on a file system that is read-only.
    if (shown) this.points.add(full);
    fs.unmount();
  }

  /** Formats a disk. When the device is mounted it stays so, with the new file system. */
  format(device: string, disk: BlockDevice): void {
    const { clock, compat404, warn } = this.options;
    const index = this.table.findIndex((mount) => mount.fs.device === device);
    const mounted = index < 0 ? undefined : this.table[index];
    const volume = asVfs(() =>
      FatVolume.format(disk, {
        clock,
        selfMoves: compat404,
        packed: compat404,
        separate: compat404,
      }),
    );
    if (!mounted) return;
    if (mounted.fs instanceof ElmFs) mounted.fs.volume.abandon();
    this.table[index] = { ...mounted, fs: new ElmFs(volume, device, compat404, warn) };
  }

  sync(): void {
    for (const { fs } of this.table) fs.sync();
  }

  /** Unmounts everything that has a device, each even when another fails; gives the first failure. */
  close(): VfsError | undefined {
    let failure: VfsError | undefined;
    for (const { fs } of this.table.splice(0)) {
      try {
        fs.unmount();
      } catch (error) {
        if (!(error instanceof VfsError)) throw error;
        failure ??= error;
      }
    }
    return failure;
  }
}
