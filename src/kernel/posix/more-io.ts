import { Errno, OpenFlag } from "../../vfs/mod.ts";
import type { CallResult, ExportRow, Task } from "../call.ts";
import { findFile, posix, type PosixContext } from "./context.ts";
import { close, fsync, open, read, seek, TABLE_END, write } from "./io.ts";

/** Calls of POSIX that RT-Thread 4.0.4 does not export to modules. */

const UNISTD = "unistd.h";
const SEEK_SET = 0;
const SEEK_CUR = 1;
const IOVEC = 8;
const IOV_MAX = 1024;

/** As pread and pwrite: the position is what it was before. */
function at(c: PosixContext, fd: number, offset: number, call: () => CallResult): CallResult {
  let before = 0;
  const moved = posix(c, () => {
    before = seek(c, fd, 0, SEEK_CUR);
    seek(c, fd, offset, SEEK_SET);
  });
  if (moved < 0) return moved;
  const result = call();
  c.vfs.lseek(fd, before, SEEK_SET);
  return result;
}

function* vector(
  c: PosixContext,
  fd: number,
  list: number,
  count: number,
  transfer: typeof read,
): Task<number> {
  if (count < 0 || count > IOV_MAX) return c.kernel.fail(Errno.EINVAL);
  const { memory } = c.kernel;
  let total = 0;
  for (let n = 0; n < count; n++) {
    const [base, size] = [memory.ldu32(list + n * IOVEC), memory.ldu32(list + n * IOVEC + 4)];
    if (size === 0) continue;
    const result = transfer(c, fd, base, size);
    const moved = (typeof result === "object" ? yield* result : result) ?? 0;
    if (moved < 0) return total > 0 ? total : moved;
    total += moved;
    if (moved < size) break;
  }
  return total;
}

function* dup2(c: PosixContext, fd: number, to: number): Task<number> {
  if (!findFile(c, fd)) return c.kernel.fail(Errno.EBADF);
  if (fd !== to && findFile(c, to)) {
    const closed = close(c, to);
    if (typeof closed === "object") yield* closed;
  }
  return posix(c, () => c.vfs.dup2(fd, to));
}

export const moreIoRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "creat",
    proto: "int creat(const char *, mode_t);",
    header: "fcntl.h",
    call: (c, path) =>
      open(c, c.kernel.memory.cstring(path), OpenFlag.WrOnly | OpenFlag.Creat | OpenFlag.Trunc),
  },
  {
    name: "dup",
    proto: "int dup(int);",
    header: UNISTD,
    call: (c, fd) => posix(c, () => c.vfs.dup(fd)),
  },
  { name: "dup2", proto: "int dup2(int, int);", header: UNISTD, call: dup2 },
  {
    name: "truncate",
    proto: "int truncate(const char *, off_t);",
    header: UNISTD,
    call: (c, path, length) =>
      posix(c, () => {
        const fd = c.vfs.open(c.kernel.memory.cstring(path), OpenFlag.RdWr);
        try {
          c.vfs.ftruncate(fd, length);
        } finally {
          c.vfs.close(fd);
        }
      }),
  },
  {
    name: "pread",
    proto: "ssize_t pread(int, void *, size_t, off_t);",
    header: UNISTD,
    call: (c, fd, buffer, size, offset) =>
      at(c, fd, offset, () => read(c, fd, buffer >>> 0, size >>> 0)),
  },
  {
    name: "pwrite",
    proto: "ssize_t pwrite(int, const void *, size_t, off_t);",
    header: UNISTD,
    call: (c, fd, buffer, size, offset) =>
      at(c, fd, offset, () => write(c, fd, buffer >>> 0, size >>> 0)),
  },
  {
    name: "readv",
    proto: "ssize_t readv(int, const struct iovec *, int);",
    header: "sys/uio.h",
    call: (c, fd, list, count) => vector(c, fd, list, count, read),
  },
  {
    name: "writev",
    proto: "ssize_t writev(int, const struct iovec *, int);",
    header: "sys/uio.h",
    call: (c, fd, list, count) => vector(c, fd, list, count, write),
  },
  { name: "fdatasync", proto: "int fdatasync(int);", header: UNISTD, call: fsync },
  { name: "sync", proto: "void sync(void);", header: UNISTD, call: (c) => c.vfs.sync() },
  {
    name: "getdtablesize",
    proto: "int getdtablesize(void);",
    header: UNISTD,
    call: () => TABLE_END,
  },
];
