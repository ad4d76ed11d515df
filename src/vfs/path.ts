import { Errno } from "./constants.ts";
import { VfsError } from "./types.ts";

/**
 * dfs_normalize_path: a path without `.`, `..`, repeated and trailing slashes. `/..` is the root, but nothing can follow a `..`
 * that leads above it.
 *
 * @param directory absolute and normal, what a relative path starts from
 * @throws VfsError ENOENT
 */
export function normalizePath(directory: string, path: string): string {
  const names = path.startsWith("/") ? [] : directory.split("/").filter(Boolean);
  let above = false;
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (above) throw new VfsError(Errno.ENOENT, `${path} leads above the root directory`);
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) above = true;
  }
  return `/${names.join("/")}`;
}

/**
 * dfs_subdir: the rest of `path` below the directory `base`, with its slash; undefined when it is the directory itself.
 */
export function subdirectory(base: string, path: string): string | undefined {
  if (path === base) return undefined;
  return base === "/" ? path : path.slice(base.length);
}

/** True when `path` is `base` or lies below it. */
export function lies(path: string, base: string): boolean {
  return base === "/" || path === base || path.startsWith(`${base}/`);
}
