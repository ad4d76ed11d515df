/** Assembles characters from the bytes of UTF-8; what is no UTF-8 is left out. */
export class Utf8Input {
  private missing = 0;
  private value = 0;
  private least = 0;

  /** The character that the byte completes; "" while there is none. */
  feed(byte: number): string {
    if (byte < 0x80) {
      this.missing = 0;
      return String.fromCharCode(byte);
    }
    if (byte >= 0xc0) {
      this.begin(byte);
      return "";
    }
    if (this.missing === 0) return "";
    this.value = (this.value << 6) | (byte & 0x3f);
    if (--this.missing > 0) return "";
    const { value } = this;
    const surrogate = value >= 0xd800 && value < 0xe000;
    return value < this.least || surrogate || value > 0x10ffff ? "" : String.fromCodePoint(value);
  }

  private begin(byte: number): void {
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 0;
    this.missing = Math.max(0, length - 1);
    this.value = byte & (0x7f >> length);
    this.least = [0, 0, 0x80, 0x800, 0x10000][length];
  }
}

/** Text as the guest sees it: one latin-1 character per byte of UTF-8. */
export function toGuest(text: string): string {
  if (isAscii(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** Text of the guest as characters; bytes that are no UTF-8 become U+FFFD. */
export function fromGuest(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

export const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
