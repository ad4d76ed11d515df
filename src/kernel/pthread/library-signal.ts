import { OBJECT } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";

const SIG_DFL = 0;
export const SIG_IGN = 1;

/**
 * Signals of newlib that do not end a program by default: SIGURG, SIGSTOP, SIGTSTP, SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU, SIGIO and
 * SIGWINCH (POSIX.1 signal.h; 4.4BSD for the last two). Nothing can stop a module, so they do nothing.
 */
export const HARMLESS: ReadonlySet<number> = new Set([16, 17, 18, 19, 20, 21, 22, 23, 28]);

/**
 * The handler of signal() for a signal to a thread, undefined without one. newlib keeps the handlers in the area of the thread that has
 * called signal(); POSIX, and the board with its one area, have them for all threads of a program. As in System V a handler serves one
 * signal.
 */
export function takeHandler(k: Kernel, thread: number, signo: number): number | undefined {
  const { memory, reents, threads } = k;
  const module = OBJECT.module_id.get(memory, thread);
  const own = threads.states.get(thread);
  const others = [...threads.states.values()].filter(
    (state) => state !== own && OBJECT.module_id.get(memory, state.thread) === module,
  );
  for (const state of own ? [own, ...others] : others) {
    const table = reents.signalTable(state);
    const entry = table + 4 * signo;
    if (table === 0 || !memory.contains(entry, 4)) continue;
    const handler = memory.ld32(entry);
    if (handler === SIG_DFL) continue;
    if (handler !== SIG_IGN) memory.st32(entry, SIG_DFL);
    return handler;
  }
  return undefined;
}
