import { LoadError } from "./load-error.ts";

/** Local file header of a ZIP archive. */
const MAGIC = [0x50, 0x4b, 3, 4];
/** Names that a message shows. */
const NAMES_MAX = 5;

/**
 * The module in a ZIP archive: the entry that is called as the archive is, or else the only one ending in .mo or .so. Bytes that
 * are no archive come back as they are. Nothing larger than `limit` bytes is unpacked. Throws LoadError.
 */
export function unpack(path: string, bytes: Uint8Array, limit: number): Uint8Array {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) return bytes;
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
      `it is a ZIP archive with ${names.length} modules (${names.slice(0, NAMES_MAX).join(", ")}) and none is called ${base}`,
    );
  return found[name];
}

function open(bytes: Uint8Array, limit: number): Record<string, Uint8Array> {
  // Not imported: evaluating the library takes 8 ms, more than most runs have to do with archives.
  const { unzipSync } = require("fflate") as typeof import("fflate");
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
