import { Errno, type OpenFile, OpenFlag } from "../../vfs/mod.ts";
import type { ExportRow, Task } from "../call.ts";
import { posix, type PosixContext } from "./context.ts";

/** RT_PIPE_BUFSZ, in bytes. */
const CAPACITY = 512;

/** What lies between the two descriptors of pipe(). */
class Pipe {
  private readonly bytes: number[] = [];
  readers = 1;
  writers = 1;
  /** Threads in read, write, select or poll. */
  readonly waiters = new Set<number>();

  constructor(private readonly wake: (thread: number) => void) {}

  get length(): number {
    return this.bytes.length;
  }
  get room(): number {
    return CAPACITY - this.bytes.length;
  }

  take(count: number): number[] {
    const taken = this.bytes.splice(0, count);
    if (taken.length > 0) this.changed();
    return taken;
  }

  put(bytes: Uint8Array): void {
    this.bytes.push(...bytes);
    this.changed();
  }

  changed(): void {
    for (const thread of [...this.waiters]) this.wake(thread);
  }
}

/** The descriptors that are ends of pipes. */
const ends = new WeakMap<OpenFile, { readonly pipe: Pipe; readonly writes: boolean }>();

export interface PipeState {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Nobody is at the other end. */
  readonly hungUp: boolean;
  readonly waiters: Set<number>;
}

/** undefined: the file is no pipe. */
export function pipeState(file: OpenFile): PipeState | undefined {
  const end = ends.get(file);
  if (!end) return undefined;
  const { pipe, writes } = end;
  const hungUp = (writes ? pipe.readers : pipe.writers) === 0;
  return {
    readable: !writes && (pipe.length > 0 || hungUp),
    writable: writes && (pipe.room > 0 || hungUp),
    hungUp,
    waiters: pipe.waiters,
  };
}

function open(c: PosixContext, result: number): number {
  const { waiting, vfs, kernel } = c;
  if (!waiting) return kernel.fail(Errno.ENOSYS);
  kernel.memory.checkStore(result, 8);
  const pipe = new Pipe(waiting.wake);
  const end = (writes: boolean): number => {
    const close = () => {
      pipe[writes ? "writers" : "readers"]--;
      pipe.changed();
    };
    const flags = writes ? OpenFlag.WrOnly : OpenFlag.RdOnly;
    const fd = vfs.adopt({ type: "device", size: 0, close }, flags);
    ends.set(vfs.file(fd), { pipe, writes });
    return fd;
  };
  const reader = end(false);
  try {
    kernel.memory.st32(result + 4, end(true));
  } catch (error) {
    vfs.close(reader);
    throw error;
  }
  kernel.memory.st32(result, reader);
  return 0;
}

function* park(c: PosixContext, pipe: Pipe): Task<void> {
  const thread = c.kernel.threads.current;
  pipe.waiters.add(thread);
  try {
    if (c.waiting) yield* c.waiting.pause(-1);
  } finally {
    pipe.waiters.delete(thread);
  }
}

/** Waits for the first byte and takes what is there; 0 when no writer is left. undefined: the file is no pipe. */
export function readPipe(c: PosixContext, file: OpenFile, address: number, size: number) {
  const end = ends.get(file);
  return end && read(c, file, end.pipe, end.writes, address, size);
}

function* read(
  c: PosixContext,
  file: OpenFile,
  pipe: Pipe,
  writes: boolean,
  address: number,
  size: number,
): Task<number> {
  const { kernel } = c;
  if (writes) return kernel.fail(Errno.EBADF);
  while (pipe.length === 0) {
    if (pipe.writers === 0) return 0;
    if ((file.flags & OpenFlag.NonBlock) !== 0) return kernel.fail(Errno.EAGAIN);
    yield* park(c, pipe);
  }
  const count = Math.min(size, pipe.length);
  kernel.memory.checkStore(address, count);
  kernel.memory.write(address, Uint8Array.from(pipe.take(count)));
  return count;
}

/** Waits until everything is in the pipe. undefined: the file is no pipe. */
export function writePipe(c: PosixContext, file: OpenFile, bytes: Uint8Array) {
  const end = ends.get(file);
  return end && write(c, file, end.pipe, end.writes, bytes.slice());
}

function* write(
  c: PosixContext,
  file: OpenFile,
  pipe: Pipe,
  writes: boolean,
  bytes: Uint8Array,
): Task<number> {
  const { kernel } = c;
  if (!writes) return kernel.fail(Errno.EBADF);
  let done = 0;
  while (done < bytes.length) {
    if (pipe.readers === 0) return kernel.fail(Errno.EPIPE);
    if (pipe.room > 0) {
      const part = bytes.subarray(done, done + pipe.room);
      done += part.length;
      pipe.put(part);
    } else if ((file.flags & OpenFlag.NonBlock) !== 0) {
      return done > 0 ? done : kernel.fail(Errno.EAGAIN);
    } else yield* park(c, pipe);
  }
  return done;
}

export const pipeRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "pipe",
    proto: "int pipe(int fildes[2]);",
    header: "unistd.h",
    call: (c, result) => posix(c, () => open(c, result)),
  },
];
