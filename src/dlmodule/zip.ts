import { amount } from "../elf/mod.ts";
/** Reading ZIP archives (PKWARE APPNOTE 6.3): the central directory says what there is; nothing in it is believed without a look. */

/** Signatures of the records, and their bytes without what varies. */
const END = { SIGNATURE: 0x06054b50, SIZE: 22, COMMENT_MAX: 0xffff } as const;
const CENTRAL = { SIGNATURE: 0x02014b50, SIZE: 46 } as const;
const LOCAL = { SIGNATURE: 0x04034b50, SIZE: 30 } as const;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** Stands for a value that only a ZIP64 record has. */
const IN_ZIP64 = 0xffffffff;
/** Compressed bytes that are unpacked in one go: 1032 times as many at most come of them. */
const PIECE = 2048;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where the local header is. */
  readonly offset: number;
}

/** Why an archive, or an entry, cannot be read. */
export class ZipError extends Error {
  override readonly name = "ZipError";
}

/** What the central directory lists, in its order. Throws ZipError. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endRecord(view);
  const count = view.getUint16(end + 10, true);
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL.SIZE > end || view.getUint32(at, true) !== CENTRAL.SIGNATURE)
      throw new ZipError(`entry ${n} of its directory is not where it should be`);
    const length = view.getUint16(at + 28, true);
    const entry = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    const name = bytes.subarray(at + CENTRAL.SIZE, at + CENTRAL.SIZE + length);
    entries.push({ ...entry, name: new TextDecoder().decode(name) });
    at += CENTRAL.SIZE + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The bytes of an entry; takes no more memory and time than the size that it declares. Throws ZipError. */
export function unzip(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const { name, method, flags, packed, size, offset } = entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if ([packed, size, offset].includes(IN_ZIP64)) throw new ZipError(`${name} has a ZIP64 size`);
  if ((flags & ENCRYPTED) !== 0) throw new ZipError(`${name} is encrypted`);
  if (offset + LOCAL.SIZE > bytes.length || view.getUint32(offset, true) !== LOCAL.SIGNATURE)
    throw new ZipError(`${name} is not where the directory of the archive says`);
  const skipped = view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const from = offset + LOCAL.SIZE + skipped;
  if (from + packed > bytes.length) throw new ZipError(`${name} is cut off`);
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

/** Offset of the record at the end, which a comment may follow. */
function endRecord(view: DataView): number {
  const first = Math.max(0, view.byteLength - END.SIZE - END.COMMENT_MAX);
  for (let at = view.byteLength - END.SIZE; at >= first; at--)
    if (view.getUint32(at, true) === END.SIGNATURE) return at;
  throw new ZipError("it ends before its directory");
}
