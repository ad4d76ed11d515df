import { constants } from "node:os";
import { ignoredSignals } from "./signals.ts";

/** What ends a process that does not ask for it, beside the signals that end a session in good order and those of faults. */
const DEADLY = [
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGXCPU",
  "SIGSYS",
  "SIGSTKFLT",
] as const;

/** Calls `restore` before one of these signals ends the process, which it does as without this; the result takes that back. */
export function restoreBefore(restore: () => void): () => void {
  const ignored = ignoredSignals();
  const taken = DEADLY.filter((name) => {
    const number = (constants.signals as Record<string, number | undefined>)[name];
    return number !== undefined && !(ignored & (1 << (number - 1)));
  }).map((name) => {
    const handler = (): void => {
      restore();
      process.off(name, handler);
      process.kill(process.pid, name);
    };
    process.on(name, handler);
    return () => void process.off(name, handler);
  });
  return () => {
    for (const free of taken) free();
  };
}
