import { decode437, encode437, sameForFatFs } from "../fat/mod.ts";

/** A host's name for the guest, as on a mounted folder: one byte per character in code page 437, and "_" for what that lacks. */
export function guestName(name: string): string {
  const text = name.normalize("NFC");
  return encode437(text) ?? text.replace(/[^\x20-\x7e]/gu, "_");
}

/**
 * A path that an author wrote down, one byte per character as the guest has it: nothing in it is replaced. @throws NameError for a
 * character that no name on the disk can have
 */
export function exactPath(path: string): string {
  const text = path.normalize("NFC");
  const control = /[\x00-\x1f\x7f]/.exec(text)?.[0];
  if (control !== undefined)
    throw new NameError(`${JSON.stringify(path)} has a control character, which no name may have`);
  const bytes = encode437(text);
  if (bytes !== undefined) return bytes;
  const lacking = [...text].find((character) => encode437(character) === undefined);
  throw new NameError(
    `${JSON.stringify(path)} has '${lacking}', which code page 437 lacks: RT-Thread's names are in that`,
  );
}

/** The same as text again. */
export const pathText = decode437;

/** A path that no file of the guest can have. */
export class NameError extends Error {}

/** Where a step puts its module. */
export function modulePath(module: string): string {
  return `/${guestName(module.replace(/^.*\//, ""))}`;
}

/** What a program is called that is started from there: its first argument. */
export function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}

/**
 * The same for all names of one file: FAT does not tell upper from lower case, nor FatFs é from e in a short name; and a path may have
 * empty words and dots.
 */
export function fatName(path: string): string {
  const words: string[] = [];
  for (const word of path.split("/")) {
    if (word === "..") words.pop();
    else if (word !== "" && word !== ".")
      words.push(sameForFatFs(pathText(word)) ?? word.toUpperCase());
  }
  return `/${words.join("/")}`;
}
