import { byteOf, upperByte } from "./codepage.ts";
import { FatError } from "./error.ts";

/**
 * The 11 bytes of a volume label, in capitals.
 *
 * @throws FatError "invalid name"
 */
export function labelBytes(label: string): Uint8Array {
  const bytes = new Uint8Array(11).fill(0x20);
  const refuse = (why: string): never => {
    throw new FatError("invalid name", `${JSON.stringify(label)} is not a volume label: ${why}`);
  };
  if (label.length > 11) refuse("it has more than 11 characters");
  const bad = /["*+,./:;<=>?[\\\]|\x00-\x1f\x7f]/.exec(label);
  if (bad) refuse(`it contains ${JSON.stringify(bad[0])}`);
  for (let i = 0; i < label.length; i++) {
    const byte = byteOf(label[i]) ?? refuse(`${label[i]} is not in code page 437`);
    bytes[i] = byte >= 0x61 && byte <= 0x7a ? byte - 32 : upperByte(byte);
  }
  return bytes;
}
