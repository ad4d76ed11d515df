import { dlopen, ptr } from "bun:ffi";
import {
  accessSync,
  chmodSync,
  constants,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, resolve } from "node:path";
import { ExitCode, UserError } from "./exit-codes.ts";
import { unlinkOnSignal } from "./unlink-on-signal.ts";

/** Where to listen: `[HOST:]PORT` or `unix:PATH`. */
export type SocketAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const LOOPBACK = "127.0.0.1";

/** Parses the address of an option; a bare port is on the loopback interface. Throws UserError(2). */
export function parseSocketAddress(option: string, text: string): SocketAddress {
  if (text.startsWith("unix:") && text.length > 5) return { kind: "unix", path: text.slice(5) };
  const match = /^(?:(localhost|\d{1,3}(?:\.\d{1,3}){3}|)?:)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  const host = match?.[1] === "localhost" || !match?.[1] ? LOOPBACK : match[1];
  if (!match || port > 65535 || host.split(".").some((part) => Number(part) > 255)) {
    throw new UserError(
      ExitCode.Usage,
      `--${option}: '${text}' is not an address to listen at`,
      "write for instance 3333, 127.0.0.1:3333 or unix:/tmp/gdb.sock",
    );
  }
  return { kind: "tcp", host, port };
}

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const POLLIN = 1;
const POLLOUT = 4;
const POLLHUP = 0x10;
/** Milliseconds that a client may leave what it is sent unread. */
const SEND_TIMEOUT = 5000;
const POLL_BYTES = 8;
/** Offset of revents in struct pollfd. */
const POLL_GOT = 6;
const RECEIVE_BYTES = 65536;

const darwin = process.platform === "darwin";
const SOL_SOCKET = darwin ? 0xffff : 1;
const SO_REUSEADDR = darwin ? 4 : 2;
/** The other side has closed; Linux says so by POLLRDHUP while there are bytes left, when it is asked for. */
const POLL_END = POLLHUP | (darwin ? 0 : 0x2000);
/** Linux; elsewhere the host ignores SIGPIPE. */
const MSG_NOSIGNAL = darwin ? 0 : 0x4000;
const MSG_DONTWAIT = darwin ? 0x80 : 0x40;

function openLibrary() {
  return dlopen(darwin ? "libSystem.B.dylib" : "libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    accept: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    send: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  }).symbols;
}

/**
 * One listening socket and at most one connection, without the event loop: a guest runs in one go, and a debugger has to be heard
 * meanwhile.
 */
export class SocketServer {
  /** Where a client connects: `127.0.0.1:3333`, or the path of a Unix socket. */
  readonly address: string;
  private readonly libc: ReturnType<typeof openLibrary>;
  private readonly listener: number;
  private connection = -1;
  private readonly poller = new DataView(new ArrayBuffer(2 * POLL_BYTES));
  /** A client was turned away, because there is one already. */
  onRefused: () => void = () => {};
  private readonly buffer = new Uint8Array(RECEIVE_BYTES);

  constructor(private readonly at: SocketAddress) {
    if (process.platform === "win32")
      throw new UserError(ExitCode.Usage, "--gdb is not available on Windows");
    this.libc = openLibrary();
    const { libc } = this;
    this.listener = libc.socket(at.kind === "unix" ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (this.listener < 0) this.fail("no socket could be made");
    if (at.kind === "unix") refuseOther(at.path);
    else libc.setsockopt(this.listener, SOL_SOCKET, SO_REUSEADDR, ptr(new Int32Array([1])), 4);
    // A path appears when somebody listens there, with its permissions.
    const draft = at.kind === "unix" ? `${at.path}.${process.pid}` : "";
    const name = socketName(at.kind === "unix" ? { kind: "unix", path: draft } : at);
    if (
      libc.bind(this.listener, ptr(name), name.length) !== 0 ||
      libc.listen(this.listener, 1) !== 0
    )
      this.fail(whyNot(at));
    if (at.kind === "unix") {
      chmodSync(draft, 0o600);
      renameSync(draft, at.path);
      unlinkOnSignal(resolve(at.path));
    }
    this.address = at.kind === "unix" ? at.path : `${at.host}:${this.boundPort()}`;
  }

  get connected(): boolean {
    return this.connection >= 0;
  }

  /** Waits up to that many milliseconds for a client. */
  accept(timeout: number): boolean {
    if (!this.readable(timeout, this.listener)) return false;
    this.connection = this.libc.accept(this.listener, null, null);
    if (this.connected && this.at.kind === "tcp")
      this.libc.setsockopt(this.connection, IPPROTO_TCP, TCP_NODELAY, ptr(new Int32Array([1])), 4);
    return this.connected;
  }

  /** Bytes that arrived within that many milliseconds; undefined: the client is gone. Another client is turned away meanwhile. */
  receive(timeout: number): Uint8Array | undefined {
    const here = this.readable(timeout, this.connection, this.listener);
    // One that comes when the first has gone has its place: the end of that is only not read yet.
    const going = (this.poller.getInt16(POLL_GOT, true) & POLL_END) !== 0;
    if (!going && this.poller.getInt16(POLL_BYTES + POLL_GOT, true) !== 0) this.refuse();
    if (!here) return new Uint8Array(0);
    const count = Number(this.libc.recv(this.connection, ptr(this.buffer), RECEIVE_BYTES, 0));
    if (count > 0) return this.buffer.slice(0, count);
    this.hangUp();
    return undefined;
  }

  send(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length && this.connected;) {
      const rest = bytes.subarray(done);
      const flags = MSG_NOSIGNAL | MSG_DONTWAIT;
      const count = Number(this.libc.send(this.connection, ptr(rest), rest.length, flags));
      if (count > 0) done += count;
      // Whoever sends and does not read must not stop the simulator.
      else if (!this.writable(SEND_TIMEOUT)) this.hangUp();
    }
  }

  hangUp(): void {
    if (this.connected) this.libc.close(this.connection);
    this.connection = -1;
  }

  close(): void {
    this.hangUp();
    this.libc.close(this.listener);
    if (this.at.kind === "unix") rmSync(this.at.path, { force: true });
  }

  /** Whether the connection takes bytes, or will within that many milliseconds. */
  private writable(timeout: number): boolean {
    const { poller } = this;
    poller.setInt32(0, this.connection, true);
    poller.setInt32(4, POLLOUT, true);
    return (
      this.libc.poll(ptr(poller), 1, timeout) > 0 && poller.getInt16(POLL_GOT, true) === POLLOUT
    );
  }

  private refuse(): void {
    const other = this.libc.accept(this.listener, null, null);
    if (other < 0) return;
    this.libc.close(other);
    this.onRefused();
  }

  /** Whether there is something at the first descriptor; `poller` has what is at the others. */
  private readable(timeout: number, ...fds: readonly number[]): boolean {
    const { poller } = this;
    for (const [n, fd] of fds.entries()) {
      poller.setInt32(n * POLL_BYTES, fd, true);
      poller.setInt32(n * POLL_BYTES + 4, POLLIN | (POLL_END & ~POLLHUP), true);
    }
    // Interrupted by a signal it has written nothing.
    return (
      this.libc.poll(ptr(poller), fds.length, timeout) > 0 && poller.getInt16(POLL_GOT, true) !== 0
    );
  }

  private boundPort(): number {
    const name = new Uint8Array(16);
    this.libc.getsockname(this.listener, ptr(name), ptr(new Uint32Array([name.length])));
    return (name[2] << 8) | name[3];
  }

  private fail(why: string): never {
    if (this.listener >= 0) this.libc.close(this.listener);
    const { at } = this;
    const where = at.kind === "unix" ? at.path : `${at.host}:${at.port}`;
    throw new UserError(ExitCode.NoInput, `cannot listen at ${where}: ${why}`);
  }
}

/** Why an address cannot be listened at. */
function whyNot(at: SocketAddress): string {
  if (at.kind === "unix") {
    try {
      accessSync(dirname(at.path), constants.W_OK);
    } catch (error) {
      const missing = (error as { code?: string }).code === "ENOENT";
      return missing ? "there is no such folder" : "the folder cannot be written to";
    }
    return "the file system has no sockets, or the path is too long";
  }
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const here = at.host === "0.0.0.0" || at.host.startsWith("127.");
  if (!here && !own.some(({ address }) => address === at.host))
    return "that is not an address of this computer";
  if (at.port < 1024 && process.getuid?.() !== 0)
    return "ports below 1024 are for privileged processes, or another one is listening there";
  return "another process is listening there";
}

/** A socket that a process left behind is replaced; any other file stays. */
function refuseOther(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isSocket())
    throw new UserError(
      ExitCode.NoInput,
      `cannot listen at ${path}: there is a file that is not a socket`,
    );
  if (stat && isTaken(path))
    throw new UserError(
      ExitCode.NoInput,
      `cannot listen at ${path}: another process is listening there`,
    );
}

/** Linux lists sockets by the names they were bound to, here that of the draft. To connect would be a debugger's visit. */
function isTaken(path: string): boolean {
  let list: string;
  try {
    list = readFileSync("/proc/net/unix", "utf8");
  } catch {
    return false;
  }
  return list.split("\n").some((line) => {
    const at = line.indexOf(` ${path}.`);
    return at >= 0 && /^\d+$/.test(line.slice(at + path.length + 2));
  });
}

/** struct sockaddr_in or sockaddr_un; BSD systems begin with the length. */
function socketName(at: SocketAddress): Uint8Array {
  const family = (kind: number, length: number) => (darwin ? [length, kind] : [kind, 0]);
  if (at.kind === "tcp") {
    const port = [at.port >> 8, at.port & 255];
    return Uint8Array.from([
      ...family(AF_INET, 16),
      ...port,
      ...at.host.split(".").map(Number),
      ...new Array(8).fill(0),
    ]);
  }
  const path = new TextEncoder().encode(at.path);
  if (path.length > 100)
    throw new UserError(ExitCode.Usage, `--gdb: the path of the socket is longer than 100 bytes`);
  return Uint8Array.from([...family(AF_UNIX, path.length + 3), ...path, 0]);
}
