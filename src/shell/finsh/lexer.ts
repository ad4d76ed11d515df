/** An error of the C mode; the text is what finsh prints. */
export class FinshError extends Error {}

export type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "operator"; readonly text: string };

const BLANK = /[ \t]+/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;
const STRING = /"((?:[^"\\]|\\.)*)"/y;
const CHARACTER = /'([^'\\]|\\.)'/y;
const OPERATOR = /<<|>>|[-+*/%|^&~!(),;=]/y;

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", 0: "\0", b: "\b", a: "\x07" };

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
      found.push({ kind: "number", value: unescape(character).charCodeAt(0) });
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === undefined) throw new FinshError("Unknown token");
    found.push({ kind: "operator", text: operator });
  }
  return found;
}

const unescape = (text: string): string =>
  text.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);

function numberOf(text: string): number {
  const octal = /^0[0-7]+$/.test(text);
  return (octal ? Number.parseInt(text, 8) : Number(text)) | 0;
}
