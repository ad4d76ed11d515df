/** Reading ZIP archives (PKWARE APPNOTE 6.3): the central directory says what there is; nothing in it is believed without a look. */

/** The bytes of an archive. */
export interface ZipSource {
  readonly size: number;
  /** Those of a range; fewer at the end. */
  bytes(offset: number, length: number): Uint8Array;
}

export interface ZipEntry {
  /** As stored, with `/` between names; a folder ends in `/`. */
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Time and date of DOS, the date above. */
  readonly stamp: number;
  /** CRC-32 of what it holds. */
  readonly crc: number;
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

export const STORED = 0;
export const DEFLATED = 8;

const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const END = 0x06054b50;
const END_BYTES = 22;
const COMMENT_MAX = 0xffff;
const ENCRYPTED = 1;
const UTF8 = 0x800;
const ALL_ONES = 0xffffffff;
/** ZIP64 (APPNOTE.TXT 4.3.14, 4.3.15, 4.5.3): its end, where that is told, and the field with the long numbers of an entry. */
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const LONG_NUMBERS = 1;
/** More is nothing that is read here. */
const MOST_MEMBERS = 1 << 20;
const LARGEST_DIRECTORY = 128 << 20;

/** What the central directory lists, in its order. @throws ZipError */
export function zipEntries(source: ZipSource): ZipEntry[] {
  const tailAt = Math.max(0, source.size - END_BYTES - COMMENT_MAX);
  const tail = viewOf(source.bytes(tailAt, END_BYTES + COMMENT_MAX));
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) throw new ZipError("it ends before its directory: it is cut off, or something else");
  const { count, size, start } = endOf(source, tail, end, tailAt + end);
  if (count > MOST_MEMBERS || size > LARGEST_DIRECTORY)
    throw new ZipError(`it has ${count} members; unpack it, and take what is needed`);
  const directory = source.bytes(start, size);
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > directory.length || view.getUint32(at, true) !== CENTRAL)
      throw new ZipError(`entry ${i + 1} of ${count} of its directory is damaged`);
    const flags = view.getUint16(at + 8, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const behind = at + CENTRAL_BYTES + nameLength;
    const raw = directory.subarray(at + CENTRAL_BYTES, behind);
    entries.push({
      name: flags & UTF8 ? new TextDecoder().decode(raw) : latin(raw),
      flags,
      method: view.getUint16(at + 10, true),
      stamp: view.getUint32(at + 12, true),
      crc: view.getUint32(at + 16, true),
      ...longNumbers(view, at, behind, extra),
    });
    at = behind + extra + comment;
  }
  return entries;
}

/** Where the packed bytes of an entry begin; they are all there. @throws ZipError */
export function dataOf(source: ZipSource, { name, flags, offset, packed }: ZipEntry): number {
  if (flags & ENCRYPTED) throw new ZipError(`${name} is encrypted`);
  const local = viewOf(source.bytes(offset, LOCAL_BYTES));
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== LOCAL)
    throw new ZipError(`${name} is not where the directory of the archive says`);
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + packed > source.size) throw new ZipError(`${name} is cut off`);
  return start;
}

/** The end of the central directory: the long numbers of ZIP64 where the short ones are full. */
function endOf(
  source: ZipSource,
  tail: DataView,
  end: number,
  position: number,
): { count: number; size: number; start: number } {
  const short = {
    count: tail.getUint16(end + 10, true),
    size: tail.getUint32(end + 12, true),
    start: tail.getUint32(end + 16, true),
  };
  if (short.count !== 0xffff && short.size !== ALL_ONES && short.start !== ALL_ONES) return short;
  const locator = viewOf(source.bytes(Math.max(0, position - LOCATOR64_BYTES), LOCATOR64_BYTES));
  if (locator.byteLength < LOCATOR64_BYTES || locator.getUint32(0, true) !== LOCATOR64)
    return short;
  const record = viewOf(source.bytes(long(locator, 8), END64_BYTES));
  if (record.byteLength < END64_BYTES || record.getUint32(0, true) !== END64)
    throw new ZipError("its end (ZIP64) is not where it should be");
  return { count: long(record, 32), size: long(record, 40), start: long(record, 48) };
}

/** Sizes and place of a member. */
function longNumbers(
  view: DataView,
  at: number,
  extraAt: number,
  extraLength: number,
): { packed: number; size: number; offset: number } {
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  let numbers = short;
  const end = Math.min(extraAt + extraLength, view.byteLength);
  for (let field = extraAt; field + 4 <= end && numbers.includes(ALL_ONES);) {
    const length = view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === LONG_NUMBERS) {
      let next = field + 4;
      const last = Math.min(next + length, end);
      numbers = short.map((number) => {
        if (number !== ALL_ONES) return number;
        if (next + 8 > last) throw new ZipError("a number of an entry (ZIP64) is missing");
        next += 8;
        return long(view, next - 8);
      });
      break;
    }
    field += 4 + length;
  }
  const [size, packed, offset] = numbers;
  return { packed, size, offset };
}

/** A number of 64 bits; one that is no archive's comes out inexact and too large. */
function long(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A name without the UTF-8 flag: UTF-8 all the same when it is valid, else one character per byte. */
function latin(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    return Array.from(raw, (byte) => String.fromCharCode(byte)).join("");
  }
}
