import { encode437 } from "../fat/mod.ts";

/** A host's name for the guest, as on a mounted folder: one byte per character in code page 437, and "_" for what that lacks. */
export function guestName(name: string): string {
  const text = name.normalize("NFC");
  return encode437(text) ?? text.replace(/[^\x20-\x7e]/gu, "_");
}

/** Where a step puts its module. */
export function modulePath(module: string): string {
  return `/${guestName(module.replace(/^.*\//, ""))}`;
}

/** What a program is called that is started from there: its first argument. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}

/** The same for all names of one file: FAT does not tell upper from lower case, and a path may have empty words and dots. */
export function fatName(path: string): string {
  const words: string[] = [];
  for (const word of path.split("/")) {
    if (word === "..") words.pop();
    else if (word !== "" && word !== ".") words.push(word.replace(/[. ]+$/, "").toUpperCase());
  }
  return `/${words.join("/")}`;
}
