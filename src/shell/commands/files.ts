import { OpenFlag } from "../../vfs/mod.ts";
import { toBytes } from "../keys.ts";
import type { CommandContext } from "../types.ts";
import {
  baseName,
  isDirectory,
  joinPath,
  sameFile,
  statOf,
  succeeds,
  succeedsOrTells,
  tryVfs,
} from "./paths.ts";

/** `cat` reads and prints pieces of this many bytes; a NUL hides the rest of its piece. */
const CAT_PIECE = 80;
const PIECES_AT_ONCE = 200;

export function cat({ kernel, vfs }: CommandContext, argv: readonly string[]): number {
  if (argv.length === 1) {
    kernel.console.print("Usage: cat [FILE]...\nConcatenate FILE(s)\n");
    return -1;
  }
  const pieces = new Uint8Array(CAT_PIECE * PIECES_AT_ONCE);
  let result = 0;
  for (const path of argv.slice(1)) {
    const fd = tryVfs(() => vfs.open(path, OpenFlag.RdOnly));
    if (fd === undefined) {
      kernel.console.print(`Open ${path} failed\n`);
      result = -1;
      continue;
    }
    for (;;) {
      const length = tryVfs(() => vfs.read(fd, pieces)) ?? -1;
      if (length < 0) result = -1;
      if (length <= 0) break;
      kernel.console.write(visible(pieces.subarray(0, length)), true);
    }
    kernel.console.print("\n");
    vfs.close(fd);
  }
  return result;
}

/** What is printed of pieces: each up to its first NUL. */
function visible(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0)) return bytes;
  const shown: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CAT_PIECE) {
    const piece = bytes.subarray(at, at + CAT_PIECE);
    const nul = piece.indexOf(0);
    shown.push(nul < 0 ? piece : piece.subarray(0, nul));
  }
  return Buffer.concat(shown);
}

export function echo(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  const [, text, path] = argv;
  if (argv.length === 2) {
    kernel.console.print(`${text}\n`);
    return 0;
  }
  if (argv.length !== 3) {
    kernel.console.print('Usage: echo "string" [filename]\n');
    return -1;
  }
  const flags = OpenFlag.RdWr | OpenFlag.Append | OpenFlag.Creat;
  const fd = tryVfs(() => vfs.open(path, flags));
  if (fd === undefined) {
    kernel.console.print(`open file:${path} failed!\n`);
    return -1;
  }
  const bytes = toBytes(text);
  let written = 0;
  const tried = succeedsOrTells(context, "echo", () => (written = vfs.write(fd, bytes)));
  vfs.close(fd);
  return tried && written === bytes.length ? 0 : -1;
}

export function mv(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  if (argv.length !== 3) {
    kernel.console.print(
      "Usage: mv SOURCE DEST\nRename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.\n",
    );
    return -1;
  }
  const [, from, to] = argv;
  kernel.console.print(`${from} => ${to}\n`);
  const rename = (target: string): number =>
    done(succeedsOrTells(context, "mv", () => vfs.rename(from, target)));
  if (isDirectory(statOf(vfs, to))) return rename(joinPath(to, baseName(from)));
  if (statOf(vfs, to)) {
    if (!kernel.options.compat404) {
      // The original removes DEST before it looks at SOURCE: a file renamed to itself, or a missing SOURCE, loses DEST.
      if (!succeedsOrTells(context, "mv", () => void vfs.stat(from))) return -1;
      if (sameFile(vfs, from, to)) return done(changeCase(context, from, to));
    }
    succeeds(() => vfs.unlink(to));
  }
  return rename(to);
}

/** The result of a command that did what it was asked to, or did not. */
const done = (success: boolean): number => (success ? 0 : -1);

/** Renames a file to its own name in other letters, which a direct rename refuses because the name exists. */
function changeCase({ vfs }: CommandContext, from: string, to: string): boolean {
  const aside = `${to}~`;
  if (vfs.resolve(from) === vfs.resolve(to)) return true;
  if (statOf(vfs, aside)) return false;
  return succeeds(() => vfs.rename(from, aside)) && succeeds(() => vfs.rename(aside, to));
}
