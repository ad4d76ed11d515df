import { Mode, normalizePath, type Stat, VfsError } from "../../vfs/mod.ts";
import type { ExportRow } from "../call.ts";
import { lend } from "../lent.ts";
import { posix, type PosixContext } from "./context.ts";

const HEADER = "dfs_posix.h";
const STAT = "sys/stat.h";
const ENOMEM = 12;
const EINVAL = 22;
const ERANGE = 34;

/** struct stat of newlib: 88 bytes. Only these fields are written. */
const STAT_FIELDS = { dev: 0, mode: 4, size: 16, mtime: 40, end: 48 } as const;

/** Calls on paths. */
export const fileRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "stat",
    proto: "int stat(const char *, struct stat *);",
    header: STAT,
    call: (c, path, buffer) => posix(c, () => storeStat(c, buffer, c.vfs.stat(string(c, path)))),
  },
  {
    name: "lstat",
    proto: "int lstat(const char *, struct stat *);",
    header: STAT,
    call: (c, path, buffer) => posix(c, () => storeStat(c, buffer, c.vfs.stat(string(c, path)))),
  },
  {
    name: "fstat",
    proto: "int fstat(int, struct stat *);",
    header: STAT,
    call: (c, fd, buffer) => posix(c, () => storeStat(c, buffer, statusOf(c, fd))),
  },
  {
    name: "statfs",
    proto: "int statfs(const char *, struct statfs *);",
    header: HEADER,
    call: (c, path, buffer) =>
      posix(c, () => {
        const { memory } = c.kernel;
        const { blockSize, blocks, free } = c.vfs.statfs(string(c, path));
        memory.checkStore(buffer, 12);
        memory.st32(buffer, blockSize);
        memory.st32(buffer + 4, blocks);
        memory.st32(buffer + 8, free);
      }),
  },
  {
    name: "unlink",
    proto: "int unlink(const char *);",
    header: HEADER,
    call: (c, path) => posix(c, () => c.vfs.unlink(string(c, path))),
  },
  {
    name: "rmdir",
    proto: "int rmdir(const char *);",
    header: HEADER,
    call: (c, path) => posix(c, () => c.vfs.rmdir(string(c, path))),
  },
  {
    name: "rename",
    proto: "int rename(const char *, const char *);",
    header: "stdio.h",
    call: (c, from, to) => posix(c, () => c.vfs.rename(string(c, from), string(c, to))),
  },
  {
    name: "mkdir",
    proto: "int mkdir(const char *, mode_t);",
    header: STAT,
    call: (c, path) => posix(c, () => c.vfs.mkdir(string(c, path))),
  },
  {
    name: "chdir",
    proto: "int chdir(const char *);",
    header: HEADER,
    call: (c, path) => {
      if (path !== 0) return posix(c, () => c.vfs.chdir(string(c, path)));
      c.kernel.console.print(`${c.vfs.cwd}\n`);
      return 0;
    },
  },
  {
    name: "getcwd",
    proto: "char *getcwd(char *, size_t);",
    header: HEADER,
    call: (c, buffer, size) => {
      const { memory, options } = c.kernel;
      const path = bytesOf(`${c.vfs.cwd}\0`);
      const room = size >>> 0;
      if (options.compat404) {
        // strncpy: padded with NUL to the size, not terminated when it is too small.
        memory.checkStore(buffer, room);
        memory.fill(buffer, room, 0);
        memory.write(buffer, path.subarray(0, room));
        return buffer;
      }
      // Without a buffer it makes one, as newlib, glibc and BSD do; of that size when it is given.
      if (buffer === 0 && (room === 0 || room >= path.length)) {
        const made = lend(c.kernel, Math.max(room, path.length));
        if (made === 0) c.kernel.fail(ENOMEM);
        else memory.write(made, path);
        return made;
      }
      if (room < path.length) {
        c.kernel.fail(room === 0 ? EINVAL : ERANGE);
        return 0;
      }
      memory.checkStore(buffer, path.length);
      memory.write(buffer, path);
      return buffer;
    },
  },
  {
    name: "dfs_normalize_path",
    proto: "char *dfs_normalize_path(const char *, const char *);",
    header: "dfs.h",
    call: (c, directory, path) => {
      const base = directory === 0 ? c.vfs.cwd : string(c, directory);
      const name = string(c, path);
      try {
        return newString(c, normalizePath(base, name));
      } catch (error) {
        if (error instanceof VfsError) return 0;
        throw error;
      }
    },
  },
  {
    name: "dfs_subdir",
    proto: "const char *dfs_subdir(const char *, const char *);",
    header: "dfs.h",
    call: (c, directory, path) => {
      const [base, full] = [string(c, directory).length, string(c, path).length];
      if (base === full) return 0;
      const rest = path + base;
      return base > 0 && c.kernel.memory.ld8(rest) !== 0x2f ? rest - 1 : rest;
    },
  },
];

function string(c: PosixContext, address: number): string {
  return c.kernel.memory.cstring(address);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A copy on the guest heap; 0 without memory. */
function newString(c: PosixContext, text: string): number {
  const address = lend(c.kernel, text.length + 1);
  if (address === 0) return 0;
  c.kernel.memory.write(address, bytesOf(`${text}\0`));
  return address;
}

/** What kind of a thing a descriptor stands for. In 4.0.4 devices are regular files to fstat. */
function statusOf({ kernel, vfs }: PosixContext, fd: number): Stat {
  const file = vfs.file(fd);
  const status = vfs.fstat(fd);
  if (file.type !== "device" || kernel.options.compat404) return status;
  // Without a path it is a pipe.
  const mode = file.device ? vfs.stat(`/dev${file.path}`).mode : Mode.Fifo | Mode.Read | Mode.Write;
  return { ...status, mode };
}

function storeStat(c: PosixContext, buffer: number, { mode, size, mtime }: Stat): void {
  const { memory } = c.kernel;
  memory.checkStore(buffer, STAT_FIELDS.end);
  memory.st16(buffer + STAT_FIELDS.dev, 0);
  memory.st32(buffer + STAT_FIELDS.mode, mode);
  memory.st32(buffer + STAT_FIELDS.size, size);
  memory.st32(buffer + STAT_FIELDS.mtime, mtime);
  memory.st32(buffer + STAT_FIELDS.mtime + 4, Math.floor(mtime / 2 ** 32));
}
