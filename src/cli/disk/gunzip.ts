import { inflate, PackedInput } from "./inflate.ts";

/** The gzip format (RFC 1952, section 2.3): flags of a member. */
const HEADER_CRC = 0x02;
const EXTRA = 0x04;
const NAME = 0x08;
const COMMENT = 0x10;
const RESERVED = 0xe0;
const DEFLATED = 8;
/** A name or comment that is longer is none. */
const LONGEST_TEXT = 1 << 16;

/**
 * Unpacks all members of a gzip file, one after the other, as gzip(1) does: zeros behind the last are padding, anything else there
 * is ignored (a single byte, too, which gzip(1) takes for the beginning of a member).
 *
 * @param sink gets each piece; the array is used again
 * @returns where what was ignored begins; undefined when there is nothing but padding
 * @throws Error with words when a member is damaged or cut off
 */
export function gunzip(
  source: (into: Uint8Array) => number,
  sink: (piece: Uint8Array) => void,
): number | undefined {
  const input = new PackedInput(source);
  const reader = new Reader(input);
  if (reader.byte() !== 0x1f || reader.byte() !== 0x8b) throw new Error("incorrect header check");
  for (;;) {
    header(reader);
    let sum = 0;
    let length = 0;
    inflate(input, (piece) => {
      sum = Bun.hash.crc32(piece, sum);
      length = (length + piece.length) % 2 ** 32;
      sink(piece);
    });
    if (reader.word() !== sum) throw new Error("incorrect data check");
    if (reader.word() !== length) throw new Error("incorrect length check");
    const behind = input.position;
    if (!input.fill()) return undefined;
    const first = reader.byte();
    if (first === 0x1f && reader.byte() === 0x8b) continue;
    return first === 0 && onlyZeros(input) ? undefined : behind;
  }
}

/** Passes over the header of a member, behind its first two bytes. */
function header(reader: Reader): void {
  reader.begin();
  if (reader.byte() !== DEFLATED) throw new Error("unknown compression method");
  const flags = reader.byte();
  if (flags & RESERVED) throw new Error("unknown header flags set");
  // Time, extra flags, system.
  for (let i = 0; i < 6; i++) reader.byte();
  if (flags & EXTRA) for (let n = reader.byte() | (reader.byte() << 8); n > 0; n--) reader.byte();
  if (flags & NAME) text(reader);
  if (flags & COMMENT) text(reader);
  if (!(flags & HEADER_CRC)) return;
  const sum = reader.sum & 0xffff;
  if ((reader.byte() | (reader.byte() << 8)) !== sum) throw new Error("header crc mismatch");
}

function text(reader: Reader): void {
  let length = 0;
  while (reader.byte() !== 0)
    if (++length > LONGEST_TEXT) throw new Error("a name in the header has no end");
}

function onlyZeros(input: PackedInput): boolean {
  for (; input.fill(); input.at = input.end)
    if (input.bytes.subarray(input.at, input.end).some((byte) => byte !== 0)) return false;
  return true;
}

/** Single bytes, and their checksum. */
class Reader {
  sum = 0;

  constructor(private readonly input: PackedInput) {}

  /** A header begins; its first two bytes were read. */
  begin(): void {
    this.sum = Bun.hash.crc32(Uint8Array.of(0x1f, 0x8b));
  }

  byte(): number {
    const { input } = this;
    if (!input.fill()) throw new Error("unexpected end of file");
    const byte = input.bytes[input.at++];
    this.sum = Bun.hash.crc32(Uint8Array.of(byte), this.sum);
    return byte;
  }

  word(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
}
