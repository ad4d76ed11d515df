import { Errno, OpenFlag } from "./constants.ts";
import { Descriptor, DIRECTORY } from "./descriptor.ts";
import { Descriptors } from "./descriptors.ts";
import { DevFs } from "./devfs.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { MountedDirectory } from "./mounted-directory.ts";
import { FORMATTABLE, type MountOptions, Mounts } from "./mounts.ts";
import { normalizePath, subdirectory } from "./path.ts";
import {
  type DeviceNode,
  type DirEntry,
  type OpenFile,
  type Stat,
  type StatFs,
  type VfsApi,
  VfsError,
} from "./types.ts";

export interface VfsOptions extends MountOptions {
  /** Registered devices, newest first, for devfs. */
  readonly nodes?: () => readonly DeviceNode[];
  /** Told the name of a device that was looked for and is not among the nodes; may register it. */
  readonly deviceLookedFor?: (name: string) => void;
  /** Takes the text of LOG_E of DFS (tag "DFS"), without its newline. */
  readonly log?: (text: string) => void;
  /** The module whose thread is running, 0 for the system's; absent: 0, 1 and 2 are the console's for good. */
  readonly program?: () => number;
}

/** DFS_PATH_MAX of the reference board. */
const PATH_MAX = 256;
/** DFS: mount table, descriptors, working directory. devfs is mounted on `/dev` from the start. */
export class Vfs implements VfsApi {
  cwd = "/";
  readonly formattable = FORMATTABLE;
  opened: ((fd: number) => void) | undefined;
  private readonly table: Mounts;
  private readonly descriptors: Descriptors;

  constructor(options: VfsOptions = {}) {
    this.descriptors = new Descriptors(options.log ?? (() => {}), options.program ?? (() => 0));
    this.table = new Mounts(options);
    this.table.add("/dev", new DevFs(options.nodes ?? (() => []), options.deviceLookedFor));
  }

  resolve(path: string): string {
    return normalizePath(this.cwd, path);
  }

  open(path: string, flags: number): number {
    const full = this.resolve(path);
    const { fd } = this.descriptors.create((fd) => {
      const { fs, path: base } = this.table.get(full);
      const sub = subdirectory(base, full) ?? "/";
      const handle = fs.open(sub, flags);
      const more = flags & OpenFlag.Directory ? this.unseen(full, fs, sub) : [];
      const shown = more.length > 0 ? new MountedDirectory(handle, more) : handle;
      return new Descriptor(fd, fs, sub, flags, shown);
    });
    this.opened?.(fd);
    return fd;
  }

  /** Mount points below a directory that its file system has no entry for. */
  private unseen(full: string, fs: FileSystem, sub: string): string[] {
    return this.table.below(full).filter((name) => {
      try {
        fs.stat(sub === "/" ? `/${name}` : `${sub}/${name}`);
        return false;
      } catch {
        return true;
      }
    });
  }

  /** Opens a device as the console: descriptors 0, 1 and 2 stand for it. */
  openConsole(path: string): number {
    const fd = this.open(path, OpenFlag.RdWr);
    this.descriptors.standard.console = this.descriptors.get(fd);
    return fd;
  }

  get console(): OpenFile | undefined {
    return this.descriptors.standard.console;
  }

  forgetProgram(program: number): OpenFile[] {
    const closed = this.descriptors.forget(program);
    for (const { handle } of closed) handle.close();
    return closed;
  }

  /** Closing the console's descriptor does nothing. */
  close(fd: number): boolean {
    const descriptor = this.descriptors.get(fd);
    if (!this.descriptors.isOwn(fd) || !this.descriptors.remove(fd)) return false;
    descriptor.handle.close();
    return true;
  }

  adopt(handle: Handle, flags: number): number {
    const { fs } = this.table.get("/dev");
    const { fd } = this.descriptors.create((fd) => new Descriptor(fd, fs, "", flags, handle));
    this.opened?.(fd);
    return fd;
  }

  dup(fd: number, least = 0): number {
    return this.descriptors.duplicate(this.descriptors.get(fd), least);
  }

  dup2(fd: number, to: number): number {
    const descriptor = this.descriptors.get(fd);
    if (fd === to) return to;
    if (!this.descriptors.isOwn(to))
      throw new VfsError(Errno.EBADF, `${to} cannot stand for something else`);
    this.descriptors.place(descriptor, to);
    return to;
  }

  read(fd: number, into: Uint8Array): number {
    return this.descriptors.get(fd).read(into);
  }

  write(fd: number, from: Uint8Array): number {
    return this.descriptors.get(fd).write(from);
  }

  lseek(fd: number, offset: number, whence: number): number {
    return this.descriptors.get(fd).seek(offset, whence);
  }

  ftruncate(fd: number, length: number): void {
    this.descriptors.get(fd).truncate(length);
  }

  fsync(fd: number): void {
    this.descriptors.get(fd).sync();
  }

  fstat(fd: number): Stat {
    return this.descriptors.get(fd).stat();
  }

  readdir(fd: number): DirEntry | undefined {
    return this.descriptors.get(fd).next();
  }

  setFlags(fd: number, flags: number): void {
    this.descriptors.get(fd).setFlags(flags);
  }

  stat(path: string): Stat {
    const full = this.resolve(path);
    const { fs, path: base } = this.table.get(full);
    const sub = subdirectory(base, full);
    return sub === undefined ? DIRECTORY : fs.stat(sub);
  }

  /** A path that does not exist stands for its file system. */
  statfs(path: string): StatFs {
    const found = this.table.find(this.resolve(path))?.fs.statfs?.();
    if (!found) throw new VfsError(Errno.EPERM, `${path}: no sizes are known of this file system`);
    return found;
  }

  unlink(path: string): void {
    const full = this.resolve(path);
    const { fs, path: base } = this.table.get(full);
    const sub = subdirectory(base, full) ?? "/";
    if (this.descriptors.all().some((open) => open.fs === fs && open.path === sub))
      throw new VfsError(Errno.EBUSY, `${path} is open`);
    if (!fs.unlink) throw new VfsError(Errno.ENOSYS, `nothing can be removed from ${base}`);
    fs.unlink(sub);
  }

  rmdir(path: string): void {
    this.unlink(path);
  }

  rename(from: string, to: string): void {
    const [fullFrom, fullTo] = [this.resolve(from), this.resolve(to)];
    const [source, target] = [this.table.get(fullFrom), this.table.get(fullTo)];
    if (source !== target)
      throw new VfsError(Errno.EXDEV, `${from} and ${to} are on different file systems`);
    if (!source.fs.rename)
      throw new VfsError(Errno.ENOSYS, `nothing can be renamed in ${source.path}`);
    const [subFrom, subTo] = [
      subdirectory(source.path, fullFrom),
      subdirectory(target.path, fullTo),
    ];
    if (subFrom === undefined) throw new VfsError(Errno.ENOENT, "the root cannot be renamed");
    if (subTo === undefined) throw new VfsError(Errno.EEXIST, `${to} exists already`);
    source.fs.rename(subFrom, subTo);
  }

  mkdir(path: string): void {
    const full = this.resolve(path);
    if (full === "/") {
      this.table.get(full);
      throw new VfsError(Errno.EEXIST, "the root directory exists already");
    }
    this.close(this.open(full, OpenFlag.Directory | OpenFlag.Creat));
  }

  chdir(path: string): void {
    if (path.length > PATH_MAX)
      throw new VfsError(Errno.ENOTDIR, `the path has more than ${PATH_MAX} characters`);
    const full = this.resolve(path);
    this.close(this.open(full, OpenFlag.Directory));
    this.cwd = full.slice(0, PATH_MAX);
  }

  list(path: string): DirEntry[] {
    const fd = this.open(path, OpenFlag.Directory);
    try {
      const entries: DirEntry[] = [];
      for (let entry; (entry = this.readdir(fd)) !== undefined;) entries.push(entry);
      return entries;
    } finally {
      this.close(fd);
    }
  }

  readFile(path: string): Uint8Array {
    const fd = this.open(path, OpenFlag.RdOnly);
    try {
      return this.descriptors.get(fd).readAll();
    } finally {
      this.close(fd);
    }
  }

  writeFile(path: string, bytes: Uint8Array): void {
    const fd = this.open(path, OpenFlag.WrOnly | OpenFlag.Creat | OpenFlag.Trunc);
    try {
      const written = this.write(fd, bytes);
      if (written < bytes.length)
        throw new VfsError(
          Errno.ENOSPC,
          `${path}: the disk is full after ${written} of ${bytes.length} bytes`,
        );
    } finally {
      this.close(fd);
    }
  }

  exists(path: string): boolean {
    try {
      this.stat(path);
      return true;
    } catch (error) {
      if (error instanceof VfsError) return false;
      throw error;
    }
  }

  file(fd: number): OpenFile {
    return this.descriptors.get(fd);
  }

  openFiles(): OpenFile[] {
    return this.descriptors.all();
  }

  mounts(): { fs: string; device: string | undefined; path: string }[] {
    return this.table.all().map(({ fs, path }) => ({ fs: fs.type, device: fs.device, path }));
  }

  sync(): void {
    this.table.sync();
  }

  /** dfs_mount. @throws VfsError ENODEV: no such type or device; ENOENT: no such directory; else see Mounts.mount */
  mount(device: string, path: string, type: string): void {
    const make = this.table.make(device, type);
    const full = this.resolve(path);
    const shown = this.table.wasShown(full) && !this.exists(full);
    if (full !== "/" && !shown) this.close(this.open(full, OpenFlag.Directory));
    this.table.mount(device, make, full, shown);
  }

  /** Mounts from outside the guest: the path need not exist, and is listed in the directory above. */
  attach(device: string, path: string, type: string): void {
    this.table.mount(device, this.table.make(device, type), normalizePath("/", path), true);
  }

  /** dfs_unmount. */
  unmount(path: string): void {
    this.table.unmount(this.resolve(path));
  }

  /** Unmounts everything: files are closed, volumes marked as such. Gives the first failure. */
  shutdown(): VfsError | undefined {
    return this.table.close();
  }

  /** To be called before sectors of a device are written past the file system on it. */
  reload(device: string): void {
    for (const { fs } of this.table.all()) if (fs.device === device) fs.reload?.();
  }

  /** dfs_mkfs. */
  mkfs(type: string, device: string): void {
    this.table.format(device, this.table.disk(device, type));
  }
}
