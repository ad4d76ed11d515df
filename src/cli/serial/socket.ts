import { existsSync, renameSync, statSync, unlinkSync } from "node:fs";
import { isIP } from "node:net";
import type { Socket, SocketHandler } from "bun";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Backlog, BACKLOG_BYTES, type Link, PATIENCE_MS } from "./link.ts";

/** How long a client that is held has to show that it is still there, and what it may send meanwhile. */
const CHECK_MS = 100;
const PARKED_BYTES = 16 << 20;

/** So much is sent while the guest still runs. */
const SEND_BYTES = 16384;

/** How long a client that has said everything still gets answers. */
const LINGER_MS = 1000;

/** Bytes of a socket's path (sun_path of unix(7), with the zero behind it; of macOS). */
const PATH_BYTES = 104;

const BUSY = new TextEncoder().encode("rtt-sim: this serial line is in use\r\n");

/**
 * A line that one client at a time is connected to, by TCP or a Unix socket. What is printed while nobody is connected is kept for the
 * next client, the newest of it.
 */
export class SocketLink implements Link {
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  where = "";
  private client: Socket<unknown> | undefined;
  /** The client has said everything: the next one need not wait for it. */
  private leaving = false;
  /** Nothing is given to the guest. */
  private held = false;
  /** Another client asks whether this one is there. */
  private checking = false;
  /** What arrived all the same. */
  private readonly parked = new Backlog();
  private readonly backlog = new Backlog();
  private stop: () => void = () => {};
  private lastProgress = 0;
  /** What waits will be sent as soon as the guest rests. */
  private due = false;

  static tcp(host: string, port: number): SocketLink {
    const link = new SocketLink();
    try {
      const listener = Bun.listen({
        hostname: host,
        port,
        allowHalfOpen: true,
        socket: link.handler(),
      });
      link.stop = () => listener.stop(true);
      link.where = `tcp ${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
    } catch (error) {
      throw refused(`${host}:${port}`, error, isName(host) ? UNKNOWN_HOST : undefined);
    }
    return link;
  }

  static async unix(path: string): Promise<SocketLink> {
    if (existsSync(path)) await removeStale(path);
    const link = new SocketLink();
    try {
      const draft = draftOf(path);
      const listener = Bun.listen({ unix: draft, allowHalfOpen: true, socket: link.handler() });
      if (draft !== path) renameSync(draft, path);
      link.stop = () => {
        listener.stop(true);
        if (existsSync(path)) unlinkSync(path);
      };
      link.where = `unix ${path}`;
    } catch (error) {
      throw refused(path, error);
    }
    return link;
  }

  get congested(): boolean {
    if (!this.client || this.backlog.length < BACKLOG_BYTES) return false;
    return performance.now() - this.lastProgress < PATIENCE_MS;
  }

  write(bytes: Uint8Array): void {
    const absent = !this.client || performance.now() - this.lastProgress > PATIENCE_MS;
    if (this.backlog.length === 0) this.lastProgress = performance.now();
    this.backlog.push(bytes, absent ? BACKLOG_BYTES : Infinity);
    if (this.backlog.length >= SEND_BYTES) this.send();
    else if (!this.due) {
      this.due = true;
      queueMicrotask(() => {
        this.due = false;
        this.send();
      });
    }
  }

  hold(): void {
    this.held = true;
    this.client?.pause();
  }

  goOn(): void {
    if (!this.held || this.checking) return;
    this.held = false;
    const { parked } = this;
    for (let piece = parked.first; piece && !this.held; piece = parked.first) {
      parked.drop(piece.length);
      this.onData(piece);
    }
    if (!this.held) this.client?.resume();
  }

  close(): void {
    this.send();
    this.client?.end();
    this.stop();
  }

  private handler(): SocketHandler<unknown> {
    return {
      open: (socket) => {
        if (this.client && !this.leaving && this.held && !this.checking) this.check(socket);
        else this.opened(socket);
      },
      data: (socket, bytes) => {
        if (socket === this.client) this.arrived(socket, bytes);
      },
      drain: (socket) => {
        if (socket === this.client) this.send();
      },
      close: (socket) => this.gone(socket),
      error: (socket) => this.gone(socket),
      // It sends no more but may still listen, as `printf ... | nc` does.
      end: (socket) => {
        if (socket === this.client) this.leaving = true;
        setTimeout(() => socket.end(), LINGER_MS).unref();
      },
    };
  }

  private opened(socket: Socket<unknown>): void {
    if (this.client && !this.leaving) {
      socket.end(BUSY);
      return;
    }
    this.client?.end();
    this.leaving = false;
    this.client = socket;
    if (this.held) socket.pause();
    socket.setNoDelay?.(true);
    this.lastProgress = performance.now();
    this.send();
  }

  private arrived(socket: Socket<unknown>, bytes: Uint8Array): void {
    if (!this.held) return this.onData(Uint8Array.from(bytes));
    this.parked.push(bytes);
    if (this.parked.length > PARKED_BYTES) socket.pause();
  }

  /** Whether a client that is held has gone is not told before all that it has sent was taken. */
  private check(next: Socket<unknown>): void {
    this.checking = true;
    this.client?.resume();
    next.pause();
    setTimeout(() => {
      this.checking = false;
      if (!this.leaving) this.client?.pause();
      if (next.readyState > 0) {
        next.resume();
        this.opened(next);
      }
      this.onRoom();
    }, CHECK_MS).unref();
  }

  /** The next client may come; a half-sent answer is not for it. */
  private gone(socket: Socket<unknown>): void {
    if (socket !== this.client) return;
    this.client = undefined;
    this.backlog.clear();
    this.onRoom();
  }

  private send(): void {
    const { client, backlog } = this;
    if (!client) return;
    for (let piece = backlog.first; piece; piece = backlog.first) {
      const sent = client.write(piece);
      if (sent <= 0) return;
      this.lastProgress = performance.now();
      backlog.drop(sent);
      if (sent < piece.length) return;
    }
    this.onRoom();
  }
}

/** A socket that a process left behind is removed; one that is listened at, and any other file, stays. */
async function removeStale(path: string): Promise<void> {
  if (!statSync(path).isSocket())
    throw new UserError(
      ExitCode.NoOutput,
      `${path} exists and is not a socket`,
      "name another path",
    );
  try {
    const probe = await Bun.connect({ unix: path, socket: { data() {}, error() {}, close() {} } });
    probe.end();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ECONNREFUSED") {
      unlinkSync(path);
      return;
    }
  }
  throw new UserError(ExitCode.NoOutput, `${path} is in use by another process`);
}

const UNKNOWN_HOST = "no host of that name is known";

const isName = (host: string): boolean => isIP(host) === 0 && host !== "localhost";

/** @param otherwise What it means when the host gives no reason. */
function refused(where: string, error: unknown, otherwise?: string): UserError {
  const { code, message } = error as { code?: string; message?: string };
  const why: Record<string, string> = {
    EADDRINUSE: "the port is in use",
    EACCES: "permission denied",
    EADDRNOTAVAIL: "this host does not have that address",
    ENOENT: "no such folder",
  };
  return new UserError(
    ExitCode.NoOutput,
    `cannot listen at ${where}: ${why[code ?? ""] ?? otherwise ?? code ?? message}`,
  );
}

/** Where a socket is made: its path appears when somebody listens there, for who waits for it. */
function draftOf(path: string): string {
  const draft = `${path}.${process.pid}`;
  return Buffer.byteLength(draft) < PATH_BYTES ? draft : path;
}
