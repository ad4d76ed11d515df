import { ExitCode, UserError } from "../exit-codes.ts";

/** A file in a ZIP archive. */
export interface Member {
  /** As stored, with `/` between names; a folder ends in `/`. */
  readonly name: string;
  readonly size: number;
  /** Seconds since 1970, the stamp taken as UTC. */
  readonly mtime: number;
  bytes(): Uint8Array;
}

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const UTF8 = 0x800;
const ALL_ONES = 0xffffffff;
const MOST_MEMBERS = 65_535;

/** The members of an archive, from its central directory. @throws UserError with what is wrong */
export function readZip(path: string, archive: Uint8Array): Member[] {
  const refuse = (why: string): never => {
    throw new UserError(ExitCode.BadData, `${path} is a ZIP archive that cannot be read: ${why}`);
  };
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - END_BYTES;
  const lowest = Math.max(0, end - 0xffff);
  while (end >= lowest && view.getUint32(end, true) !== END) end--;
  if (end < lowest) refuse("it has no central directory: it is cut off, or something else");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === MOST_MEMBERS || at === ALL_ONES) refuse("it is a ZIP64 archive");
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || view.getUint32(at, true) !== CENTRAL)
      refuse(`entry ${i + 1} of ${count} of its central directory is damaged`);
    const flags = view.getUint16(at + 8, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const raw = archive.subarray(at + 46, at + 46 + nameLength);
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
      bytes: () => unpack(header, archive, view, refuse),
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
  archive: Uint8Array,
  view: DataView,
  refuse: (why: string) => never,
): Uint8Array {
  if (flags & ENCRYPTED) refuse(`${name} is encrypted`);
  if (offset + 30 > archive.length || view.getUint32(offset, true) !== LOCAL)
    refuse(`${name} is not where its central directory says`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > archive.length) refuse(`${name} is cut off`);
  const data = archive.subarray(start, start + packed);
  let bytes: Uint8Array;
  if (method === STORED) bytes = data;
  else if (method === DEFLATED) bytes = inflate(data, size, name, refuse);
  else bytes = refuse(`${name} is packed with method ${method}; stored and deflate are known`);
  if (bytes.length !== size) refuse(`${name} has ${bytes.length} bytes, not ${size}`);
  if (Bun.hash.crc32(bytes) !== crc) refuse(`${name} is damaged: its checksum is wrong`);
  return bytes;
}

function inflate(
  data: Uint8Array,
  size: number,
  name: string,
  refuse: (why: string) => never,
): Uint8Array {
  // Not imported: only archives need it.
  const { inflateSync } = require("fflate/browser") as typeof import("fflate");
  try {
    return inflateSync(data, { out: new Uint8Array(size) });
  } catch (error) {
    return refuse(`${name}: ${(error as Error).message}`);
  }
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
