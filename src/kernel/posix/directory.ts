import { Errno, Mode, OpenFlag, VfsError } from "../../vfs/mod.ts";
import type { ExportRow } from "../call.ts";
import { lend, takeBack } from "../lent.ts";
import { posix, type PosixContext } from "./context.ts";

/** DIR: 524 bytes on the guest heap. */
const DIR = { size: 524, fd: 0, buffer: 4, num: 516, cur: 520 } as const;
/** struct dirent: 260 bytes. */
const DIRENT = { size: 260, type: 0, namelen: 1, reclen: 2, name: 4, nameSize: 256 } as const;
const DT_REG = 1;
const DT_DIR = 2;
const SEEK_SET = 0;
const SEEK_CUR = 1;

const HEADER = "dfs_posix.h";

/** Directory streams. A DIR's buffer holds one entry. */
export const directoryRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "opendir",
    proto: "DIR *opendir(const char *);",
    header: HEADER,
    call: (c, path) => opendir(c, path),
  },
  {
    name: "closedir",
    proto: "int closedir(DIR *);",
    header: HEADER,
    call: (c, dir) => {
      if (dir === 0) return c.kernel.fail(Errno.EBADF);
      const fd = c.kernel.memory.ld32(dir + DIR.fd);
      const result = posix(c, () => void c.vfs.close(fd));
      takeBack(c.kernel, dir >>> 0);
      return result;
    },
  },
  {
    name: "readdir",
    proto: "struct dirent *readdir(DIR *);",
    header: HEADER,
    call: (c, dir) => readdir(c, dir),
  },
  {
    name: "telldir",
    proto: "long int telldir(DIR *);",
    header: HEADER,
    call: (c, dir) =>
      onStream(c, dir, (fd) => {
        const { memory } = c.kernel;
        const ahead = memory.ld32(dir + DIR.num) - memory.ld32(dir + DIR.cur);
        return c.vfs.lseek(fd, 0, SEEK_CUR) - ahead;
      }),
  },
  {
    name: "seekdir",
    proto: "void seekdir(DIR *, off_t);",
    header: HEADER,
    call: (c, dir, offset) => void seek(c, dir, offset),
  },
  {
    name: "rewinddir",
    proto: "void rewinddir(DIR *);",
    header: HEADER,
    call: (c, dir) => void seek(c, dir, 0),
  },
];

function opendir(c: PosixContext, path: number): number {
  const { kernel, vfs } = c;
  const fd = posix(c, () => {
    const name = kernel.memory.cstring(path);
    try {
      return vfs.open(name, OpenFlag.Directory);
    } catch (error) {
      // RT-Thread 4.0.4 says the same of a file as of what is not there.
      if (!kernel.options.compat404 && (vfs.stat(name).mode & Mode.Dir) === 0)
        throw new VfsError(Errno.ENOTDIR, `${name} is not a directory`);
      throw error;
    }
  });
  if (fd < 0) return 0;
  const dir = lend(kernel, DIR.size);
  if (dir === 0) {
    vfs.close(fd);
    kernel.fail(Errno.ENOMEM);
    return 0;
  }
  kernel.memory.fill(dir, DIR.size, 0);
  kernel.memory.st32(dir + DIR.fd, fd);
  return dir;
}

function readdir(c: PosixContext, dir: number): number {
  const { kernel, vfs } = c;
  const { memory } = kernel;
  if (dir === 0) {
    kernel.fail(Errno.EBADF);
    return 0;
  }
  const num = memory.ld32(dir + DIR.num);
  let cur = memory.ld32(dir + DIR.cur);
  if (num !== 0) {
    cur += memory.ld16(dir + DIR.buffer + cur + DIRENT.reclen);
    memory.st32(dir + DIR.cur, cur);
    if (cur < num) return dir + DIR.buffer + cur;
  }
  const entry = dir + DIR.buffer;
  let errno = 0;
  try {
    const found = vfs.readdir(memory.ld32(dir + DIR.fd));
    if (found) {
      const name = found.name.slice(0, DIRENT.nameSize - 1);
      memory.st8(entry + DIRENT.type, found.directory ? DT_DIR : DT_REG);
      memory.st8(entry + DIRENT.namelen, name.length);
      memory.st16(entry + DIRENT.reclen, DIRENT.size);
      for (let i = 0; i < name.length; i++) memory.st8(entry + DIRENT.name + i, name.charCodeAt(i));
      memory.st8(entry + DIRENT.name + name.length, 0);
      memory.st32(dir + DIR.num, DIRENT.size);
      memory.st32(dir + DIR.cur, 0);
      return entry;
    }
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    errno = error.errno;
  }
  kernel.fail(errno);
  return 0;
}

function seek(c: PosixContext, dir: number, offset: number): number {
  return onStream(c, dir, (fd) => {
    c.vfs.lseek(fd, offset, SEEK_SET);
    c.kernel.memory.st32(dir + DIR.num, 0);
    c.kernel.memory.st32(dir + DIR.cur, 0);
    return 0;
  });
}

function onStream(c: PosixContext, dir: number, call: (fd: number) => number): number {
  if (dir === 0) return c.kernel.fail(Errno.EBADF);
  return posix(c, () => call(c.kernel.memory.ld32(dir + DIR.fd)));
}
