import { dlopen, ptr } from "bun:ffi";

const POLLIN = 1;
const POLLOUT = 4;

type Poll = (fds: Parameters<typeof ptr>[0], timeout: number) => number;

let poll: Poll | undefined;

/** Whether a read gives something at once, be it the end; waits up to so many milliseconds for it. True where nobody can tell. */
export function isReadable(fd: number, milliseconds: number): boolean {
  return isReady(fd, POLLIN, milliseconds);
}

/** The same of a write. */
export function isWritable(fd: number, milliseconds: number): boolean {
  return isReady(fd, POLLOUT, milliseconds);
}

function isReady(fd: number, event: number, milliseconds: number): boolean {
  poll ??= systemPoll();
  const record = new Uint8Array(8);
  new DataView(record.buffer).setInt32(0, fd, true);
  record[4] = event;
  // Negative: a signal came meanwhile.
  return poll(record, milliseconds) > 0;
}

function systemPoll(): Poll {
  const library = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  try {
    const { symbols } = dlopen(library, { poll: { args: ["ptr", "u64", "i32"], returns: "i32" } });
    return (fds, timeout) => symbols.poll(ptr(fds), 1, timeout);
  } catch {
    return () => 1;
  }
}
