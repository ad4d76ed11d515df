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

/** Text of a string that has one code page byte per character. */
export function decode437(bytes: string): string {
  return bytes.replace(/[\x80-\xff]/g, (c) => HIGH[c.charCodeAt(0) - 0x80]);
}

/** One character per code page byte; undefined when a character is not in the code page. */
export function encode437(text: string): string | undefined {
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
 * Upper case in 8.3 names as DOS has it: an accented letter whose capital is missing in the code page becomes the plain
 * capital.
 */
export function upperByte(byte: number): number {
  return byte < 0x80 ? byte : UPPER[byte - 0x80];
}

const UPPER = Uint8Array.from(HIGH, (character, i) => {
  const upper = character.toUpperCase();
  const plain = character.normalize("NFD")[0].toUpperCase();
  const own = 0x80 + i;
  if (upper.length === 1 && toByte.has(upper)) return toByte.get(upper)!;
  return /^[A-Z]$/.test(plain) ? plain.charCodeAt(0) : own;
});

/** Folds case as the file system compares long names: character by character, never changing the length. */
export function fold(name: string): string {
  let folded = "";
  for (let i = 0; i < name.length; i++) folded += foldCharacter(name[i]);
  return folded;
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  if (upper.length !== 1) return character;
  return character >= "\x80" && upper < "\x80" ? character : upper;
}
