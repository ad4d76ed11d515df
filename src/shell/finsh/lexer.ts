/** An error of the C mode; the text is what finsh prints. */
export class FinshError extends Error {}

export type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "character"; readonly value: number }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "operator"; readonly text: string };

const BLANK = /[ \t\r\n]+/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;
/** What makes a number one that finsh has no type for. */
const FRACTION = /\.|[fF]/y;
const LONG = /[lL]/y;
const STRING = /"((?:[^"\\]|\\.)*)"/y;
const CHARACTER = /'((?:[^'\\]|\\[xX][0-9a-fA-F]+|\\[0-7]+|\\.))'/y;
const OPERATOR = /<<|>>|\+\+|--|[-+*/%|^&~!(),;=]/y;

const ESCAPES: Record<string, string> = {
  n: "\n",
  t: "\t",
  v: "\v",
  r: "\r",
  b: "\b",
  a: "\x07",
  f: "\f",
};

/** Cuts a line of the C mode into tokens. */
export function tokens(line: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < line.length;) {
    const match = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at;
      const hit = pattern.exec(line);
      if (!hit) return undefined;
      at += hit[0].length;
      return hit[1] ?? hit[0];
    };
    if (match(BLANK) !== undefined) continue;
    const text = match(NAME);
    if (text !== undefined) {
      found.push({ kind: "name", text });
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      if (match(FRACTION) !== undefined) throw new FinshError("Float not supported");
      match(LONG);
      found.push({ kind: "number", value: numberOf(number) });
      continue;
    }
    const string = match(STRING);
    if (string !== undefined) {
      found.push({ kind: "string", text: unescape(string) });
      continue;
    }
    const character = match(CHARACTER);
    if (character !== undefined) {
      found.push({ kind: "character", value: unescape(character).charCodeAt(0) });
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === undefined) throw new FinshError("Unknown token");
    found.push({ kind: "operator", text: operator });
  }
  return found;
}

const unescape = (text: string): string =>
  text.replace(/\\(?:[xX]([0-9a-fA-F]+)|([0-7]+)|(.))/g, (_, hex, octal, char) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16) & 0xff);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return ESCAPES[char] ?? char;
  });

/** Digits that do not fit are lost at the top, as the board loses them. */
function numberOf(text: string): number {
  const octal = /^0[0-7]+$/.test(text);
  return Number(
    BigInt.asIntN(32, BigInt(octal ? `0o${text.slice(1)}` : text.replace(/^0+(?=\d)/, ""))),
  );
}
