import { encode437 } from "../fat/mod.ts";
import { Errno, Mode, OpenFlag } from "./constants.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type DirEntry, type Stat, type StatFs, VfsError } from "./types.ts";

/** What a host folder tells about something in it. */
export interface HostInfo {
  /** As the host has it. */
  readonly name: string;
  readonly directory: boolean;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** An open file of the host. */
export interface HostReader {
  readonly size: number;
  /** Up to `into.length` bytes; fewer only at the end. */
  readAt(offset: number, into: Uint8Array): number;
  close(): void;
}

/**
 * A folder of the host, which the core cannot reach itself. Paths are host names below the folder; what lies outside it, links
 * included, does not exist. Failures throw Error with a sentence.
 */
export interface HostFolder {
  list(names: readonly string[]): HostInfo[];
  open(names: readonly string[]): HostReader;
}

/** Sizes end where lseek does. */
const MAX_SIZE = 0x7fffffff;
const BLOCK = 512;

/** hostfs: a folder of the host, read-only. Names and contents are looked up when they are asked for. */
export class HostFs implements FileSystem {
  readonly type = "hostfs";

  constructor(
    private readonly folder: HostFolder,
    readonly device: string,
  ) {}

  open(path: string, flags: number): Handle {
    const changes = OpenFlag.Creat | OpenFlag.Trunc | OpenFlag.Excl;
    const writes = (flags & OpenFlag.AccMode) !== OpenFlag.RdOnly || (flags & changes) !== 0;
    if (flags & OpenFlag.Directory) {
      if (flags & OpenFlag.Creat) throw this.find(path) ? exists(path) : readOnly(path);
      const found = this.get(path);
      if (!found.directory) throw new VfsError(Errno.ENOENT, `${path} is not a directory`);
      return new HostDirectory(asVfs(path, () => this.entries(found.names)));
    }
    const found = this.find(path);
    if (writes) throw readOnly(path);
    if (!found) throw missing(path);
    if (found.directory) throw new VfsError(Errno.ENOENT, `${path} is a directory`);
    return new HostFile(
      path,
      asVfs(path, () => this.folder.open(found.names)),
    );
  }

  stat(path: string): Stat {
    const { directory, size, mtime } = this.get(path);
    const mode = directory ? Mode.Dir | Mode.Exec : Mode.Reg;
    return { mode: mode | Mode.Read, size: directory ? 0 : size, mtime };
  }

  /** Nothing is free. */
  statfs(): StatFs {
    return { blockSize: BLOCK, blocks: 0, free: 0 };
  }

  unlink(path: string): void {
    this.get(path);
    throw readOnly(path);
  }

  rename(from: string): void {
    this.get(from);
    throw readOnly(from);
  }

  sync(): void {}
  unmount(): void {}

  private get(path: string): Found {
    const found = this.find(path);
    if (!found) throw missing(path);
    return found;
  }

  /** Follows the names of a guest path; one that differs in case only is found, too. */
  private find(path: string): Found | undefined {
    let found: Found = { names: [], directory: true, size: 0, mtime: 0 };
    for (const name of path.split("/").filter(Boolean)) {
      if (!found.directory) return undefined;
      const list = asVfs(path, () => this.entries(found.names));
      const entry =
        list.find((one) => one.shown === name) ??
        list.find((one) => one.shown.toUpperCase() === name.toUpperCase());
      if (!entry) return undefined;
      const { info } = entry;
      found = { ...info, size: Math.min(info.size, MAX_SIZE), names: [...found.names, info.name] };
    }
    return found;
  }

  /** What is in a folder, by the names the guest sees: code page 437, one byte per character, no two alike. */
  private entries(names: readonly string[]): Shown[] {
    const taken = new Set<string>();
    return this.folder.list(names).map((info) => {
      const clean = info.name.replace(/[/\\\x00-\x1f\x7f]/g, "_");
      const base = encode437(clean) ?? clean.replace(/[^\x20-\x7e]/g, "_");
      let shown = base.slice(0, 255);
      for (let n = 2; taken.has(shown) || shown === "." || shown === ".."; n++)
        shown = `${base.slice(0, 240)}~${n}`;
      taken.add(shown);
      return { shown, info };
    });
  }
}

interface Found {
  readonly names: readonly string[];
  readonly directory: boolean;
  readonly size: number;
  readonly mtime: number;
}

interface Shown {
  readonly shown: string;
  readonly info: HostInfo;
}

class HostFile implements Handle {
  readonly type = "file";
  readonly size: number;
  position = 0;

  constructor(
    private readonly path: string,
    private readonly reader: HostReader,
  ) {
    this.size = Math.min(reader.size, MAX_SIZE);
  }

  read(into: Uint8Array): number {
    const n = asVfs(this.path, () => this.reader.readAt(this.position, into));
    this.position += n;
    return n;
  }

  readAll(): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, this.size - this.position));
    return bytes.subarray(0, this.read(bytes));
  }

  write(): number {
    throw readOnly(this.path);
  }

  seek(position: number): number {
    this.position = Math.min(position, this.size);
    return this.position;
  }

  truncate(): void {
    throw readOnly(this.path);
  }

  sync(): void {}

  close(): void {
    this.reader.close();
  }
}

class HostDirectory implements Handle {
  readonly type = "dir";
  readonly size = 0;
  private index = 0;

  constructor(private readonly entries: readonly Shown[]) {}

  next(): DirEntry | undefined {
    const entry = this.entries[this.index];
    if (!entry) return undefined;
    this.index++;
    const { directory, size } = entry.info;
    return { name: entry.shown, directory, size: directory ? 0 : Math.min(size, MAX_SIZE) };
  }

  seekEntry(index: number): void {
    this.index = index;
  }

  close(): void {}
}

function readOnly(path: string): VfsError {
  return new VfsError(Errno.EROFS, `${path} is in a folder of the host, which is read-only here`);
}

function exists(path: string): VfsError {
  return new VfsError(Errno.EEXIST, `${path} exists already`);
}

function missing(path: string): VfsError {
  return new VfsError(Errno.ENOENT, `${path} does not exist`);
}

function asVfs<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof VfsError) throw error;
    throw new VfsError(Errno.EIO, `${path}: ${(error as Error).message}`);
  }
}
