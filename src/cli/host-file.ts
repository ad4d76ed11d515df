import { dlopen } from "bun:ffi";
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { BlockError } from "../block/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { message } from "./outcome.ts";

/** A disk image on the host, as src/block's FileDevice wants it. */
export interface OpenedImage {
  readonly size: number;
  readonly writable: boolean;
  readAt(offset: number, into: Uint8Array): void;
  writeAt(offset: number, from: Uint8Array): void;
  flush(): void;
  close(): void;
}

/** Why a host file could not be opened, as one sentence without the system's jargon. */
export function hostError(path: string, error: unknown): UserError {
  const code = (error as { code?: string }).code;
  const why: Record<string, string> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "is a directory",
    ENOTDIR: "part of the path is not a folder",
    EMFILE: "too many open files",
  };
  return new UserError(
    ExitCode.NoInput,
    `cannot open ${path}: ${why[code ?? ""] ?? code ?? String(error)}`,
  );
}

/** Images that this process writes to, by device and number of the file. */
const ours = new Set<string>();

/**
 * Opens an image for reading and writing and locks it against other processes; a file without write permission is opened
 * for reading only (`writable` false). With `quiet` nobody is told of a failure of the host before the end.
 */
export function openImage(path: string, readOnly: boolean, quiet = false): OpenedImage {
  let fd: number;
  let writable = !readOnly;
  try {
    fd = openSync(path, readOnly ? "r" : "r+");
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (readOnly || (code !== "EACCES" && code !== "EROFS" && code !== "EPERM"))
      throw hostError(path, error);
    writable = false;
    try {
      fd = openSync(path, "r");
    } catch (second) {
      throw hostError(path, second);
    }
  }
  const stat = fstatSync(fd);
  if (!stat.isFile() && !stat.isBlockDevice()) {
    closeSync(fd);
    throw new UserError(
      ExitCode.NoInput,
      `cannot open ${path}: ${stat.isDirectory() ? "is a directory" : "not a regular file"}`,
    );
  }
  const identity = `${stat.dev}:${stat.ino}`;
  if (writable && !lock(fd)) {
    closeSync(fd);
    if (ours.has(identity))
      throw new UserError(
        ExitCode.Usage,
        `${path} is given twice`,
        "two file systems that write to one image would destroy it; with --snapshot neither writes",
      );
    throw new UserError(
      ExitCode.NoInput,
      `${path} is in use by another rtt-sim`,
      "two writers would destroy the file system; use --snapshot for a second, read-only look",
    );
  }
  if (writable) ours.add(identity);
  const failures = new Failures(path, quiet);
  return {
    size: stat.isFile() ? stat.size : deviceSize(fd),
    writable,
    readAt(offset, into) {
      let done = 0;
      while (done < into.length) {
        const n = failures.watch(() => readSync(fd, into, done, into.length - done, offset + done));
        if (n === 0) {
          into.fill(0, done);
          return;
        }
        done += n;
      }
    },
    writeAt(offset, from) {
      let done = 0;
      while (done < from.length) {
        done += failures.watch(() => writeSync(fd, from, done, from.length - done, offset + done));
      }
    },
    flush: () => failures.watch(() => fsyncSync(fd)),
    close() {
      if (writable) ours.delete(identity);
      closeSync(fd);
      failures.tell();
    },
  };
}

/** Of a block device, whose stat says nothing: the first place where nothing can be read, found by halving. */
function deviceSize(fd: number): number {
  const sector = new Uint8Array(512);
  const readable = (n: number) => {
    try {
      return readSync(fd, sector, 0, 512, n * 512) === 512;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = 1;
  while (readable(high) && high < 2 ** 42) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readable(middle)) low = middle;
    else high = middle;
  }
  return high * 512;
}

const REASONS: Record<string, string> = {
  ENOSPC: "the host's disk is full",
  EDQUOT: "the host's disk quota is used up",
  EFBIG: "the host does not let the file become so large",
  EIO: "the host's disk has an error",
};

/** Failures of the host under an image: told at once, and with an exit code at the end, whatever the guest makes of them. */
class Failures {
  private first: string | undefined;

  constructor(
    private readonly path: string,
    private readonly quiet: boolean,
  ) {}

  watch<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      const code = (error as { code?: string }).code ?? String(error);
      const why = REASONS[code] ?? code;
      if (this.first === undefined && !this.quiet)
        message(`${this.path}: ${why}; the guest gets an I/O error`);
      this.first ??= why;
      throw new BlockError(why);
    }
  }

  tell(): void {
    if (this.first === undefined) return;
    throw new UserError(
      ExitCode.NoOutput,
      `${this.path} does not have everything that was written to it: ${this.first}`,
      "rtt-sim disk fsck says what state it is in",
    );
  }
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Advisory lock, released by the system when the process ends. Where flock is not to be had, nobody is refused. */
function lock(fd: number): boolean {
  const library = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  try {
    const libc = dlopen(library, { flock: { args: ["i32", "i32"], returns: "i32" } });
    return libc.symbols.flock(fd, LOCK_EX | LOCK_NB) === 0;
  } catch {
    return true;
  }
}
