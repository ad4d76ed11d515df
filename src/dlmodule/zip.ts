import { amount } from "../elf/mod.ts";
import {
  dataOf,
  DEFLATED,
  STORED,
  zipEntries,
  type ZipEntry,
  ZipError,
  type ZipSource,
} from "../zip/mod.ts";

export { type ZipEntry, ZipError };

/** Compressed bytes that are unpacked in one go: 1032 times as many at most come of them. */
const PIECE = 2048;

function sourceOf(bytes: Uint8Array): ZipSource {
  return { size: bytes.length, bytes: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** What the central directory lists, in its order. Throws ZipError. */
export function entriesIn(bytes: Uint8Array): ZipEntry[] {
  return zipEntries(sourceOf(bytes));
}

/** The bytes of an entry; takes no more memory and time than the size that it declares. Throws ZipError. */
export function unzip(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const data = unpacked(bytes, entry);
  if (Bun.hash.crc32(data) !== entry.crc)
    throw new ZipError(`${entry.name} is damaged: its CRC-32 is not the one that the archive says`);
  return data;
}

function unpacked(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const { name, method, packed, size } = entry;
  const from = dataOf(sourceOf(bytes), entry);
  const data = bytes.subarray(from, from + packed);
  if (method === STORED && packed === size) return new Uint8Array(data);
  if (method !== DEFLATED)
    throw new ZipError(`${name} is packed with method ${method}, not deflate`);
  return inflated(data, name, size);
}

function inflated(data: Uint8Array, name: string, size: number): Uint8Array {
  // Not imported: evaluating the library takes 8 ms, more than most runs have to do with archives.
  const { Inflate } = require("fflate/browser") as typeof import("fflate");
  const out = new Uint8Array(size);
  let length = 0;
  const inflate = new Inflate((piece) => {
    if (length + piece.length > size)
      throw new ZipError(`${name} has more than the ${amount(size, "byte")} that the archive says`);
    out.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < data.length; at += PIECE)
      inflate.push(data.subarray(at, at + PIECE), at + PIECE >= data.length);
  } catch (error) {
    if (error instanceof ZipError) throw error;
    throw new ZipError(`${name} is damaged: ${error instanceof Error ? error.message : error}`);
  }
  if (length < size) throw new ZipError(`${name} is damaged: ${length} of ${amount(size, "byte")}`);
  return out;
}
