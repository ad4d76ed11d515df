import { OpenFlag } from "../../vfs/mod.ts";
import type { CommandContext } from "../types.ts";
import {
  baseName,
  isDirectory,
  isInside,
  joinPath,
  PATH_MAX,
  sameFile,
  statOf,
  succeeds,
  tryVfs,
} from "./paths.ts";

const PIECE = 4096;

export function cp(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  if (argv.length !== 3) {
    kernel.console.print("Usage: cp SOURCE DEST\nCopy SOURCE to DEST.\n");
    return -1;
  }
  const [, from, to] = argv;
  const source = statOf(vfs, from);
  const target = statOf(vfs, to);
  if (!source) {
    kernel.console.print(`copy failed, bad ${from}\n`);
    return -1;
  }
  if (!isDirectory(source)) {
    const path = isDirectory(target) ? joinPath(to, baseName(from)) : to;
    return copyFile(context, from, path) ? 0 : -1;
  }
  if (target && !isDirectory(target)) {
    kernel.console.print("cp faild, cp dir to file is not permitted!\n");
    return -1;
  }
  const into = target ? joinPath(to, baseName(from.replace(/\/+$/, ""))) : to;
  // The original copies a directory into itself until the path is too long.
  if (isInside(vfs, into, from)) {
    kernel.console.print(`cp failed, cannot copy ${from} into itself\n`);
    return -1;
  }
  makeDirectory(context, into);
  return copyDirectory(context, from, into) ? 0 : -1;
}

/** It may be there; when it is not then, every file says so. */
function makeDirectory({ vfs }: CommandContext, path: string): void {
  succeeds(() => vfs.mkdir(path));
}

/** Whether all of it is there now. */
function copyDirectory(context: CommandContext, from: string, to: string): boolean {
  const { kernel, vfs } = context;
  const entries = from.length < PATH_MAX ? tryVfs(() => vfs.list(from)) : undefined;
  if (!entries) {
    kernel.console.print(`open ${from} failed\n`);
    return false;
  }
  let whole = isDirectory(statOf(vfs, to));
  for (const { name, directory } of entries) {
    const source = joinPath(from, name);
    const target = joinPath(to, name);
    if (directory) makeDirectory(context, target);
    const copy = directory ? copyDirectory : copyFile;
    if (!copy(context, source, target)) whole = false;
  }
  return whole;
}

function copyFile({ kernel, vfs }: CommandContext, from: string, to: string): boolean {
  const input = tryVfs(() => vfs.open(from, OpenFlag.RdOnly));
  if (input === undefined) {
    kernel.console.print(`Read ${from} failed\n`);
    return false;
  }
  const output = tryVfs(() => vfs.open(to, OpenFlag.WrOnly | OpenFlag.Creat));
  if (output === undefined) {
    vfs.close(input);
    kernel.console.print(`Write ${to} failed\n`);
    return false;
  }
  const piece = new Uint8Array(PIECE);
  let copied = 0;
  let whole = true;
  for (;;) {
    const length = tryVfs(() => vfs.read(input, piece)) ?? -1;
    if (length < 0) whole = false;
    if (length <= 0) break;
    const written = tryVfs(() => vfs.write(output, piece.subarray(0, length))) ?? -1;
    if (written !== length) {
      kernel.console.print(`Write file data failed, errno=${written}\n`);
      whole = false;
      break;
    }
    copied += length;
  }
  // 4.0.4 does not cut the target: what a longer one held behind the copied bytes stays.
  if (!kernel.options.compat404 && !sameFile(vfs, to, from))
    succeeds(() => vfs.ftruncate(output, copied));
  vfs.close(input);
  vfs.close(output);
  return whole;
}
