import { type VfsApi, VfsError } from "../vfs/types.ts";
import { LoadError } from "./load-error.ts";

/** Local file header of a ZIP archive. */
const MAGIC = [0x50, 0x4b, 3, 4];
/** Names that a message shows. */
const NAMES_MAX = 5;
const S_IFMT = 0xf000;
const S_IFREG = 0x8000;

/**
 * The module in a ZIP archive: the entry that is called as the archive is, or else the only one ending in .mo or .so. Bytes that
 * are no archive come back as they are. Nothing larger than `limit` bytes is unpacked. Throws LoadError.
 */
export function unpack(path: string, bytes: Uint8Array, limit: number): Uint8Array {
  if (!isArchive(bytes)) return bytes;
  const found = open(bytes, limit);
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  const names = Object.keys(found);
  const named = names.filter((name) =>
    new RegExp(`(^|/)${escaped(base)}\\.(mo|so)$`, "i").test(name),
  );
  const [name] = named.length === 1 ? named : names;
  if (names.length === 0)
    throw new LoadError(
      "",
      `it is a ZIP archive without a module (*.mo, *.so) of at most ${limit} bytes`,
    );
  if (named.length !== 1 && names.length > 1)
    throw new LoadError(
      "",
      `it is a ZIP archive with ${names.length} modules (${names.slice(0, NAMES_MAX).join(", ")}) and none is called ${base}: name one as ${path}/${names[0]}`,
    );
  return found[name];
}

/** The bytes begin as those of a ZIP archive do. */
export function isArchive(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Every module of an archive by its name in there. Throws LoadError. */
export function modulesOf(bytes: Uint8Array, limit: number): Record<string, Uint8Array> {
  return open(bytes, limit);
}

/** `/dir/apps.zip/bin/hello.mo`: the archive, when that is a file, and the name in it. */
function memberOf(path: string, vfs: VfsApi): { archive: string; name: string } | undefined {
  for (const { 0: end, index } of path.matchAll(/\.zip\//gi)) {
    const archive = path.slice(0, index + end.length - 1);
    const name = path.slice(index + end.length);
    try {
      if ((vfs.stat(archive).mode & S_IFMT) === S_IFREG) return { archive, name };
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
    }
  }
  return undefined;
}

/** The module at `path` inside an archive of the file system; undefined when the path names none. Throws LoadError. */
export function readMember(path: string, vfs: VfsApi, limit: number): Uint8Array | undefined {
  const member = memberOf(path, vfs);
  if (!member) return undefined;
  const { archive, name } = member;
  const bytes = vfs.stat(archive).size > limit ? undefined : vfs.readFile(archive);
  if (!bytes || !isArchive(bytes)) return undefined;
  const wanted = name.toLowerCase();
  const found = Object.entries(open(bytes, limit)).find(([key]) => key.toLowerCase() === wanted);
  return found?.[1];
}

function open(bytes: Uint8Array, limit: number): Record<string, Uint8Array> {
  // Not imported: evaluating the library takes 8 ms, more than most runs have to do with archives.
  const { unzipSync } = require("fflate/browser") as typeof import("fflate");
  let left = limit;
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (!/\.(mo|so)$/i.test(name) || originalSize > left) return false;
        left -= originalSize;
        return true;
      },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LoadError("", `it is a ZIP archive that cannot be read: ${why}`);
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
