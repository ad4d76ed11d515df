import type { VfsApi } from "../vfs/types.ts";
import { tryVfs } from "./commands/paths.ts";
import type { Completion } from "./line-editor.ts";

/** What completion looks names up in. */
export interface CompletionSource {
  readonly vfs: VfsApi;
  /** Command names in table order. */
  readonly commands: readonly string[];
  /** What TAB on an empty line shows. */
  readonly help: () => string;
}

/**
 * msh completion of RT-Thread 4.0.4 with modules: always the whole line, wherever the cursor is. The word behind the last blank
 * is completed as a path; a line without a blank first as a path, then as a command name.
 */
export function complete({ vfs, commands, help }: CompletionSource, line: string): Completion {
  if (line === "") return { listing: help(), line };
  // A blank in the first column is not looked at.
  const word = line.lastIndexOf(" ") > 0 ? line.lastIndexOf(" ") + 1 : 0;
  const path = completePath(vfs, line.slice(word));
  const extended = line.slice(0, word) + path.line;
  const matching = commands.filter((name) => name.startsWith(extended));
  return {
    listing: path.listing + matching.map((name) => `${name}\n`).join(""),
    line: matching.length > 0 ? commonPrefix(matching) : extended,
  };
}

function completePath(vfs: VfsApi, path: string): Completion {
  const at = path.lastIndexOf("/") + 1;
  const prefix = path.slice(at);
  const entries = tryVfs(() => vfs.list(path.slice(0, at)));
  if (!entries) return { listing: "", line: path };
  const names = entries.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const listing = names.map((name) => `${name}\n`).join("");
  if (prefix === "") return { listing, line: path };
  if (names.length === 0) return { listing: "", line: path };
  const common = commonPrefix(names);
  // Nothing is listed when the first match is itself the common prefix, even if there are longer ones.
  const ambiguous = common.length < names[0].length;
  return { listing: ambiguous ? listing : "", line: path.slice(0, at) + common };
}

/** Longest text every name begins with. */
export function commonPrefix(names: readonly string[]): string {
  let [common] = names;
  for (const name of names) while (!name.startsWith(common)) common = common.slice(0, -1);
  return common;
}
