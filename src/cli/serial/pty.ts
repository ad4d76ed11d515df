import { lstatSync, readdirSync, readlinkSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Backlog, BACKLOG_BYTES, type Link, PATIENCE_MS } from "./link.ts";

/**
 * lrzsz drops its input (tcflush) right after it has acknowledged a block. On a wire nothing could have come by then; here an answer of
 * a block's size waits so long.
 */
const TURNAROUND_MS = 2;
const BLOCK_BYTES = 128;

/** More than this is not handed to the terminal before it has taken what it has. */
const IN_FLIGHT = 16 * 1024;

/**
 * A pseudo terminal for picocom, minicom, lrzsz and the like. This side keeps it open, so that programs may come and go; whether one
 * is there cannot be seen, so what nobody reads for a second is dropped but for its end.
 */
export class PtyLink implements Link {
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  readonly where: string;
  private readonly terminal: Bun.Terminal;
  private readonly backlog = new Backlog();
  private inFlight = 0;
  private lastProgress = 0;
  private lastData = 0;
  private held = false;

  /** @param link A symbolic link to make, which is removed at the end. */
  constructor(private readonly link: string | undefined) {
    const before = new Set(terminals().values());
    this.terminal = open({
      data: (_terminal, bytes) => {
        this.lastData = performance.now();
        this.onData(Uint8Array.from(bytes));
      },
      drain: () => this.drained(),
    });
    this.terminal.setRawMode(true);
    const path = [...terminals().values()].find((name) => !before.has(name));
    if (path === undefined) {
      this.terminal.close();
      throw new UserError(
        ExitCode.NoOutput,
        "this host does not tell the name of a pseudo terminal",
      );
    }
    this.where = path;
    if (link !== undefined) this.makeLink(link);
  }

  get congested(): boolean {
    if (this.backlog.length < BACKLOG_BYTES) return false;
    return performance.now() - this.lastProgress < PATIENCE_MS;
  }

  write(bytes: Uint8Array): void {
    if (this.backlog.length === 0 && this.inFlight === 0) this.lastProgress = performance.now();
    const absent = performance.now() - this.lastProgress > PATIENCE_MS;
    this.backlog.push(bytes, absent ? BACKLOG_BYTES : Infinity);
    this.send();
  }

  close(): void {
    this.terminal.close();
    try {
      if (this.link !== undefined && readlinkSync(this.link) === this.where) unlinkSync(this.link);
    } catch {
      // Somebody removed it before.
    }
  }

  private send(): void {
    const piece = this.backlog.first;
    if (!piece || this.inFlight > 0 || this.held) return;
    if (piece.length > BLOCK_BYTES && performance.now() - this.lastData < TURNAROUND_MS) {
      this.held = true;
      setTimeout(() => {
        this.held = false;
        if (!this.terminal.closed) this.send();
      }, TURNAROUND_MS);
      return;
    }
    const part = piece.slice(0, IN_FLIGHT);
    this.inFlight = part.length;
    this.backlog.drop(part.length);
    this.terminal.write(part);
  }

  private drained(): void {
    this.inFlight = 0;
    this.lastProgress = performance.now();
    if (this.backlog.length > 0) this.send();
    else this.onRoom();
  }

  private makeLink(link: string): void {
    try {
      if (isLink(link)) unlinkSync(link);
      symlinkSync(this.where, link);
    } catch (error) {
      this.terminal.close();
      const { code } = error as { code?: string };
      const why: Record<string, string> = {
        EEXIST: isFolder(link) ? "it is a folder" : "there is a file of that name",
        ENOENT: "there is no such folder",
        ENOTDIR: "part of the path is not a folder",
        EACCES: "permission denied",
      };
      throw new UserError(
        ExitCode.NoOutput,
        `--pty-link: cannot make ${link}: ${why[code ?? ""] ?? code}`,
        "name a path that is free, in a folder that exists",
      );
    }
  }
}

function open(options: Bun.TerminalOptions): Bun.Terminal {
  try {
    return new Bun.Terminal(options);
  } catch (error) {
    throw new UserError(
      ExitCode.NoOutput,
      `this host has no pseudo terminal to give: ${(error as Error).message}`,
      "--serial tcp:PORT works everywhere",
    );
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Names of the terminals that this process has open. */
function terminals(): Map<string, string> {
  const found = new Map<string, string>();
  for (const fd of readdirSync("/dev/fd")) {
    try {
      const name = readlinkSync(`/dev/fd/${fd}`);
      if (/^\/dev\/(pts\/\d+|ttys\d+)$/.test(name)) found.set(fd, name);
    } catch {
      // The descriptor of the listing itself.
    }
  }
  return found;
}
