import { readModule } from "../dlmodule/mod.ts";
import { type FileSource, SymbolFiles } from "../dwarf/mod.ts";
import type { VfsApi } from "../vfs/types.ts";

/** Bytes of a module in an archive. */
const UNPACKED_MAX = 64 * 1048576;

/** Debugging information from the guest's disk, and from wherever `more` says. */
export function diskSymbols(vfs: VfsApi, more: Partial<FileSource> = {}): SymbolFiles {
  const attempt = (read: () => Uint8Array): Uint8Array | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  return new SymbolFiles({
    module: (path) => attempt(() => readModule(path, vfs, UNPACKED_MAX)),
    beside: (path, name) =>
      attempt(() => vfs.readFile(`${path.slice(0, path.lastIndexOf("/"))}/${name}`)),
    elsewhere: () => undefined,
    ...more,
  });
}
