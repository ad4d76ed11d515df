import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diskSymbols } from "../debug/disk-symbols.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { Parsed } from "./parse.ts";

/** Files that are larger hold no symbols of a module. */
const MAX_BYTES = 256 << 20;

/**
 * Where files with symbols are looked for: the folders of --symbols, the folder of the module given to `run`, and beside the module on
 * the guest's disk.
 */
export function symbolFiles(parsed: Parsed, vfs: VfsApi): SymbolFiles {
  const folders = [...parsed.values("symbols")];
  const [file] = parsed.operands;
  if (parsed.command === "run" && file !== undefined) folders.push(dirname(file));
  return diskSymbols(vfs, {
    elsewhere: (name) => {
      for (const folder of folders) {
        const bytes = quietly(() => readFileSync(join(folder, basename(name))));
        if (bytes && bytes.length < MAX_BYTES) return bytes;
      }
      return undefined;
    },
    source: (path) =>
      quietly(() => readFileSync(path)) ??
      folders
        .map((folder) => quietly(() => readFileSync(join(folder, basename(path)))))
        .find((bytes) => bytes !== undefined),
  });
}

/** The best file for a debugger: undefined when there is none better than the module itself. */
export function symbolFinder(
  parsed: Parsed,
  vfs: VfsApi,
): (path: string) => Uint8Array | undefined {
  const files = symbolFiles(parsed, vfs);
  return (path) => files.file(path);
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
