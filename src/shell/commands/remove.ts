import { Errno, VfsError } from "../../vfs/mod.ts";
import type { CommandContext } from "../types.ts";
import { isDirectory, PATH_MAX, statOf, tryVfs } from "./paths.ts";

export function rm(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  if (argv.length === 1) {
    kernel.console.print("Usage: rm option(s) FILE...\nRemove (unlink) the FILE(s).\n");
    return -1;
  }
  const options = argv[1].startsWith("-") ? argv[1] : "";
  const unknown = /[^-frv]/.exec(options);
  if (unknown) {
    kernel.console.print(`Error: Bad option: ${unknown[0]}\n`);
    return -1;
  }
  const remover = new Remover(context, options.includes("f"), options.includes("v"));
  for (const path of argv.slice(options === "" ? 1 : 2)) {
    const stat = statOf(vfs, path);
    if (!stat) {
      kernel.fail(Errno.ENOENT);
      remover.missing(path);
    } else if (!isDirectory(stat)) {
      remover.file(path);
    } else if (options.includes("r")) {
      remover.directory(path);
    } else {
      kernel.console.print(`cannot remove '${path}': Is a directory\n`);
      remover.result = -1;
    }
  }
  return remover.result;
}

class Remover {
  /** Of the command: -1 when something is left that was to be removed. */
  result = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly force: boolean,
    private readonly verbose: boolean,
  ) {}

  file(path: string): void {
    this.unlink(path, "removed");
  }

  directory(path: string): void {
    const { vfs } = this.context;
    const entries = path.length < PATH_MAX ? tryVfs(() => vfs.list(path)) : undefined;
    if (!entries) {
      this.failed(path, "it cannot be read");
      return;
    }
    for (const { name, directory } of entries) {
      const inner = `${path}/${name}`;
      if (directory) this.directory(inner);
      else this.file(inner);
    }
    this.unlink(path, "removed directory");
  }

  /** With -f nothing is left to be done. */
  missing(path: string): void {
    if (this.force) return;
    this.result = -1;
    this.context.kernel.console.print(`cannot remove '${path}': No such file or directory\n`);
  }

  /** With -f the board says nothing, but the file is there still. */
  private failed(path: string, why: string): void {
    const { kernel, diagnostics } = this.context;
    this.result = -1;
    if (this.force) diagnostics?.(`rm: cannot remove '${path}': ${why}`);
    else kernel.console.print(`cannot remove '${path}'\n`);
  }

  private unlink(path: string, done: string): void {
    const { kernel, vfs } = this.context;
    try {
      vfs.unlink(path);
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      this.failed(path, error.message);
      return;
    }
    if (this.verbose) kernel.console.print(`${done} '${path}'\n`);
  }
}
