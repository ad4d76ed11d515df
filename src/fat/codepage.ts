/**
 * Code page 437, which RT-Thread's FAT uses for the byte form of names. Bytes below 0x80 are ASCII.
 */
const HIGH =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ" +
  "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
  "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const toByte = new Map<string, number>();
for (let i = 0; i < HIGH.length; i++) toByte.set(HIGH[i], 0x80 + i);

/** Every character is one of ASCII, which code page 437 has at the same place. */
export function isAscii(text: string): boolean {
  for (let n = 0; n < text.length; n++) if (text.charCodeAt(n) > 0x7f) return false;
  return true;
}

/** Text of a string that has one code page byte per character. */
export function decode437(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return bytes.replace(/[\x80-\xff]/g, (c) => HIGH[c.charCodeAt(0) - 0x80]);
}

/** One character per code page byte; undefined when a character is not in the code page. */
export function encode437(text: string): string | undefined {
  if (isAscii(text)) return text;
  let bytes = "";
  for (let i = 0; i < text.length; i++) {
    const byte = byteOf(text[i]);
    if (byte === undefined) return undefined;
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}

/** The code page byte of a character. */
export function byteOf(character: string): number | undefined {
  const code = character.charCodeAt(0);
  return code < 0x80 ? code : toByte.get(character);
}

/** The character of a code page byte. */
export function characterOf(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : HIGH[byte - 0x80];
}

/**
 * Upper case in 8.3 names as DOS and FatFs have it: an accented letter whose capital is missing in the code page becomes the
 * plain capital.
 */
export function upperByte(byte: number): number {
  return byte < 0x80 ? byte : (capitals ??= makeCapitals())[byte - 0x80];
}

/**
 * The same as Windows, Linux and mtools have it: undefined when the code page lacks the capital. No letter becomes another, so that
 * two names that differ in an accent keep two 8.3 names.
 */
export function exactUpperByte(byte: number): number | undefined {
  const letter = characterOf(byte).toUpperCase();
  const capital = (letter.length === 1 ? byteOf(letter) : undefined) ?? upperByte(byte);
  return byte >= 0x80 && capital < 0x80 ? undefined : capital;
}

/** Where FatFs's table for code page 437 departs from the rule. */
const EXCEPTIONS: Record<string, string> = { é: "E", σ: "σ", φ: "φ" };

/** Of the bytes from 0x80 on; made when a name first has such a byte. */
let capitals: Uint8Array | undefined;

function makeCapitals(): Uint8Array {
  return Uint8Array.from(HIGH, (character, i) => {
    const exception = EXCEPTIONS[character];
    if (exception) return byteOf(exception)!;
    const upper = character.toUpperCase();
    const plain = character.normalize("NFD")[0].toUpperCase();
    const own = 0x80 + i;
    if (upper.length === 1 && toByte.has(upper)) return toByte.get(upper)!;
    return /^[A-Z]$/.test(plain) ? plain.charCodeAt(0) : own;
  });
}

/** Folds case as long names are compared: character by character, and only between the two forms of one letter. */
export function fold(name: string): string {
  if (isAscii(name)) return name.toUpperCase();
  let folded = "";
  for (let i = 0; i < name.length; i++) folded += foldCharacter(name[i]);
  return folded;
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  if (upper === character) return character;
  const pair = upper.length === 1 && upper.toLowerCase() === character;
  return pair || character === FINAL_SIGMA ? upper : character;
}

const FINAL_SIGMA = "ς";
