const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Text of others, a name of a file or an object, for a terminal: what moves the cursor, ends the line or turns the direction of writing
 * is shown by its number. What was made visible stays as it is.
 */
export function visible(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const number = character.codePointAt(0)!;
    const digits = number.toString(16);
    return (
      SHORT[character] ?? (number < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u{${digits}}`)
    );
  });
}

/** The same for a message, whose line ends are its own. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** Nothing but the printable characters of ASCII: most names. */
function isPlain(text: string): boolean {
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}
