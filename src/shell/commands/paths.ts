import { Mode, type Stat, type VfsApi, VfsError } from "../../vfs/mod.ts";
import type { CommandContext } from "../types.ts";

/** DFS_PATH_MAX: no path is longer, which also ends the walk through a directory that contains itself. */
export const PATH_MAX = 256;

/** S_IFMT: the bits of st_mode that hold the file type. */
const TYPE_MASK = 0xf000;

/** The call's result; undefined when the file system refused, which most commands only report in their own words. */
export function tryVfs<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof VfsError) return undefined;
    throw error;
  }
}

/** Whether the file system did it. */
export const succeeds = (call: () => void): boolean => tryVfs(() => (call(), true)) ?? false;

/** As `succeeds`, for a command that is silent on the board: the simulator says why the file system refused. */
export function succeedsOrTells(
  { diagnostics }: CommandContext,
  command: string,
  call: () => void,
): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    diagnostics?.(`${command}: ${error.message}`);
    return false;
  }
}

export const statOf = (vfs: VfsApi, path: string): Stat | undefined => tryVfs(() => vfs.stat(path));

export const isDirectory = (stat: Stat | undefined): boolean =>
  stat !== undefined && (stat.mode & TYPE_MASK) === Mode.Dir;

export const joinPath = (directory: string, name: string): string =>
  `${directory.replace(/\/+$/, "")}/${name}`;

/** The part behind the last `/`. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const fold = (path: string): string => path.toLowerCase();

/** Whether two paths name the same file; FAT ignores the case of letters. */
export const sameFile = (vfs: VfsApi, a: string, b: string): boolean =>
  fold(vfs.resolve(a)) === fold(vfs.resolve(b));

/** Whether `inner` is `outer` or lies in it. */
export const isInside = (vfs: VfsApi, inner: string, outer: string): boolean =>
  `${fold(vfs.resolve(inner))}/`.startsWith(`${fold(vfs.resolve(outer))}/`.replace(/\/+$/, "/"));

/** Whether `..` leads above the directory a path starts in. */
export function climbsAboveStart(path: string): boolean {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}
