/**
 * rt_vsnprintf of RT-Thread 4.0.4 (src/kservice.c): a formatter of its own, with deviations from C that modules can see. `%o` prints
 * hexadecimal digits, a width cuts `%s`, precision 0 prints no digits, unknown conversions consume nothing.
 */

/** A string is the bytes from `at` up to the NUL, and its length. */
export interface FormatString {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
}

/** The arguments behind the format. */
export interface FormatArguments {
  /** The next word, signed. */
  int(): number;
  /** The string the next word points to; undefined for NULL. */
  string(): FormatString | undefined;
}

export const wholeText = (bytes: Uint8Array): FormatString => ({
  bytes,
  at: 0,
  length: bytes.length,
});

const LEFT = 1;
const PLUS = 2;
const SPACE = 4;
const ZERO = 8;
const SIGNED = 16;
const LARGE = 32;
const PREFIX = 64;

const FLAGS: Readonly<Record<number, number>> = {
  0x2d: LEFT,
  0x2b: PLUS,
  0x20: SPACE,
  0x23: PREFIX,
  0x30: ZERO,
};
const NULL_TEXT = wholeText(new TextEncoder().encode("(NULL)"));
const NULL_FIVE = wholeText(new TextEncoder().encode("(null)"));
const PERCENT = 0x25;
const STRING = 0x73;
const code = (char: string) => char.charCodeAt(0);

/** Most texts fit: a buffer of their own costs more than all that is put into it. */
const SHARED = new Uint8Array(256);

/** Up to here a loop is as fast as the host's copy, which needs no view of guest memory. */
const FEW = 4;
const copyPiece = Buffer.prototype.copy;

/** Collects output up to a limit and counts what would have come after it. */
class Output {
  length = 0;
  private bytes = SHARED;
  constructor(private readonly limit: number) {}
  put(byte: number): void {
    const at = this.reserve(1);
    if (at < this.bytes.length) this.bytes[at] = byte;
  }
  pad(byte: number, count: number): void {
    if (count <= 0) return;
    const at = this.reserve(count);
    this.bytes.fill(byte, at, at + count);
  }
  /** `count` bytes from `from` on. */
  text(bytes: Uint8Array, from: number, count: number): void {
    const at = this.length;
    let end = at + count;
    if (end <= this.bytes.length && end <= this.limit) this.length = end;
    else {
      this.reserve(count);
      end = Math.min(end, this.bytes.length);
      if (end <= at) return;
    }
    if (count > FEW) copyPiece.call(bytes, this.bytes, at, from, from + end - at);
    else for (let to = at; to < end; to++) this.bytes[to] = bytes[from + to - at];
  }
  /** What was collected; to be used before the next text is formatted. */
  get collected(): Formatted {
    const { bytes, length, limit } = this;
    return { bytes, size: Math.min(length, limit), length };
  }
  /** Counts `count` more bytes, makes room for those within the limit, and returns where they go. */
  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    const needed = Math.min(this.length, this.limit);
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.min(this.limit, Math.max(needed, 2 * this.bytes.length)));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return at;
  }
}

export interface Formatted {
  /** Begins with the text, of which there are `size` bytes, at most `limit`; until the next call. */
  readonly bytes: Uint8Array;
  readonly size: number;
  /** Length the text would have without the limit. */
  readonly length: number;
}

/** @param five the formatter of RT-Thread 5.2, which is nearer to C */
export function format(
  fmt: FormatString,
  args: FormatArguments,
  limit: number,
  five = false,
): Formatted {
  const out = new Output(limit);
  const { bytes } = fmt;
  const end = fmt.at + fmt.length;
  for (let at = fmt.at; at < end;) {
    if (bytes[at] !== PERCENT) {
      const start = at++;
      while (at < end && bytes[at] !== PERCENT) at++;
      out.text(bytes, start, at - start);
    } else if (at + 1 < end && bytes[at + 1] === STRING) {
      const { bytes: text, at: from, length } = args.string() ?? (five ? NULL_FIVE : NULL_TEXT);
      out.text(text, from, length);
      at += 2;
    } else at = convert(out, bytes, at + 1, end, args, five);
  }
  return out.collected;
}

/** One conversion, of what begins behind its `%` and ends with a NUL at `end` or with `fmt`; where the format goes on. */
function convert(
  out: Output,
  fmt: Uint8Array,
  start: number,
  end: number,
  args: FormatArguments,
  five: boolean,
): number {
  let at = start;
  /** A run of digits or an asterisk; undefined when neither is there. */
  const number = (): number | undefined => {
    if (fmt[at] === code("*")) {
      at++;
      return args.int();
    }
    if (!(fmt[at] >= 0x30 && fmt[at] <= 0x39)) return undefined;
    let value = 0;
    while (fmt[at] >= 0x30 && fmt[at] <= 0x39) value = (value * 10 + fmt[at++] - 0x30) | 0;
    return value;
  };
  /** 4.0.4 has no prefix. */
  const shown = (flags: number) => (five ? flags : flags & ~PREFIX);
  let flags = 0;
  for (; FLAGS[fmt[at]] !== undefined; at++) flags |= FLAGS[fmt[at]];
  let width = number() ?? -1;
  if (width < -1) {
    flags |= LEFT;
    width = -width;
  }
  let precision = -1;
  if (fmt[at] === code(".")) {
    at++;
    precision = Math.max(0, number() ?? 0);
  }
  let short = false;
  if (fmt[at] === code("h") || fmt[at] === code("l")) short = fmt[at++] === code("h");
  const integer = () => {
    const value = args.int();
    if (!short) return flags & SIGNED ? value : value >>> 0;
    return flags & SIGNED ? (value << 16) >> 16 : value & 0xffff;
  };
  const conversion = fmt[at++];
  switch (conversion) {
    case code("c"):
      if (!(flags & LEFT)) out.pad(0x20, width - 1);
      out.put(args.int() & 0xff);
      if (flags & LEFT) out.pad(0x20, width - 1);
      break;
    case code("s"):
      if (five) putStringFive(out, args.string() ?? NULL_FIVE, width, precision, flags);
      else putString(out, args.string() ?? NULL_TEXT, width, precision, flags);
      break;
    case code("p"):
      if (width === -1) {
        width = five ? 10 : 8;
        flags |= five ? ZERO | PREFIX : ZERO;
      }
      putNumber(out, args.int() >>> 0, 16, width, precision, five ? flags : flags & ~PREFIX);
      break;
    case code("%"):
      out.put(conversion);
      break;
    case code("X"):
      flags |= LARGE;
      putNumber(out, integer(), 16, width, precision, shown(flags));
      break;
    case code("o"):
      putNumber(out, integer(), five ? 8 : 16, width, precision, shown(flags));
      break;
    case code("x"):
      putNumber(out, integer(), 16, width, precision, shown(flags));
      break;
    case five ? code("b") : -1:
      putNumber(out, integer(), 2, width, precision, shown(flags));
      break;
    case code("d"):
    case code("i"):
      flags |= SIGNED;
      putNumber(out, integer(), 10, width, precision, flags);
      break;
    case code("u"):
      putNumber(out, integer(), 10, width, precision, flags);
      break;
    default:
      out.put(code("%"));
      if (at <= end) out.put(conversion);
  }
  return Math.min(at, end);
}

function putString(
  out: Output,
  text: FormatString,
  width: number,
  precision: number,
  flags: number,
): void {
  let length = text.length;
  if (width > 0 && length > width) length = width;
  if (precision > 0 && length > precision) length = precision;
  if (!(flags & LEFT)) out.pad(0x20, width - length);
  out.text(text.bytes, text.at, length);
  if (flags & LEFT) out.pad(0x20, width - length);
}

/** As C has it: a width does not cut, and precision 0 leaves nothing. */
function putStringFive(
  out: Output,
  text: FormatString,
  width: number,
  precision: number,
  flags: number,
): void {
  const length = precision >= 0 ? Math.min(precision, text.length) : text.length;
  if (!(flags & LEFT)) out.pad(0x20, width - length);
  out.text(text.bytes, text.at, length);
  if (flags & LEFT) out.pad(0x20, width - length);
}

const PREFIXES: Readonly<Record<number, string>> = { 2: "0b", 8: "0", 16: "0x" };

function putNumber(
  out: Output,
  value: number,
  base: number,
  width: number,
  precision: number,
  flags: number,
): void {
  let sign = "";
  if (flags & SIGNED) {
    if (value < 0) sign = "-";
    else if (flags & PLUS) sign = "+";
    else if (flags & SPACE) sign = " ";
  }
  let digits = Math.abs(value).toString(base);
  if (flags & PREFIX && value !== 0) sign = PREFIXES[base] ?? sign;
  if (flags & LARGE) {
    digits = digits.toUpperCase();
    sign = sign.toUpperCase();
  }
  const zeros = Math.max(0, precision - digits.length);
  let room = width - digits.length - zeros - sign.length;
  const zeroPad = (flags & (ZERO | LEFT)) === ZERO;
  if (!(flags & LEFT) && !zeroPad) {
    out.pad(0x20, room);
    room = 0;
  }
  for (let n = 0; n < sign.length; n++) out.put(sign.charCodeAt(n));
  if (zeroPad) {
    out.pad(0x30, room);
    room = 0;
  }
  out.pad(0x30, zeros);
  if (precision !== 0) for (let n = 0; n < digits.length; n++) out.put(digits.charCodeAt(n));
  out.pad(0x20, room);
}
