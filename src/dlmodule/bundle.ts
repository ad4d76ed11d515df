import { amount } from "../elf/mod.ts";
import { type VfsApi, VfsError } from "../vfs/types.ts";
import { LoadError } from "./load-error.ts";
import { entriesIn, unzip, type ZipEntry, ZipError } from "./zip.ts";

/** What a ZIP archive begins with: a local file header; with nothing in it the end of its directory. */
const MAGICS = [
  [0x50, 0x4b, 3, 4],
  [0x50, 0x4b, 5, 6],
];
/** Names that a message shows. */
const NAMES_MAX = 5;
const S_IFMT = 0xf000;
const S_IFREG = 0x8000;

/**
 * The module in a ZIP archive: the entry that is called as the archive is, or else the only one ending in .mo or .so. Bytes that
 * are no archive come back as they are. Nothing larger than `limit` bytes is unpacked. `tell` is told which of several it is. Throws
 * LoadError.
 */
export function unpack(
  path: string,
  bytes: Uint8Array,
  limit: number,
  tell?: (text: string) => void,
): Uint8Array {
  if (!isArchive(bytes)) return bytes;
  const found = entriesOf(bytes);
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  const named = found.filter(({ name }) =>
    new RegExp(`(^|/)${escaped(base)}\\.(mo|so)$`, "i").test(name),
  );
  const [entry] = named.length === 1 ? named : found;
  if (!entry) throw new LoadError("", noModule(bytes));
  if (found.length > 1) {
    const names = found.slice(0, NAMES_MAX).map(({ name }) => name);
    const more = found.length > NAMES_MAX ? ", ..." : "";
    const several = `${amount(found.length, "module")} (${names.join(", ")}${more})`;
    if (named.length !== 1)
      throw new LoadError(
        "",
        `it is a ZIP archive with ${several} and ${named.length === 0 ? "none is" : `${named.length} are`} called ${base}: name one as ${path}/${entry.name}`,
      );
    tell?.(`${path} is a ZIP archive with ${several}: ${entry.name} is taken`);
  }
  return contents(bytes, entry, limit);
}

/** Why nothing in an archive can be loaded. Throws LoadError when it cannot be read. */
export function noModule(archive: Uint8Array): string {
  const { length } = reading(() => entriesIn(archive));
  return length === 0
    ? "it is an empty ZIP archive"
    : `it is a ZIP archive without a module (*.mo, *.so): it has ${amount(length, "other file")}`;
}

/** The bytes begin as those of a ZIP archive do. */
export function isArchive(bytes: Uint8Array): boolean {
  for (const magic of MAGICS) {
    let n = 0;
    while (n < magic.length && bytes[n] === magic[n]) n++;
    if (n === magic.length) return true;
  }
  return false;
}

/** Every module of an archive by its name in there, `limit` bytes in all. Throws LoadError. */
export function modulesOf(bytes: Uint8Array, limit: number): Record<string, Uint8Array> {
  const modules: Record<string, Uint8Array> = {};
  let left = limit;
  for (const entry of entriesOf(bytes)) {
    modules[entry.name] = contents(bytes, entry, left);
    left -= entry.size;
  }
  return modules;
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
  const found = entriesOf(bytes).find((entry) => entry.name.toLowerCase() === wanted);
  return found && contents(bytes, found, limit);
}

/** The module that loading `path` gives, out of an archive or not. Throws LoadError and VfsError. */
export function readModule(path: string, vfs: VfsApi, limit: number): Uint8Array {
  return readMember(path, vfs, limit) ?? unpack(path, vfs.readFile(path), limit);
}

/** The modules that the directory of an archive lists. Throws LoadError. */
function entriesOf(bytes: Uint8Array): ZipEntry[] {
  return reading(() => entriesIn(bytes).filter(({ name }) => /\.(mo|so)$/i.test(name)));
}

function contents(bytes: Uint8Array, entry: ZipEntry, limit: number): Uint8Array {
  if (entry.size > limit)
    throw new LoadError(
      "",
      `it is a ZIP archive, and ${entry.name} in it has ${amount(entry.size, "byte")}, more than the ${limit} that there is room for`,
    );
  return reading(() => unzip(bytes, entry));
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new LoadError("", `it is a ZIP archive that cannot be read: ${error.message}`);
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
