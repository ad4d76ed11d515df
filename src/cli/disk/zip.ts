import { FatError } from "../../fat/mod.ts";
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

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;
const END_BYTES = 22;
const LOCAL_BYTES = 30;
/** Bytes of a stored member moved at a time. */
const PIECE = 1 << 20;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const UTF8 = 0x800;
const ALL_ONES = 0xffffffff;
/** ZIP64 (APPNOTE.TXT 4.3.14, 4.3.15, 4.5.3): its end, where that is told, and the field with the long numbers of an entry. */
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const LONG_NUMBERS = 1;
/** More is not for a disk. */
const MOST_MEMBERS = 1 << 20;
const LARGEST_DIRECTORY = 128 << 20;

/** The members of an archive, from its central directory. @throws UserError with what is wrong */
export function readZip(archive: Archive): Member[] {
  const refuse = (why: string): never => {
    throw new UserError(
      ExitCode.BadData,
      `${archive.path} is a ZIP archive that cannot be read: ${why}`,
    );
  };
  const tailAt = Math.max(0, archive.size - END_BYTES - 0xffff);
  const tail = viewOf(archive.bytes(tailAt, END_BYTES + 0xffff));
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) refuse("it has no central directory: it is cut off, or something else");
  const { count, size, start } = endOf(archive, tail, end, tailAt + end, refuse);
  if (count > MOST_MEMBERS || size > LARGEST_DIRECTORY)
    refuse(`it has ${count} members; unpack it and use the folder`);
  const directory = archive.bytes(start, size);
  const view = viewOf(directory);
  let at = 0;
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== CENTRAL)
      refuse(`entry ${i + 1} of ${count} of its central directory is damaged`);
    const flags = view.getUint16(at + 8, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const raw = directory.subarray(at + 46, at + 46 + nameLength);
    const name = flags & UTF8 ? new TextDecoder().decode(raw) : latin(raw);
    const header = {
      name,
      flags,
      method: view.getUint16(at + 10, true),
      stamp: view.getUint32(at + 12, true),
      crc: view.getUint32(at + 16, true),
      ...longNumbers(view, at, at + 46 + nameLength, extra, refuse),
    };
    members.push({
      name: header.name,
      size: header.size,
      mtime: timeOf(header.stamp),
      unpack: (sink) => unpack(header, archive, sink, refuse),
    });
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

/** The end of the central directory: the long numbers of ZIP64 where the short ones are full. */
function endOf(
  archive: Archive,
  tail: DataView,
  end: number,
  position: number,
  refuse: (why: string) => never,
): { count: number; size: number; start: number } {
  const short = {
    count: tail.getUint16(end + 10, true),
    size: tail.getUint32(end + 12, true),
    start: tail.getUint32(end + 16, true),
  };
  if (short.count !== 0xffff && short.size !== ALL_ONES && short.start !== ALL_ONES) return short;
  const locator = viewOf(archive.bytes(Math.max(0, position - LOCATOR64_BYTES), LOCATOR64_BYTES));
  if (locator.byteLength < LOCATOR64_BYTES || locator.getUint32(0, true) !== LOCATOR64)
    return short;
  const record = viewOf(archive.bytes(long(locator, 8), END64_BYTES));
  if (record.byteLength < END64_BYTES || record.getUint32(0, true) !== END64)
    refuse("its end (ZIP64) is not where it should be");
  return { count: long(record, 32), size: long(record, 40), start: long(record, 48) };
}

/** Sizes and place of a member. */
function longNumbers(
  view: DataView,
  at: number,
  extraAt: number,
  extraLength: number,
  refuse: (why: string) => never,
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
        if (next + 8 > last) return refuse("a number of an entry (ZIP64) is missing");
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

interface Header {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function unpack(
  { name, flags, method, crc, packed, size, offset }: Header,
  archive: Archive,
  sink: (piece: Uint8Array) => void,
  refuse: (why: string) => never,
): void {
  if (flags & ENCRYPTED) refuse(`${name} is encrypted`);
  const local = viewOf(archive.bytes(offset, LOCAL_BYTES));
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== LOCAL)
    refuse(`${name} is not where its central directory says`);
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + packed > archive.size) refuse(`${name} is cut off`);
  let length = 0;
  let sum = 0;
  const take = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > size) refuse(`${name} has more than the ${size} bytes it should have`);
    sum = Bun.hash.crc32(piece, sum);
    sink(piece);
  };
  const source = archive.source(start, packed);
  if (method === STORED) {
    const piece = new Uint8Array(PIECE);
    for (let n; (n = source(piece)) > 0;) take(piece.subarray(0, n));
  } else if (method === DEFLATED) {
    try {
      inflate(new PackedInput(source), take);
    } catch (error) {
      if (error instanceof UserError || error instanceof FatError) throw error;
      refuse(`${name}: ${(error as Error).message}`);
    }
  } else refuse(`${name} is packed with method ${method}; stored and deflate are known`);
  if (length !== size) refuse(`${name} has ${length} bytes, not ${size}`);
  if (sum !== crc) refuse(`${name} is damaged: its checksum is wrong`);
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
