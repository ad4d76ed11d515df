/** Bytes the line editor treats specially; up to `left` they are the last bytes of `ESC [` sequences. */
export const Keys = {
  nul: 0x00,
  backspace: 0x08,
  tab: 0x09,
  lf: 0x0a,
  cr: 0x0d,
  escape: 0x1b,
  bracket: 0x5b,
  delete: 0x7f,
  /** What a serial line without a partner reads as. */
  noise: 0xff,
  up: 0x41,
  down: 0x42,
  right: 0x43,
  left: 0x44,
} as const;

/** Arguments that a call takes without trouble. */
const CHUNK = 4096;

/** One character per byte: text of the guest has no encoding. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) text += latin1(bytes.subarray(i, i + CHUNK));
  return text;
}

/** The bytes of a latin-1 text. */
export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
