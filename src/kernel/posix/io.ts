import { Errno, type OpenFile, OpenFlag, Seek, VfsError } from "../../vfs/mod.ts";
import type { CallResult, ExportRow, Task } from "../call.ts";
import { findFile, isConsole, posix, type PosixContext } from "./context.ts";
import { readPipe, writePipe } from "./pipe.ts";

const HEADER = "dfs_posix.h";
const FCNTL = "sys/_default_fcntl.h";
const STDOUT = 1;
/** The numbers of descriptors end here. */
export const TABLE_END = 19;
const F_DUPFD = 0;
const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_GETFL = 3;
const F_SETFL = 4;
/** Flag bits that DFS keeps for itself: DFS_F_OPEN, _DIRECTORY, _EOF, _ERR. */
const INTERNAL = 0xf000000;

/** read, write and their kin: what works on a descriptor. */
export const ioRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "open",
    proto: "int open(const char *, int, ...);",
    header: FCNTL,
    call: (c, path, flags) => open(c, c.kernel.memory.cstring(path), flags),
  },
  {
    name: "close",
    proto: "int close(int);",
    header: HEADER,
    call: close,
  },
  {
    name: "read",
    proto: "int read(int, void *, size_t);",
    header: HEADER,
    call: (c, fd, address, size) => read(c, fd, address >>> 0, size >>> 0),
  },
  {
    name: "write",
    proto: "int write(int, const void *, size_t);",
    header: HEADER,
    call: (c, fd, address, size) => write(c, fd, address >>> 0, size >>> 0),
  },
  {
    name: "lseek",
    proto: "off_t lseek(int, off_t, int);",
    header: HEADER,
    call: (c, fd, offset, whence) => posix(c, () => seek(c, fd, offset, whence)),
  },
  {
    name: "fsync",
    proto: "int fsync(int);",
    header: HEADER,
    call: fsync,
  },
  {
    name: "ftruncate",
    proto: "int ftruncate(int, off_t);",
    header: HEADER,
    call: (c, fd, length) => posix(c, () => c.vfs.ftruncate(fd, length)),
  },
  {
    name: "fcntl",
    proto: "int fcntl(int, int, ...);",
    header: FCNTL,
    call: fcntl,
  },
  {
    name: "ioctl",
    proto: "int ioctl(int, int, ...);",
    header: HEADER,
    call: (c, fd, command, argument) => control(c, fd, command, argument),
  },
  {
    name: "isatty",
    proto: "int isatty(int);",
    header: "sys/unistd.h",
    call: isatty,
  },
];

/** What has no position gives ESPIPE, in 4.0.4 ENOSYS. */
export function seek({ kernel, vfs }: PosixContext, fd: number, at: number, whence: number) {
  try {
    return vfs.lseek(fd, at, whence);
  } catch (error) {
    const absent = error instanceof VfsError && error.errno === Errno.ENOSYS;
    if (!absent || kernel.options.compat404) throw error;
    throw new VfsError(Errno.ESPIPE, error.message);
  }
}

/** In 4.0.4 the numbers 0 to 2 are terminals, and nothing else. */
function isatty(c: PosixContext, fd: number): number {
  if (c.kernel.options.compat404) return Number(fd >= 0 && fd <= 2);
  const file = findFile(c, fd);
  if (isConsole(c, file)) return 1;
  c.kernel.fail(file ? Errno.ENOTTY : Errno.EBADF);
  return 0;
}

/** Where the next transfer of a descriptor on a device begins, in the units of the device. */
const positions = new WeakMap<OpenFile, number>();

/** What newlib's tmpnam and tmpfile call a file: in P_tmpdir, which a disk need not have. */
const TEMPORARY = /^\/tmp\/t[0-9a-f]+\.[0-9a-f]+$/;

/** Makes the directory of temporary files when it is needed. */
function openIn(c: PosixContext, path: string, flags: number): number {
  try {
    return c.vfs.open(path, flags);
  } catch (error) {
    const absent = error instanceof VfsError && error.errno === Errno.ENOENT;
    const wanted = (flags & OpenFlag.Creat) !== 0 && TEMPORARY.test(path);
    if (!absent || !wanted || c.kernel.options.compat404) throw error;
    c.vfs.mkdir("/tmp");
    return c.vfs.open(path, flags);
  }
}

export function open(c: PosixContext, path: string, flags: number): CallResult {
  let fd = 0;
  const result = posix(c, () => (fd = openIn(c, path, flags & ~INTERNAL)));
  const device = result < 0 ? undefined : c.vfs.file(fd).device;
  if (!device || !c.devices || isConsole(c, c.vfs.file(fd))) return result;
  return finish(c.devices.open(device.name), (opened) => {
    if (opened >= 0) return fd;
    c.vfs.close(fd);
    return c.kernel.fail(-opened);
  });
}

export function close(c: PosixContext, fd: number): CallResult {
  const file = findFile(c, fd);
  const device = file?.device;
  let last = false;
  const result = posix(c, () => void (last = c.vfs.close(fd)));
  if (!last || !device || !c.devices || isConsole(c, file)) return result;
  return finish(c.devices.close(device.name), () => result);
}

export function read(c: PosixContext, fd: number, address: number, size: number): CallResult {
  const { memory } = c.kernel;
  const file = findFile(c, fd);
  if (file?.device) {
    if (size === 0) return 0;
    if (isConsole(c, file)) {
      const { available = 0, ended } = c.kernel.console;
      // A fault takes no input; at its end nothing is stored.
      if (available > 0 || !ended) memory.checkStore(address, 1);
      return readConsole(c, address, size);
    }
    return transfer(c, file, (name, at) => c.devices?.read(name, at, address, size));
  }
  const fromPipe = file && size > 0 ? readPipe(c, file, address, size) : undefined;
  if (fromPipe) return fromPipe;
  return posix(c, () => {
    const writable = memory.writable(address, size);
    const into = writable > 0 ? memory.read(address, writable) : new Uint8Array(0);
    // When the disk fails, some of it may be there.
    let length = writable;
    try {
      length = c.vfs.read(fd, into);
      // Only what there is to read is stored: a fault at the end of file would be none on the board.
      if (length === writable && writable < size && c.vfs.read(fd, new Uint8Array(1)) > 0)
        memory.checkStore(address + length, 1);
    } finally {
      // The store proper: translated code in the buffer is dropped.
      memory.write(address, into.subarray(0, length));
    }
    return length;
  });
}

/** Waits for the first byte and takes what else is there. 0 at the end of input. */
function* readConsole(c: PosixContext, address: number, size: number): Task<number> {
  const { console, memory } = c.kernel;
  let count = 0;
  do {
    const byte = yield* console.getchar();
    if (byte < 0) break;
    memory.st8(address + count++, byte);
  } while (count < size && (console.available ?? 0) > 0);
  return count;
}

export function write(c: PosixContext, fd: number, address: number, size: number): CallResult {
  const file = findFile(c, fd);
  if (size === 0) return posix(c, () => void c.vfs.file(fd));
  const { console, memory } = c.kernel;
  if (isConsole(c, file)) {
    const start = memory.place(address, size);
    console.write(memory.u8, true, start, start + size);
    const { gathered } = c.kernel;
    const goesOn = fd === STDOUT && gathered !== undefined && gathered.isNext(address);
    // Which asks where the library makes its texts.
    c.consoleWritten?.(address);
    if (goesOn) gathered.resume(size);
    return size;
  }
  const bytes = memory.read(address, size);
  const intoPipe = file && writePipe(c, file, bytes);
  if (intoPipe) return intoPipe;
  if (!file?.device) {
    return posix(c, () => {
      // In 4.0.4 only open goes to the end.
      if (file?.type === "file" && file.flags & OpenFlag.Append && !c.kernel.options.compat404)
        c.vfs.lseek(fd, 0, Seek.End);
      return c.vfs.write(fd, bytes);
    });
  }
  return transfer(c, file, (name, at) => c.devices?.write(name, at, address, size));
}

/** A device or a pipe has nothing to write back: EINVAL. 4.0.4 gives the negative ENOSYS there and leaves errno alone. */
export function fsync(c: PosixContext, fd: number): number {
  try {
    c.vfs.fsync(fd);
    return 0;
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    if (error.errno === Errno.EBADF) return c.kernel.fail(error.errno);
    if (c.kernel.options.compat404) return -error.errno;
    return c.kernel.fail(error.errno === Errno.ENOSYS ? Errno.EINVAL : error.errno);
  }
}

/** What F_SETFD has set. Nothing here execs, so it is only kept. */
const closeOnExec = new WeakSet<OpenFile>();

/** F_DUPFD, F_GETFD and F_SETFD are those of POSIX; 4.0.4 leaves them to the device. */
function fcntl(c: PosixContext, fd: number, command: number, argument: number): CallResult {
  const file = findFile(c, fd);
  if (!file || c.kernel.options.compat404) return control(c, fd, command, argument);
  switch (command) {
    case F_DUPFD:
      if (argument < 0 || argument >= TABLE_END) return c.kernel.fail(Errno.EINVAL);
      return posix(c, () => c.vfs.dup(fd, argument));
    case F_GETFD:
      return closeOnExec.has(file) ? FD_CLOEXEC : 0;
    case F_SETFD:
      if (argument & FD_CLOEXEC) closeOnExec.add(file);
      else closeOnExec.delete(file);
      return 0;
    default:
      return control(c, fd, command, argument);
  }
}

/** ioctl, and fcntl of 4.0.4: flags are DFS's, every other command the device's. */
function control(c: PosixContext, fd: number, command: number, argument: number): CallResult {
  const file = findFile(c, fd);
  if (!file) return c.kernel.fail(Errno.EBADF);
  if (command === F_GETFL) return file.flags;
  if (command === F_SETFL) return posix(c, () => c.vfs.setFlags(fd, argument));
  const name = file.device?.name;
  if (name === undefined || !c.devices) return c.kernel.fail(Errno.ENOSYS);
  return finish(c.devices.control(name, command, argument), (result) =>
    result < 0 ? c.kernel.fail(-result) : result,
  );
}

function transfer(
  c: PosixContext,
  file: OpenFile,
  run: (name: string, position: number) => number | Task<number> | undefined,
): CallResult {
  const position = positions.get(file) ?? 0;
  const moved = run(file.device?.name ?? "", position);
  if (moved === undefined) return 0;
  return finish(moved, (count) => {
    if (count < 0) return c.kernel.fail(-count);
    positions.set(file, position + count);
    return count;
  });
}

/** Applies `then` to a result that may be there only later. */
function finish(result: number | Task<number>, then: (value: number) => number): CallResult {
  if (typeof result === "number") return then(result);
  return (function* (): Task<number> {
    return then(yield* result);
  })();
}
