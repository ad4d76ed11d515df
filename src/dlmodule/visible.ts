/**
 * Text of the guest for a terminal: what moves the cursor, ends the line or turns the direction of writing is shown by its number. Names in
 * files and objects may hold anything.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const number = character.codePointAt(0)!;
    const digits = number.toString(16);
    return number < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u{${digits}}`;
  });
}

/** A name that the kernel has as bytes, one character each, between quotes: nothing inside ends them. */
export function quoted(name: string): string {
  return `"${visible(name.replace(/["\\]/g, "\\$&"))}"`;
}
