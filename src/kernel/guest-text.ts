let decoder: TextDecoder | undefined;

/** A name that the kernel has as bytes, one character each: as UTF-8 where it is that, without control characters. */
export function nameText(latin1: string): string {
  // Almost all names are plain.
  if (/^[ -~]*$/.test(latin1)) return latin1;
  // Text of the host.
  if (/[^\0-\xff]/.test(latin1)) return latin1;
  const bytes = Uint8Array.from(latin1, (c) => c.charCodeAt(0));
  return readable(bytes, hexByte, () => false);
}

/** Bytes as text: UTF-8 as its characters, the others and the `special` ones of ASCII as `escape` gives them. */
export function readable(
  bytes: Uint8Array,
  escape: (byte: number) => string,
  special: (byte: number) => boolean,
): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at];
    if (byte >= 0x20 && byte < 0x7f && !special(byte)) {
      text += String.fromCharCode(byte);
      at++;
      continue;
    }
    const character = byte >= 0xc2 ? characterAt(bytes, at, byte) : undefined;
    text += character ?? escape(byte);
    at += character === undefined ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  }
  return text;
}

/** The character whose UTF-8 begins there; undefined when that is none, or none that can be seen. */
function characterAt(bytes: Uint8Array, at: number, lead: number): string | undefined {
  try {
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const character = decoder.decode(bytes.subarray(at, at + length));
    return /^[^\p{C}\p{Z}]$/u.test(character) ? character : undefined;
  } catch {
    return undefined;
  }
}

/** `\x1b` */
export const hexByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;
