/** A defect of the debugging information; callers do without it. */
export class DwarfError extends Error {}

/**
 * The work that one file may cause. Every size is checked where it is read, but what refers to the same bytes again and again would still
 * take for ever.
 */
export class Budget {
  private left: number;

  /** @param bytes length of the file */
  constructor(bytes: number) {
    this.left = WORK_MIN + WORK_PER_BYTE * bytes;
  }

  /** Values, bytes of text, rows, ranges: a C++ module of 10 MiB has about 12 million, 1.1 for each of its bytes. */
  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0)
      throw new DwarfError(
        "given up, for it has more information than a file of its size can have",
      );
  }
}
/** What a part of a table or list costs of the budget: it is kept. */
export const PIECE = 16;
const WORK_MIN = 16 << 20;
const WORK_PER_BYTE = 4;
/** Names are no longer. */
const STRING_MAX = 1 << 16;

/** Little-endian bytes with a position; every read is checked. */
export class Reader {
  at: number;

  constructor(
    readonly bytes: Uint8Array,
    at = 0,
    /** Nothing is read from here on. */
    public end = bytes.length,
  ) {
    if (at > end || end > bytes.length) throw new DwarfError("offset outside its section");
    this.at = at;
  }

  get left(): number {
    return this.end - this.at;
  }

  private take(count: number): number {
    const at = this.at;
    if (count > this.end - at) throw new DwarfError("the section ends in the middle of a value");
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.bytes[this.take(1)];
  }
  i8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    const at = this.take(2);
    return this.bytes[at] | (this.bytes[at + 1] << 8);
  }
  u24(): number {
    const low = this.u16();
    return low | (this.u8() << 16);
  }
  u32(): number {
    const at = this.take(4);
    const { bytes } = this;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
  /** 64 bits as a number; exact up to 2^53. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }
  /** Unsigned LEB128; what does not fit into 53 bits loses its low bits. */
  uleb(): number {
    let value = 0;
    let factor = 1;
    for (let n = 0; n < 16; n++) {
      const byte = this.u8();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new DwarfError("a number has no end");
  }
  sleb(): number {
    let value = 0;
    let factor = 1;
    for (let n = 0; n < 16; n++) {
      const byte = this.u8();
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return byte & 64 ? value - factor : value;
    }
    throw new DwarfError("a number has no end");
  }
  skip(count: number): void {
    if (!(count >= 0)) throw new DwarfError("a negative length");
    this.take(count);
  }
  block(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }
  string(): string {
    const { at } = this;
    this.skipString();
    return decoder.decode(this.bytes.subarray(at, this.at - 1));
  }
  skipString(): void {
    const { at, end } = this;
    const length = this.bytes.subarray(at, Math.min(end, at + STRING_MAX)).indexOf(0);
    if (length < 0) throw new DwarfError("a string has no end");
    this.at = at + length + 1;
  }

  /** A unit's length: where it ends, and the size of its offsets (DWARF 5, 7.4). */
  unitLength(): { end: number; offsetSize: 4 | 8 } {
    let length = this.u32();
    let offsetSize: 4 | 8 = 4;
    if (length === 0xffffffff) {
      length = this.u64();
      offsetSize = 8;
    } else if (length >= 0xfffffff0) throw new DwarfError("a reserved unit length");
    if (length > this.left) throw new DwarfError("a unit is longer than its section");
    return { end: this.at + length, offsetSize };
  }
  offset(size: 4 | 8): number {
    return size === 4 ? this.u32() : this.u64();
  }
  address(size: number): number {
    return size === 8 ? this.u64() : this.u32();
  }
}

const decoder = new TextDecoder();

/** The string at an offset of a string section. */
export function stringAt(section: Uint8Array | undefined, offset: number, budget: Budget): string {
  if (!section) throw new DwarfError("a string section is missing");
  const text = new Reader(section, offset).string();
  budget.spend(text.length);
  return text;
}
