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
const MOST_MEMBERS = 65_535;

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
  const count = tail.getUint16(end + 10, true);
  const start = tail.getUint32(end + 16, true);
  if (count === MOST_MEMBERS || start === ALL_ONES) refuse("it is a ZIP64 archive");
  const directory = archive.bytes(start, Math.max(0, tailAt + end - start));
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
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    if (header.packed === ALL_ONES || header.offset === ALL_ONES) refuse("it is a ZIP64 archive");
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
