import { FatError } from "../../fat/mod.ts";
import { dataOf, DEFLATED, STORED, zipEntries, type ZipEntry, ZipError } from "../../zip/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import type { Archive } from "./archive.ts";
import { inflate, PackedInput } from "./inflate.ts";

/** A file in a ZIP archive. */
export interface Member {
  /** As stored, with `/` between names; a folder ends in `/`. */
  readonly name: string;
  readonly size: number;
  /** Seconds since 1970, the stamp taken as UTC. */
  readonly mtime: number;
  /** Gives what it holds piece by piece; the arrays are used again. @throws UserError when it is damaged */
  unpack(sink: (piece: Uint8Array) => void): void;
}

/** Bytes of a stored member moved at a time. */
const PIECE = 1 << 20;

/** The members of an archive, from its central directory. @throws UserError with what is wrong */
export function readZip(archive: Archive): Member[] {
  return reading(archive, () => zipEntries(archive)).map((entry) => ({
    name: entry.name,
    size: entry.size,
    mtime: timeOf(entry.stamp),
    unpack: (sink) => reading(archive, () => unpack(archive, entry, sink)),
  }));
}

function reading<T>({ path }: Archive, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new UserError(
      ExitCode.BadData,
      `${path} is a ZIP archive that cannot be read: ${error.message}`,
    );
  }
}

/** @throws ZipError */
function unpack(archive: Archive, entry: ZipEntry, sink: (piece: Uint8Array) => void): void {
  const { name, method, crc, packed, size } = entry;
  let length = 0;
  let sum = 0;
  const take = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > size) throw new ZipError(`${name} has more than the ${size} bytes it should have`);
    sum = Bun.hash.crc32(piece, sum);
    sink(piece);
  };
  const source = archive.source(dataOf(archive, entry), packed);
  if (method === STORED) {
    const piece = new Uint8Array(PIECE);
    for (let n; (n = source(piece)) > 0;) take(piece.subarray(0, n));
  } else if (method === DEFLATED) {
    try {
      inflate(new PackedInput(source), take);
    } catch (error) {
      if ([UserError, FatError, ZipError].some((kind) => error instanceof kind)) throw error;
      throw new ZipError(`${name}: ${(error as Error).message}`);
    }
  } else
    throw new ZipError(`${name} is packed with method ${method}; stored and deflate are known`);
  if (length !== size) throw new ZipError(`${name} has ${length} bytes, not ${size}`);
  if (sum !== crc) throw new ZipError(`${name} is damaged: its checksum is wrong`);
}

function timeOf(stamp: number): number {
  const [date, time] = [stamp >>> 16, stamp & 0xffff];
  return (
    Date.UTC(
      1980 + (date >> 9),
      Math.max(1, (date >> 5) & 15) - 1,
      date & 31,
      time >> 11,
      (time >> 5) & 63,
      (time & 31) * 2,
    ) / 1000
  );
}
