import { Errno, type OpenFile, VfsError } from "../../vfs/mod.ts";
import type { ExportRow, Task } from "../call.ts";
import { findFile, isConsole, type PosixContext } from "./context.ts";
import { pipeState } from "./pipe.ts";

/** select and poll. Files and devices other than the console are always ready. */

const MICROSECONDS_PER_TICK = 10_000;
const MILLISECONDS_PER_TICK = 10;
const FD_SETSIZE = 64;
/** struct pollfd, and its flags as in dfs_poll.h of RT-Thread 4.0.4. */
const POLLFD = { size: 8, fd: 0, events: 4, revents: 6 } as const;
const POLLIN = 1;
const POLLOUT = 2;
const POLLHUP = 8;
const POLLNVAL = 0x10;
const POLLFD_MAX = 1024;

interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly hungUp: boolean;
}

function readiness(c: PosixContext, file: OpenFile): Readiness {
  const pipe = pipeState(file);
  if (pipe) return pipe;
  const { console } = c.kernel;
  const readable = !isConsole(c, file) || (console.available ?? 0) > 0 || console.ended;
  return { readable, writable: true, hungUp: false };
}

/** Calls `look` until it gives something other than 0, whenever one of the files may have changed. Negative ticks: for ever. */
function* until(
  c: PosixContext,
  files: readonly OpenFile[],
  ticks: number,
  look: () => number,
): Task<number> {
  const { kernel, waiting } = c;
  const start = kernel.tick;
  for (;;) {
    const found = look();
    const left = ticks < 0 ? -1 : Math.max(0, ticks - ((kernel.tick - start) >>> 0));
    if (found !== 0 || left === 0 || !waiting) return found;
    const stop = watch(c, files, kernel.threads.current);
    try {
      yield* waiting.pause(left);
    } finally {
      stop();
    }
  }
}

function watch(c: PosixContext, files: readonly OpenFile[], thread: number): () => void {
  const stops: (() => void)[] = [];
  for (const file of files) {
    const waiters = pipeState(file)?.waiters;
    if (waiters) {
      waiters.add(thread);
      stops.push(() => waiters.delete(thread));
    } else if (isConsole(c, file) && c.waiting) stops.push(c.waiting.watchConsole(thread));
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** The descriptors in a fd_set. @throws VfsError EBADF */
function members(c: PosixContext, set: number, count: number): { fd: number; file: OpenFile }[] {
  const found: { fd: number; file: OpenFile }[] = [];
  if (set === 0) return found;
  for (let fd = 0; fd < count; fd++) {
    if ((c.kernel.memory.ld32(set + 4 * (fd >>> 5)) & (1 << (fd & 31))) === 0) continue;
    found.push({ fd, file: c.vfs.file(fd) });
  }
  return found;
}

function* select(
  c: PosixContext,
  count: number,
  readSet: number,
  writeSet: number,
  exceptSet: number,
  time: number,
): Task<number> {
  const { kernel } = c;
  const { memory } = kernel;
  if (count < 0 || count > FD_SETSIZE) return kernel.fail(Errno.EINVAL);
  const ticks = time === 0 ? -1 : timevalTicks(c, time);
  let wanted: { set: number; key: "readable" | "writable"; all: ReturnType<typeof members> }[];
  try {
    wanted = [
      { set: readSet, key: "readable", all: members(c, readSet, count) },
      { set: writeSet, key: "writable", all: members(c, writeSet, count) },
    ];
    members(c, exceptSet, count);
  } catch (error) {
    if (error instanceof VfsError) return kernel.fail(error.errno);
    throw error;
  }
  const ready = () =>
    wanted.map(({ key, all }) => all.filter(({ file }) => readiness(c, file)[key]));
  const files = wanted.flatMap(({ all }) => all.map(({ file }) => file));
  const total = yield* until(c, files, ticks, () => ready().flat().length);
  const bytes = 4 * Math.ceil(count / 32);
  for (const set of [readSet, writeSet, exceptSet]) if (set !== 0) memory.fill(set, bytes, 0);
  ready().forEach((list, side) => {
    for (const { fd } of list) {
      const word = wanted[side].set + 4 * (fd >>> 5);
      memory.st32(word, memory.ld32(word) | (1 << (fd & 31)));
    }
  });
  return total;
}

/** struct timeval of newlib: 64-bit seconds, microseconds at 8. */
function timevalTicks({ kernel: { memory } }: PosixContext, time: number): number {
  const us = (memory.ldu32(time) + memory.ld32(time + 4) * 2 ** 32) * 1e6 + memory.ld32(time + 8);
  return Math.min(Math.max(0, Math.ceil(us / MICROSECONDS_PER_TICK)), 0x7ffffffe);
}

function* poll(c: PosixContext, fds: number, count: number, timeout: number): Task<number> {
  const { kernel } = c;
  const { memory } = kernel;
  if (count > POLLFD_MAX) return kernel.fail(Errno.EINVAL);
  memory.checkStore(fds, count * POLLFD.size);
  const entries = Array.from({ length: count }, (_, n) => fds + n * POLLFD.size);
  const fileOf = (entry: number) => findFile(c, memory.ld32(entry + POLLFD.fd));
  const look = () => {
    let ready = 0;
    for (const entry of entries) {
      const revents = memory.ld32(entry + POLLFD.fd) < 0 ? 0 : eventsOf(c, entry, fileOf(entry));
      memory.st16(entry + POLLFD.revents, revents);
      if (revents !== 0) ready++;
    }
    return ready;
  };
  const files = entries.map(fileOf).filter((file) => file !== undefined);
  const ticks = timeout < 0 ? -1 : Math.ceil(timeout / MILLISECONDS_PER_TICK);
  return yield* until(c, files, ticks, look);
}

function eventsOf(c: PosixContext, entry: number, file: OpenFile | undefined): number {
  if (!file) return POLLNVAL;
  const events = c.kernel.memory.ld16(entry + POLLFD.events);
  const { readable, writable, hungUp } = readiness(c, file);
  const ready = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
  return (ready & events) | (hungUp ? POLLHUP : 0);
}

export const selectRows: readonly ExportRow<PosixContext>[] = [
  {
    name: "select",
    proto:
      "int select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, struct timeval *timeout);",
    header: "sys/select.h",
    call: (c, count, readSet, writeSet, exceptSet) =>
      select(c, count, readSet, writeSet, exceptSet, c.kernel.stackArg(0)),
  },
  {
    name: "poll",
    proto: "int poll(struct pollfd *fds, nfds_t nfds, int timeout);",
    header: "poll.h",
    call: (c, fds, count, timeout) => poll(c, fds, count >>> 0, timeout),
  },
];
