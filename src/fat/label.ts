import { byteOf, characterOf, upperByte } from "./codepage.ts";
import type { Directory } from "./directory.ts";
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

/** The volume label in the root directory; "" when there is none. */
export function readLabel(root: Directory): string {
  const slot = root.labelSlot();
  if (slot === undefined) return "";
  return Array.from(root.view(slot).subarray(0, 11), characterOf).join("").trimEnd();
}

/**
 * Changes, adds or (with "") removes the volume label.
 *
 * @param fields the 32 bytes of a new label entry, without its name
 */
export function writeLabel(root: Directory, label: string, fields: Uint8Array): void {
  const slot = root.labelSlot();
  if (label === "") {
    if (slot !== undefined) root.removeHidden(slot);
    return;
  }
  const bytes = labelBytes(label);
  if (slot !== undefined) {
    root.view(slot).set(bytes);
    root.touch(slot);
  } else {
    fields.set(bytes);
    root.insertHidden(fields);
  }
}
