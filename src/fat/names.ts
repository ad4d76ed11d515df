import { byteOf, characterOf, exactUpperByte, fold, upperByte } from "./codepage.ts";
import { REAL_E5 } from "./entry.ts";
import { FatError } from "./error.ts";
import { MAX_NAME } from "./long-name.ts";

/** Flags of Windows NT: a part of a short name is in lower case. */
const NT_BODY_LOWER = 0x08;
const NT_EXTENSION_LOWER = 0x10;

/** A name as it goes into a directory. */
export interface ParsedName {
  /** Trailing dots and blanks removed. */
  readonly long: string;
  /** 11 characters, one per byte, blank padded, upper case. */
  readonly short: string;
  /** The short form lost something: it needs a number tail, and a search must not match by it. */
  readonly lossy: boolean;
  /** The long form must be stored. */
  readonly needsLong: boolean;
  readonly ntFlags: number;
}

/**
 * Checks one component of a path and derives its 8.3 form, with the rules of FatFs.
 *
 * @param distinct the 8.3 form takes no letter for another, where FatFs makes É, À and others plain letters
 * @throws FatError "invalid name"
 */
export function parseName(name: string, distinct = false): ParsedName {
  const invalid = (why: string) => {
    throw new FatError("invalid name", `${JSON.stringify(name)} is not a valid name: ${why}`);
  };
  const bad = forbiddenIn(name);
  if (bad !== undefined) invalid(`it contains ${JSON.stringify(bad)}`);
  if (name.length > MAX_NAME) invalid(`it has more than ${MAX_NAME} characters`);
  let end = name.length;
  while (end > 0 && (name[end - 1] === "." || name[end - 1] === " ")) end--;
  const long = name.slice(0, end);
  if (long === "") invalid("it is empty or has only dots and blanks");

  let start = 0;
  while (long[start] === " ") start++;
  let lossy = start > 0 || long[start] === ".";
  const dot = long.lastIndexOf(".");
  const hasExtension = dot >= start;
  const upper = distinct ? exactUpperByte : upperByte;
  const body = shorten(hasExtension ? long.slice(start, dot) : long.slice(start), 8, upper);
  const extension = shorten(hasExtension ? long.slice(dot + 1) : "", 3, upper);
  lossy ||= body.lossy || extension.lossy;
  let short = body.bytes.padEnd(8) + extension.bytes.padEnd(3);
  if (short.charCodeAt(0) === 0xe5) short = String.fromCharCode(REAL_E5) + short.slice(1);

  const mixed = (part: Shortened) => part.upper && part.lower;
  const needsLong = lossy || body.extended || extension.extended || mixed(body) || mixed(extension);
  let ntFlags = 0;
  if (!needsLong) {
    if (body.lower) ntFlags |= NT_BODY_LOWER;
    if (extension.lower) ntFlags |= NT_EXTENSION_LOWER;
  }
  return { long, short, lossy, needsLong, ntFlags };
}

/** The first character that no name may have. */
function forbiddenIn(name: string): string | undefined {
  for (let n = 0; n < name.length; n++) {
    const code = name.charCodeAt(n);
    if (code < 0x80 && FORBIDDEN[code] === 1) return name[n];
  }
  return undefined;
}

/** The same for all names that FatFs takes for one file when they are made one after the other. Of a name it refuses: undefined. */
export function sameForFatFs(name: string): string | undefined {
  try {
    const { long, short, lossy } = parseName(name);
    return lossy ? fold(long) : shortText(short, 0);
  } catch (error) {
    if (error instanceof FatError) return undefined;
    throw error;
  }
}

interface Shortened {
  readonly bytes: string;
  readonly lossy: boolean;
  readonly upper: boolean;
  readonly lower: boolean;
  /** Has characters outside ASCII. */
  readonly extended: boolean;
}

/** Body or extension in 8.3 form: blanks and dots dropped, forbidden characters replaced, cut at `max`. */
function shorten(
  text: string,
  max: number,
  capital: (byte: number) => number | undefined,
): Shortened {
  let bytes = "";
  let lossy = false;
  let upper = false;
  let lower = false;
  let extended = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BLANK || code === DOT) {
      lossy = true;
      continue;
    }
    if (bytes.length === max) {
      lossy = true;
      break;
    }
    let byte = code;
    if (code >= 0x80) {
      extended = true;
      const own = byteOf(text[i]);
      const taken = own === undefined ? undefined : capital(own);
      if (taken === undefined) lossy = true;
      byte = taken ?? UNDERSCORE;
    } else if (code >= 0x61 && code <= 0x7a) {
      lower = true;
      byte = code - 32;
    } else if (code >= 0x41 && code <= 0x5a) {
      upper = true;
    } else if ("+,;=[]".includes(text[i])) {
      lossy = true;
      byte = UNDERSCORE;
    }
    bytes += String.fromCharCode(byte);
  }
  return { bytes, lossy, upper, lower, extended };
}

const BLANK = 0x20;
/** What no name may have, by the character of ASCII. */
const FORBIDDEN = new Uint8Array(0x80).fill(1, 0, BLANK);
for (const character of '"*/:<>?\\|\x7f') FORBIDDEN[character.charCodeAt(0)] = 1;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;

/**
 * The n-th alias of a long name whose short form is lossy: `~n`, and from the sixth on `~` and four digits of a hash, as FatFs
 * and Windows do.
 */
export function aliasOf(name: ParsedName, n: number): string {
  let number = n;
  if (n > 5) {
    for (let i = 0; i < name.long.length; i++) {
      let unit = name.long.charCodeAt(i);
      for (let bit = 0; bit < 16; bit++) {
        number = (number << 1) + (unit & 1);
        unit >>= 1;
        if (number & 0x10000) number ^= 0x11021;
      }
    }
  }
  const tail = `~${number.toString(16).toUpperCase()}`.slice(-8);
  const body = name.short
    .slice(0, 8)
    .split(" ")[0]
    .slice(0, 8 - tail.length);
  return (body + tail).padEnd(8) + name.short.slice(8);
}

/** A long name that paths can express; a hostile image may hold others. */
export function isUsable(name: string): boolean {
  if (name === "" || forbiddenIn(name) !== undefined) return false;
  const last = name[name.length - 1];
  return last !== "." && last !== " ";
}

/** Short names that are their own text but for the dot and the blanks at the end of either part. */
const PLAIN = /^[A-Z0-9!#$%&'()\-@^_`{}~][A-Z0-9 !#$%&'()\-@^_`{}~]*$/;

/** The text of a short name: dot inserted, NT case flags obeyed. What no path can express is shown as `_`. */
export function shortText(short: string, ntFlags: number): string {
  if (PLAIN.test(short)) {
    const body = short.slice(0, 8).trimEnd();
    const extension = short.slice(8).trimEnd();
    const first = ntFlags & NT_BODY_LOWER ? body.toLowerCase() : body;
    if (extension === "") return first;
    return `${first}.${ntFlags & NT_EXTENSION_LOWER ? extension.toLowerCase() : extension}`;
  }
  const part = (bytes: string, lower: boolean) => {
    let text = "";
    for (let i = 0; i < bytes.length; i++) {
      let character = characterOf(bytes.charCodeAt(i));
      if (/["*./:<>?\\|\x00-\x1f\x7f]/.test(character)) character = "_";
      text += lower ? character.replace(/[A-Z]/, (c) => c.toLowerCase()) : character;
    }
    return text;
  };
  const raw = short.charCodeAt(0) === REAL_E5 ? "\xe5" + short.slice(1) : short;
  const body = part(raw.slice(0, 8).replace(/ +$/, ""), (ntFlags & NT_BODY_LOWER) !== 0);
  const extension = part(raw.slice(8).replace(/ +$/, ""), (ntFlags & NT_EXTENSION_LOWER) !== 0);
  return extension ? `${body}.${extension}` : body;
}

/** Keys under which a directory finds a name: the folded long name and, unless it is lossy, the short form. */
export function searchKeys(name: ParsedName): { long: string; short: string | undefined } {
  return { long: fold(name.long), short: name.lossy ? undefined : name.short };
}
