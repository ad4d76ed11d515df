import {
  closeSync,
  existsSync,
  ftruncateSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { BlockDevice } from "../../block/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { openImage } from "../host-file.ts";
import { Progress } from "./progress.ts";

/** Bytes moved at a time; what is all zeros stays a hole in the file. */
export const PIECE = 1 << 20;

/** A raw image being made beside the file it will replace: that one changes only when everything was written. */
export class NewImage {
  private readonly part: string;
  private readonly fd: number;
  private open = true;

  private readonly path: string;

  constructor(given: string) {
    if (given === "") throw new UserError(ExitCode.Usage, "cannot write a file without a name");
    if (lstatSync(given, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(given))
      throw new UserError(ExitCode.NoOutput, `cannot write ${given}: the link leads nowhere`);
    // What a link leads to is replaced, not the link.
    const path = (this.path = existsSync(given) ? realpathSync(given) : given);
    if (existsSync(path)) {
      if (!statSync(path).isFile())
        throw new UserError(
          ExitCode.NoOutput,
          `cannot write ${given}: it is there and no regular file`,
          "an image is made beside the file that it replaces; give the name of a file",
        );
      // Not while another process writes to the file that would be replaced: its writes would be lost.
      openImage(path, false).close();
    }
    removeLeftovers(path);
    this.part = `${path}.part-${process.pid}`;
    try {
      this.fd = openSync(this.part, "wx+");
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST")
        throw new UserError(
          ExitCode.NoOutput,
          `cannot write ${path}: another rtt-sim is writing it (${this.part})`,
        );
      throw cannotWrite(path, error);
    }
  }

  /** For a device on the file while it is made. */
  get descriptor(): number {
    return this.fd;
  }

  /** Fixes the length; what was not written is zeros. */
  resize(bytes: number): void {
    this.guarded(() => ftruncateSync(this.fd, bytes));
  }

  /** Copies a whole device. */
  fill(device: BlockDevice): void {
    const { sectorSize, sectors } = device;
    const total = sectors * sectorSize;
    if (/\.gz$/i.test(this.path)) {
      for (const _ of this.packing(device));
      return;
    }
    this.resize(total);
    const progress = new Progress("saving the disk", total);
    const bytes = new Uint8Array(PIECE);
    for (let at = 0; at < total; at += PIECE) {
      const piece = bytes.subarray(0, Math.min(PIECE, total - at));
      device.read(at / sectorSize, piece);
      if (!isZero(piece)) this.guarded(() => writeSync(this.fd, piece, 0, piece.length, at));
      progress.at(at);
    }
    progress.end();
  }

  /** Everything is on the host's disk; the file gets its name. */
  finish(): void {
    this.guarded(() => fsyncSync(this.fd));
    this.discardDescriptor();
    this.guarded(() => renameSync(this.part, this.path));
  }

  /** Leaves no trace, and the old file as it was. */
  discard(): void {
    this.discardDescriptor();
    rmSync(this.part, { force: true });
  }

  /** Copies a whole device, compressed; gives control back after each piece. */
  *packing(device: BlockDevice): Generator<void> {
    const { sectorSize, sectors } = device;
    const perPiece = (16 * PIECE) / sectorSize;
    const progress = new Progress("compressing the disk", sectors * sectorSize);
    // Members one after the other are one file for gunzip.
    for (let at = 0; at < sectors; at += perPiece) {
      const bytes = new Uint8Array(Math.min(perPiece, sectors - at) * sectorSize);
      device.read(at, bytes);
      const packed = Bun.gzipSync(bytes);
      this.guarded(() => writeSync(this.fd, packed));
      progress.at(at * sectorSize);
      yield;
    }
    progress.end();
  }

  private discardDescriptor(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  private guarded(call: () => unknown): void {
    try {
      call();
    } catch (error) {
      this.discard();
      throw cannotWrite(this.path, error);
    }
  }
}

/** What killed processes began beside a file is of no use to anybody. */
export function removeLeftovers(path: string): void {
  const begin = `${basename(path)}.part-`;
  try {
    for (const name of readdirSync(dirname(path))) {
      const pid = name.startsWith(begin) ? Number(name.slice(begin.length)) : NaN;
      if (Number.isInteger(pid) && !lives(pid)) rmSync(join(dirname(path), name), { force: true });
    }
  } catch {
    // Not to be read, or not to be removed: the new file tells.
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

export function cannotWrite(path: string, error: unknown): UserError {
  const code = (error as { code?: string }).code ?? String(error);
  const why: Record<string, string> = {
    ENOENT: "its folder does not exist",
    ENOTDIR: "part of the path is not a folder",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOSPC: "the host's disk is full",
    EDQUOT: "the host's disk quota is used up",
    EFBIG: "the file would become too large for the host",
    EROFS: "the host's file system is read-only",
    EEXIST: "something else of that name is in the way",
  };
  return new UserError(ExitCode.NoOutput, `cannot write ${path}: ${why[code] ?? code}`);
}

const ZEROS = Buffer.alloc(PIECE);

/** All zeros; for at most PIECE bytes. */
export function isZero(bytes: Uint8Array): boolean {
  return ZEROS.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}
