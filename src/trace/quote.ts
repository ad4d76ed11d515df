import { hexByte, readable } from "../kernel/mod.ts";

export { nameText } from "../kernel/mod.ts";

const SHORT: Readonly<Record<number, string>> = {
  9: "\\t",
  10: "\\n",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** Bytes as the inside of a C string: UTF-8 as its characters; what is no text, or would move the cursor or the reading direction, escaped. */
export function quote(bytes: Uint8Array): string {
  return readable(
    bytes,
    (byte) => SHORT[byte] ?? hexByte(byte),
    (byte) => byte in SHORT,
  );
}
