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

export function cp(context: CommandContext, argv: readonly string[]): void {
  const { kernel, vfs } = context;
  if (argv.length !== 3) {
    kernel.console.print("Usage: cp SOURCE DEST\nCopy SOURCE to DEST.\n");
    return;
  }
  const [, from, to] = argv;
  const source = statOf(vfs, from);
  const target = statOf(vfs, to);
  if (!source) {
    kernel.console.print(`copy failed, bad ${from}\n`);
  } else if (!isDirectory(source)) {
    copyFile(context, from, isDirectory(target) ? joinPath(to, baseName(from)) : to);
  } else if (target && !isDirectory(target)) {
    kernel.console.print("cp faild, cp dir to file is not permitted!\n");
  } else {
    const into = target ? joinPath(to, baseName(from.replace(/\/+$/, ""))) : to;
    // The original copies a directory into itself until the path is too long.
    if (isInside(vfs, into, from)) {
      kernel.console.print(`cp failed, cannot copy ${from} into itself\n`);
      return;
    }
    succeeds(() => vfs.mkdir(into));
    copyDirectory(context, from, into);
  }
}

function copyDirectory(context: CommandContext, from: string, to: string): void {
  const { kernel, vfs } = context;
  const entries = from.length < PATH_MAX ? tryVfs(() => vfs.list(from)) : undefined;
  if (!entries) {
    kernel.console.print(`open ${from} failed\n`);
    return;
  }
  for (const { name, directory } of entries) {
    const source = joinPath(from, name);
    const target = joinPath(to, name);
    if (directory) {
      succeeds(() => vfs.mkdir(target));
      copyDirectory(context, source, target);
    } else {
      copyFile(context, source, target);
    }
  }
}

function copyFile({ kernel, vfs }: CommandContext, from: string, to: string): void {
  const input = tryVfs(() => vfs.open(from, OpenFlag.RdOnly));
  if (input === undefined) {
    kernel.console.print(`Read ${from} failed\n`);
    return;
  }
  const output = tryVfs(() => vfs.open(to, OpenFlag.WrOnly | OpenFlag.Creat));
  if (output === undefined) {
    vfs.close(input);
    kernel.console.print(`Write ${to} failed\n`);
    return;
  }
  const piece = new Uint8Array(PIECE);
  let copied = 0;
  for (;;) {
    const length = tryVfs(() => vfs.read(input, piece)) ?? 0;
    if (length === 0) break;
    const written = tryVfs(() => vfs.write(output, piece.subarray(0, length))) ?? -1;
    if (written !== length) {
      kernel.console.print(`Write file data failed, errno=${written}\n`);
      break;
    }
    copied += length;
  }
  // 4.0.4 does not cut the target: what a longer one held behind the copied bytes stays.
  if (!kernel.options.compat404 && !sameFile(vfs, to, from))
    succeeds(() => vfs.ftruncate(output, copied));
  vfs.close(input);
  vfs.close(output);
}
