import { type ElfImage, type SectionHeader } from "../elf/mod.ts";
import { DwarfError, Reader } from "./reader.ts";

/** Section flag (gABI): the contents begin with a compression header. */
const COMPRESSED = 0x800;
/** Compression header of 32-bit files: ch_type, ch_size, ch_addralign. */
const HEADER = 12;
const ZLIB = 1;
const ZSTD = 2;
/** The older form: a section `.zdebug_x` that begins with "ZLIB" and its size, most significant byte first. */
const OLD_HEADER = 12;
/** A section that claims more is not believed. */
const SIZE_MAX = 64 << 20;

/** The contents of a debugging section, unpacked; undefined when there is none. Throws DwarfError when it cannot be unpacked. */
export function debugSection(image: ElfImage, name: string): Uint8Array | undefined {
  const section = image.section(name);
  if (section) return contents(image, section);
  const old = image.section(name.replace(/^\.debug/, ".zdebug"));
  if (!old || old.name === name) return undefined;
  const data = image.data(old);
  const magic = new TextDecoder().decode(data.subarray(0, 4));
  if (magic !== "ZLIB" || data.length < OLD_HEADER)
    throw new DwarfError(`${old.name} is not compressed as its name says`);
  const size = new DataView(data.buffer, data.byteOffset).getUint32(8);
  return unpack(old.name, ZLIB, data.subarray(OLD_HEADER), size);
}

function contents(image: ElfImage, section: SectionHeader): Uint8Array {
  const data = image.data(section);
  if (!(section.flags & COMPRESSED)) return data;
  if (data.length < HEADER) throw new DwarfError(`${section.name} ends in its compression header`);
  const reader = new Reader(data);
  const type = reader.u32();
  return unpack(section.name, type, data.subarray(HEADER), reader.u32());
}

function unpack(name: string, type: number, packed: Uint8Array, size: number): Uint8Array {
  if (type !== ZLIB && type !== ZSTD)
    throw new DwarfError(
      `${name} is compressed in a way that is not known (${type}): link with --compress-debug-sections=zlib`,
    );
  if (size > SIZE_MAX) throw new DwarfError(`${name} claims to have ${size} bytes`);
  const { inflateSync, zstdDecompressSync } = require("node:zlib") as typeof import("node:zlib");
  let bytes: Uint8Array;
  try {
    const limit = { maxOutputLength: Math.max(1, size) };
    bytes = type === ZLIB ? inflateSync(packed, limit) : zstdDecompressSync(packed, limit);
  } catch {
    throw new DwarfError(`${name} cannot be decompressed`);
  }
  if (bytes.length !== size)
    throw new DwarfError(`${name} has ${bytes.length} bytes, not ${size} as it says`);
  return bytes;
}
