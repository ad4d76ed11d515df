import { THREAD } from "../kernel/mod.ts";
import type { KernelApi } from "../kernel/types.ts";
import type { LineOutcome } from "./execute.ts";

/**
 * The shell's stack as list_thread shows it on the reference board, in bytes from its top: in use while it waits for a key, used
 * at most before the first command, and what starting a module and `ls` need.
 */
const MEASURED = { waiting: 0x170, first: 0x2c0, module: 0x430, ls: 0x580 } as const;

export const SHELL_STACK = 4096;
export const SHELL_FIGURES = { inUse: MEASURED.waiting, max: MEASURED.first } as const;

/** Anything but the `#` that marks bytes never used. */
const USED = 0;

/** Marks as used what the board's shell would have used of its stack for a line. */
export function markStack({ memory }: KernelApi, thread: number, outcome?: LineOutcome): void {
  let depth: number = MEASURED.waiting;
  if (outcome?.kind === "module") depth = MEASURED.module;
  else if (outcome?.kind === "command" && outcome.name === "ls") depth = MEASURED.ls;
  if (thread === 0 || depth === MEASURED.waiting) return;
  const top = THREAD.stack_addr.get(memory, thread) + SHELL_STACK;
  memory.fill(top - depth, depth - MEASURED.waiting, USED);
}
