import { Errno } from "../../vfs/mod.ts";
import type { CommandContext } from "../types.ts";
import { climbsAboveStart, succeeds, succeedsOrTells, tryVfs } from "./paths.ts";

export function ls({ kernel, vfs }: CommandContext, argv: readonly string[]): number {
  const path = argv[1] ?? vfs.cwd;
  const entries = tryVfs(() => vfs.list(path));
  if (!entries) {
    kernel.console.print("No such directory\n");
    return -1;
  }
  kernel.console.print(`Directory ${path}:\n`);
  // 4.0.4 joins the path as typed with each name and normalises that as if it began at the root, which fails above it.
  if (kernel.options.compat404 && climbsAboveStart(path)) return 0;
  for (const { name, directory, size } of entries) {
    kernel.console.printf("%-20s", name);
    if (directory) kernel.console.printf("%-25s\n", "<DIR>");
    else kernel.console.printf("%-25lu\n", size);
  }
  return 0;
}

export function cd({ kernel, vfs, diagnostics }: CommandContext, argv: readonly string[]): number {
  if (argv.length === 1) {
    kernel.console.print(`${vfs.cwd}\n`);
    return 0;
  }
  if (argv.length > 2) {
    diagnostics?.(`cd: one directory, please: '${argv[2]}' is one too many`);
    return -1;
  }
  if (succeeds(() => vfs.chdir(argv[1]))) return 0;
  kernel.fail(Errno.ENOENT);
  kernel.console.print(`No such directory: ${argv[1]}\n`);
  return -1;
}

export function pwd({ kernel, vfs }: CommandContext): void {
  kernel.console.print(`${vfs.cwd}\n`);
}

export function mkdir(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  if (argv.length === 1) {
    kernel.console.print(
      "Usage: mkdir [OPTION] DIRECTORY\nCreate the DIRECTORY, if they do not already exist.\n",
    );
    return -1;
  }
  return succeedsOrTells(context, "mkdir", () => vfs.mkdir(argv[1])) ? 0 : -1;
}
