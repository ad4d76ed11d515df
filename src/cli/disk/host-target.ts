import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { FatVolume } from "../../fat/mod.ts";
import { cardDevice, FileDevice } from "../../block/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { openImage } from "../host-file.ts";
import { writeAll } from "../output.ts";
import type { Reader } from "./image-target.ts";
import type { Images } from "./image.ts";
import { cannotWrite, removeLeftovers } from "./save-image.ts";

/** A stamp of zeros is no time. */
const FIRST_TIME = 315532800;
/** Of a name, so that it can get an ending. */
const MAX_NAME = 200;

/** A file or folder of the host that is copied to; `-` is standard output. */
export class HostTarget {
  private readonly tidied = new Set<string>();

  constructor(
    private readonly images: Images,
    private readonly path: string,
  ) {}

  isFolder(path: string): boolean {
    return path.endsWith("/") || statOf(path)?.isDirectory() === true;
  }

  exists(path: string): boolean {
    return path !== "-" && statOf(path) !== undefined;
  }

  join(folder: string, name: string): string {
    return join(folder, name);
  }

  makeFolder(path: string): void {
    if (path === "-")
      throw new UserError(ExitCode.Usage, "a directory cannot go to standard output");
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  setTime(path: string, seconds: number): void {
    if (seconds < FIRST_TIME) return;
    try {
      utimesSync(path, seconds, seconds);
    } catch {
      // Somebody else's folder: what is in it was copied.
    }
  }

  /** Gives control back after each piece. What was there stays until everything has been read and written. */
  *copy(reader: Reader, to: string): Generator<number> {
    if (to === "-") {
      yield* drain(reader, (piece) => writeAll(1, piece));
      return;
    }
    if (this.path.endsWith("/")) this.makeFolder(this.path);
    const stat = statOf(to);
    if (stat && !stat.isFile()) return yield* this.into(reader, to, stat);
    if (stat) this.refuseImage(to, stat);
    else if (isLink(to))
      throw new UserError(ExitCode.NoOutput, `cannot write ${to}: the link leads nowhere`);
    yield* this.beside(reader, stat ? realpathSync(to) : to, stat, to);
    if (reader.mtime !== undefined) this.setTime(to, reader.mtime);
  }

  /** A device or a pipe takes what comes; it is never replaced. */
  private *into(reader: Reader, to: string, stat: Stats): Generator<number> {
    if (stat.isDirectory())
      throw new UserError(ExitCode.NoOutput, `cannot write ${to}: it is a folder`);
    const fd = opened(to, "w", to);
    try {
      yield* drain(reader, (piece) => writeTo(fd, piece, to));
    } finally {
      closeSync(fd);
    }
  }

  /** Written beside its place under another name, which only then takes that of the old file. */
  private *beside(
    reader: Reader,
    to: string,
    old: Stats | undefined,
    shown: string,
  ): Generator<number> {
    const folder = dirname(to);
    if (!this.tidied.has(folder)) {
      this.tidied.add(folder);
      removeLeftovers(to);
    }
    const part = join(folder, `${cut(basename(to))}.part-${process.pid}`);
    let fd: number | undefined = opened(part, "wx", shown);
    try {
      yield* drain(reader, (piece) => writeTo(fd!, piece, shown));
      closeSync(fd);
      fd = undefined;
      try {
        if (old) chmodSync(part, old.mode & 0o7777);
        renameSync(part, to);
      } catch (error) {
        throw cannotWrite(shown, error);
      }
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    } finally {
      // Also when nobody asks for the next piece: the copying was ended.
      if (fd !== undefined) {
        closeSync(fd);
        rmSync(part, { force: true });
      }
    }
  }

  /** A disk image where a copy should go: most likely `:/` was forgotten. */
  private refuseImage(to: string, stat: Stats): void {
    const hint = `did you mean ${to}:/ for a place in it?`;
    if (this.images.has(to))
      throw new UserError(
        ExitCode.Usage,
        `${to} is the image itself: it would be replaced by a file`,
        hint,
      );
    if (stat.size < 512) return;
    try {
      openImage(to, false, true).close();
    } catch (error) {
      if (!(error instanceof UserError) || !/in use/.test(error.message)) return;
      throw new UserError(error.code, `${to} is an image in use by another rtt-sim`, hint);
    }
    if (holdsFat(to))
      throw new UserError(
        ExitCode.Usage,
        `${to} is a disk image: it would be replaced by a file`,
        `${hint} Else remove it first`,
      );
  }
}

function holdsFat(path: string): boolean {
  const file = openImage(path, true, true);
  try {
    FatVolume.mount(cardDevice(new FileDevice(file, { readOnly: true })), { readOnly: true });
    return true;
  } catch {
    return false;
  } finally {
    file.close();
  }
}

function* drain(reader: Reader, sink: (piece: Uint8Array) => void): Generator<number> {
  for (let piece; (piece = reader.next());) {
    sink(piece);
    yield piece.length;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function opened(path: string, how: "w" | "wx", shown: string): number {
  try {
    return openSync(path, how);
  } catch (error) {
    throw cannotWrite(shown, error);
  }
}

function writeTo(fd: number, piece: Uint8Array, to: string): void {
  for (let done = 0; done < piece.length;) {
    try {
      done += writeSync(fd, piece, done, piece.length - done);
    } catch (error) {
      if ((error as { code?: string }).code === "EAGAIN") Bun.sleepSync(2);
      else throw cannotWrite(to, error);
    }
  }
}

/** A name that leaves room for an ending. */
function cut(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > MAX_NAME) short = short.slice(0, -1);
  return short;
}
