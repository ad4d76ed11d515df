import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fold } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { hostError } from "../host-file.ts";

/** A file or folder of the host and the place it gets on a FAT disk. */
export interface TreeEntry {
  /** Names that FAT can hold, with `/` between. */
  readonly path: string;
  readonly host: string;
  readonly directory: boolean;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** FAT ends files there. */
export const MAX_FILE = 0xffffffff;
const MAX_DEPTH = 100;
const MAX_NAME = 255;
/** Links can make a few folders look like more than fit anywhere. */
const MOST = 1_000_000;

/**
 * Everything below a folder of the host, in the order of `orderKey`, folders before what is in them. Links are followed when they lead to
 * something inside the folder. What FAT cannot hold is left out or renamed, each with a sentence to `warn`.
 */
export function walkHost(root: string, warn: (text: string) => void): TreeEntry[] {
  const found: TreeEntry[] = [];
  let real: string;
  try {
    real = realpathSync(root);
    if (!statSync(real).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
  } catch (error) {
    throw hostError(root, error);
  }
  const walk = (host: string, path: string, above: readonly string[]) => {
    const taken = new Set<string>();
    for (const name of namesIn(host, warn)) {
      const full = join(host, name);
      const target = inside(full, real, warn);
      if (!target) continue;
      if (target.directory && (above.includes(target.real) || above.length >= MAX_DEPTH)) {
        warn(`${full}: left out, it leads back to a folder above it`);
        continue;
      }
      if (target.size > MAX_FILE) {
        warn(`${full}: left out, FAT files end at 4 GiB - 1`);
        continue;
      }
      const own = fatName(name, taken);
      if (own !== name.normalize("NFC")) warn(`${full}: is called ${own} on the disk`);
      const { directory, size, mtime } = target;
      if (found.length >= MOST)
        throw new UserError(
          ExitCode.BadData,
          `${root} holds more than ${MOST} files and folders`,
          "links that lead to the same folders again and again?",
        );
      found.push({ path: `${path}/${own}`, host: full, directory, size, mtime });
      if (directory) walk(full, `${path}/${own}`, [...above, target.real]);
    }
  };
  walk(real, "", [real]);
  return found;
}

function namesIn(host: string, warn: (text: string) => void): string[] {
  try {
    const names = readdirSync(host).map((name) => ({ name, key: orderKey(name) }));
    return names.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ name }) => name);
  } catch (error) {
    warn(`${host}: left out, it cannot be read (${(error as { code?: string }).code})`);
    return [];
  }
}

/**
 * Sorts paths by their names: first those with a tilde, so that no made-up 8.3 name takes what is the real name of another; then
 * those outside ASCII, since FatFs takes é for the E of an 8.3 name that comes before it in the directory; then the rest.
 */
export function orderKey(path: string): string {
  return path.replace(/[^/\\]+/g, (name) => {
    const rank = name.includes("~") ? 0 : 2;
    return `${rank + (/^[\x00-\x7f]*$/.test(name) ? 1 : 0)}${name}`;
  });
}

interface Target {
  readonly real: string;
  readonly directory: boolean;
  readonly size: number;
  readonly mtime: number;
}

/** What a path stands for; undefined when it is neither file nor folder, or lies outside `root`. */
function inside(path: string, root: string, warn: (text: string) => void): Target | undefined {
  try {
    const link = lstatSync(path).isSymbolicLink();
    const real = link ? realpathSync(path) : path;
    if (link && real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
      warn(`${path}: left out, the link leads outside the folder`);
      return undefined;
    }
    const stat = statSync(real);
    const directory = stat.isDirectory();
    if (!directory && !stat.isFile()) {
      warn(`${path}: left out, it is neither a file nor a folder`);
      return undefined;
    }
    return {
      real,
      directory,
      size: directory ? 0 : stat.size,
      mtime: Math.floor(stat.mtimeMs / 1000),
    };
  } catch (error) {
    warn(`${path}: left out, it cannot be read (${(error as { code?: string }).code})`);
    return undefined;
  }
}

/**
 * A name FAT can hold that is new in its folder: letters are composed, forbidden characters become `_`, what is longer than 255
 * characters is cut, a clash (of case, too) gets a number.
 */
export function fatName(name: string, taken: Set<string>): string {
  let safe = name
    .normalize("NFC")
    .replace(/["*/:<>?\\|\x00-\x1f\x7f]/g, "_")
    .replace(/[. ]+$/, (end) => "_".repeat(end.length));
  if (safe === "") safe = "_";
  const dot = safe.lastIndexOf(".");
  const [body, extension] =
    dot > 0 && safe.length - dot <= 20 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ""];
  const fitting = (tail: string): string => {
    // No half of a character outside the basic plane.
    const cut = body.slice(0, MAX_NAME - tail.length).replace(/[\ud800-\udbff]$/, "");
    return cut + tail;
  };
  let unique = fitting(extension);
  for (let n = 2; taken.has(fold(unique)); n++) unique = fitting(`~${n}${extension}`);
  taken.add(fold(unique));
  return unique;
}

/** Passes the first few warnings on and counts the rest. */
export function fewWarnings(
  say: (text: string) => void,
  most = 10,
): { warn(text: string): void; end(): void } {
  let count = 0;
  return {
    warn(text) {
      if (count++ < most) say(text);
    },
    end() {
      if (count > most) say(`... and ${count - most} more like that`);
    },
  };
}
