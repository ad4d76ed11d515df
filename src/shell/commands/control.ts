import { SCHEDULE, type Task } from "../../kernel/call.ts";
import type { CommandContext } from "../types.ts";

/** `kill NAME...`: ends running modules as if they had been destroyed, with everything they had. A signal (`-9`) makes no difference. */
export function* kill(context: CommandContext, argv: readonly string[]): Task<number> {
  const { kernel, modules } = context;
  const names = argv.slice(/^-\w+$/.test(argv[1] ?? "") ? 2 : 1);
  if (names.length === 0) {
    kernel.console.print(`Usage: ${argv[0]} MODULE...\n`);
    return -1;
  }
  let result = 0;
  for (const name of names) {
    const wanted = name.replace(/^.*\//, "").replace(/\.mo$/i, "").slice(0, 8);
    const found = modules.modules?.().filter((module) => module.name === wanted) ?? [];
    const program = found.find(({ library }) => !library);
    if (program) yield* modules.kill?.(program.address) ?? nothing();
    else {
      const why = found.length > 0 ? "is a library that a module has open" : "no such module";
      kernel.console.print(`${argv[0]}: ${name}: ${why}\n`);
      result = -1;
    }
  }
  return result;
}

function* nothing(): Task<void> {}

export const runningModules = ({ modules }: CommandContext): string[] => [
  ...new Set((modules.modules?.() ?? []).filter(({ library }) => !library).map(({ name }) => name)),
];

/** `sync`: everything written so far is on the disk. */
export function sync({ vfs }: CommandContext): void {
  vfs.sync();
}

/** `reboot`: the system starts anew. The calling thread goes no further. */
export function* reboot({ kernel, vfs, reset }: CommandContext): Task<number> {
  if (!reset) {
    kernel.console.print("reboot: nobody is there to start the system again\n");
    return -1;
  }
  vfs.sync();
  reset();
  for (;;) {
    kernel.threads.suspend(kernel.threads.current);
    yield SCHEDULE;
  }
}
