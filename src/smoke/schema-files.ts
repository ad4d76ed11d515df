import { exactPath, fatName, guestName, modulePath, NameError, pathText } from "./guest-path.ts";
import type { Reader } from "./reader.ts";
import type { Placed, Scenario } from "./scenario.ts";
import type { Table } from "./toml.ts";

/** The path of a file of the guest, in its bytes; that of the host file `from` in the root when none is given. */
export function guestPath(reader: Reader, table: Table, from?: string): string | undefined {
  const given = reader.string(table, "path");
  if (given === undefined) {
    if (table.entries.has("path")) return undefined;
    if (from !== undefined) return `/${guestName(from.replace(/^.*\//, ""))}`;
    return reader.complain(table.at, "no 'path'", 'path = "/name"');
  }
  try {
    const path = exactPath(given);
    if (/(^|\/)\.{0,2}$/.test(path))
      return reader.complain(
        reader.at(table, "path"),
        `${JSON.stringify(given)} is not the path of a file`,
        'path = "/folder/name"',
      );
    if (isAboveRoot(path))
      return reader.complain(
        reader.at(table, "path"),
        `${JSON.stringify(given)} is above the root`,
        'path = "/folder/name"',
      );
    return path.startsWith("/") ? path : `/${path}`;
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    return reader.complain(reader.at(table, "path"), error.message, "give the file another name");
  }
}

function isAboveRoot(path: string): boolean {
  let depth = 0;
  for (const word of path.split("/")) {
    if (word === "..") depth--;
    else if (word !== "" && word !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Why two paths are one. */
function sameName(a: string, b: string): string {
  return a === b ? "" : ` (${pathText(a)} and ${pathText(b)} are one file on a FAT disk)`;
}

/** Files that [[files]] puts on the disk; each path once, and none below a file. */
export function placedFiles(reader: Reader, top: Table): Placed[] {
  const seen = new Map<string, string>();
  const placed = reader.tables(top, "files").flatMap((table): Placed[] => {
    reader.keys(table, ["path", "text", "from"], "in [[files]]");
    const from = reader.plainFile(table, "from");
    const text = reader.string(table, "text");
    const path = guestPath(reader, table, from);
    if (table.entries.has("from") === table.entries.has("text"))
      reader.complain(
        table.at,
        "a file needs either 'text' or 'from'",
        'text = "..." or from = "host file"',
      );
    if (path === undefined) return [];
    const name = fatName(path);
    if (seen.has(name))
      reader.complain(
        reader.at(table, "path"),
        `${pathText(path)} is placed twice${sameName(seen.get(name)!, path)}`,
        "drop one of them",
      );
    seen.set(name, path);
    const at = from === undefined ? table.at : reader.at(table, "from");
    return [{ at, path, content: from === undefined ? { text: text ?? "" } : { from } }];
  });
  for (const { at, path } of placed) {
    const folder = foldersOf(fatName(path)).find((name) => seen.has(name));
    if (folder === undefined) continue;
    const file = pathText(seen.get(folder)!);
    reader.complain(
      at,
      `${pathText(path)} is in ${file}, which is a file`,
      "give one another path",
    );
  }
  return placed;
}

/** The folders that a file is in, by their names for FAT. */
function foldersOf(name: string): string[] {
  const words = name.split("/").slice(1, -1);
  return words.map((_, n) => `/${words.slice(0, n + 1).join("/")}`);
}

/** A step puts its module on the disk: a file that goes there would be gone. */
export function keepModules(reader: Reader, top: Table, { files, steps }: Scenario): void {
  for (const { action } of steps) {
    if (action.kind !== "run") continue;
    const path = modulePath(action.module);
    const inside = files.find((other) => foldersOf(fatName(other.path)).includes(fatName(path)));
    if (inside)
      reader.complain(
        inside.at,
        `[[files]] puts a file at ${pathText(inside.path)}, and run = "${action.module}" its module at ${pathText(path)}`,
        "give the file another path",
      );
    const file = files.find((other) => fatName(other.path) === fatName(path));
    if (!file || ("from" in file.content && file.content.from === action.module)) continue;
    reader.complain(
      file.at.line > 0 ? file.at : top.at,
      `[[files]] puts a file at ${pathText(file.path)}, where run = "${action.module}" puts its module${sameName(path, file.path)}`,
      "give the file another path",
    );
  }
}
