import { type FileSource, SymbolFiles } from "../dwarf/mod.ts";
import type { VfsApi } from "../vfs/types.ts";

/** Debugging information from the guest's disk, and from wherever `more` says. */
export function diskSymbols(vfs: VfsApi, more: Partial<FileSource> = {}): SymbolFiles {
  const read = (path: string): Uint8Array | undefined => {
    try {
      return vfs.readFile(path);
    } catch {
      return undefined;
    }
  };
  return new SymbolFiles({
    module: read,
    beside: (path, name) => read(`${path.slice(0, path.lastIndexOf("/"))}/${name}`),
    elsewhere: () => undefined,
    ...more,
  });
}
