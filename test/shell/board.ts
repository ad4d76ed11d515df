/** The shell on the real kernel. */
import { Loader } from "../../src/dlmodule/mod.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import type { Kernel } from "../../src/kernel/mod.ts";
import { listTexts, Shell, type ShellParts } from "../../src/shell/mod.ts";
import { Vfs } from "../../src/vfs/mod.ts";
import { bench, type Bench } from "../kernel/tasks.ts";

const NO_SYMBOLS = { lookup: () => 0, entries: () => [], nearest: () => undefined };

export interface Board extends Bench {
  readonly shell: Shell;
  /** Types text and lets the system become idle; what was printed. */
  type(text: string): string;
}

/** The shell as a thread of the real kernel, with a disk. */
export function board(
  files: Record<string, string> = {},
  compat404 = false,
  parts: Partial<ShellParts> = {},
  abi?: "5.x",
): Board {
  const entries = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));
  const disk = makeDisk(entries, { size: 1 << 20 });
  const vfs = new Vfs({ disk: () => disk });
  vfs.mount("sd0", "/", "elm");
  let shell: Shell | undefined;
  const tested = bench(
    function* (kernel: Kernel) {
      const call = (): number => 0;
      const modules = new Loader({ kernel, vfs, symbols: NO_SYMBOLS, call });
      const lists = listTexts(kernel, modules);
      shell = new Shell({ kernel, vfs, modules, symbols: NO_SYMBOLS, lists, ...parts });
      shell.start();
    },
    compat404,
    abi,
  );
  tested.settle();
  let seen = tested.text().length;
  return {
    ...tested,
    shell: shell as Shell,
    type(text) {
      seen = tested.text().length;
      tested.kernel.console.feed(new TextEncoder().encode(text));
      tested.settle();
      return tested.text().slice(seen).replaceAll("\r\n", "\n");
    },
  };
}
