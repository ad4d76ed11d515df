import { amount, ElfError, hex } from "./error.ts";

/** The bytes of a file; every range is checked once, with the name of what was being read. */
export class Bytes {
  readonly view: DataView;
  constructor(readonly u8: Uint8Array) {
    this.view = new DataView(u8.buffer, u8.byteOffset, u8.byteLength);
  }

  /** Throws unless [offset, offset + size) lies in the file. */
  check(offset: number, size: number, what: string): void {
    if (offset + size <= this.u8.length) return;
    throw new ElfError(
      "truncated",
      `${what} lies outside the file: ${amount(size, "byte")} at offset ${hex(offset)}, but the file has ${amount(this.u8.length, "byte")}`,
    );
  }

  slice(offset: number, size: number, what: string): Uint8Array {
    this.check(offset, size, what);
    return this.u8.subarray(offset, offset + size);
  }
}

/** Longer names are no names: reading many of them would take for ever. */
const NAME_MAX = 8192;

/** A string table: NUL-terminated strings, one character per byte (latin-1). */
export class StringTable {
  /** The whole table: slices of one string cost the host less than a conversion for each name. */
  private text: string | undefined;

  constructor(private readonly table: Uint8Array) {}

  /** The string at `offset`; `what` names it in errors. */
  at(offset: number, what: () => string): string {
    return this.read(offset) ?? this.bad(offset, what());
  }

  /** The string at `offset`; undefined when there is none. */
  read(offset: number): string | undefined {
    const text = (this.text ??= latin1(this.table));
    if (offset >= text.length) return undefined;
    // Not to the end of the table: some callers go on after a name that is too long, to the next one.
    const piece = text.slice(offset, offset + NAME_MAX + 1);
    const end = piece.indexOf("\0");
    return end < 0 ? undefined : piece.slice(0, end);
  }

  /** Throws why `read` found nothing. */
  bad(offset: number, what: string): never {
    const { length } = this.table;
    let why = "has no end: its string table does not end in NUL";
    if (offset >= length)
      why = `lies outside its string table: offset ${hex(offset)} of ${amount(length, "byte")}`;
    else if (length - offset > NAME_MAX) why = `is longer than ${NAME_MAX} bytes`;
    throw new ElfError("malformed", `${what} ${why}`);
  }

  /** Every offset at which `name` can be read; strings may share their ends. */
  offsetsOf(name: string): number[] {
    const text = (this.text ??= latin1(this.table));
    const pattern = `${name}\0`;
    const offsets: number[] = [];
    for (let at = -1; (at = text.indexOf(pattern, at + 1)) >= 0;) offsets.push(at);
    return offsets;
  }
}

/** Tables up to this length are converted without the host's Buffer, whose first use takes a quarter of a millisecond. */
const SHORT_TABLE = 4096;

function latin1(bytes: Uint8Array): string {
  if (bytes.length <= SHORT_TABLE)
    return String.fromCharCode.apply(null, bytes as unknown as number[]);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Little-endian words of a table whose length is a multiple of 4; a copy only when the bytes are not aligned. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  // Not slice(): that of a Buffer does not copy.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length >>> 2);
}
