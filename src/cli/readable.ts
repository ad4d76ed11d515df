import { dlopen, ptr } from "bun:ffi";

const POLLIN = 1;
const POLLOUT = 4;

/** send() of Linux: what fits at once, and no signal when the other side has gone. */
const DONT_WAIT = 0x40;
const NO_SIGNAL = 0x4000;

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

type Send = (fd: number, bytes: Uint8Array) => number;

let send: Send | undefined;

/** Sends on a socket what it has room for now, of Linux only; gives how much, or -1. */
export function sendNow(fd: number, bytes: Uint8Array): number {
  send ??= systemSend();
  return send(fd, bytes);
}

function systemSend(): Send {
  const { symbols } = dlopen("libc.so.6", {
    send: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  });
  const flags = DONT_WAIT | NO_SIGNAL;
  return (fd, bytes) => Number(symbols.send(fd, ptr(bytes), BigInt(bytes.length), flags));
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
