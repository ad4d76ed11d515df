import { cc, ptr } from "bun:ffi";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A handler of signals that needs no turn of the event loop: a guest runs in one go, and a signal must end it at once. It is made of
 * functions that a handler may call (POSIX.1-2017, XSH 2.4.3), and the process ends by the signal as without it.
 */
const SOURCE = `
typedef void (*handler)(int);
extern handler signal(int, handler);
extern int unlink(const char *);
extern int raise(int);
static char path[128];
static void gone(int number) { unlink(path); signal(number, (handler)0); raise(number); }
static void take(int number) {
  handler before = signal(number, gone);
  /* Ignored, for instance by nohup, or somebody else's: it stays so. */
  if (before != (handler)0) signal(number, before);
}
int unlink_on_signal(const char *name) {
  int i;
  for (i = 0; name[i] && i < 127; i++) path[i] = name[i];
  path[i] = 0;
  take(1);
  take(2);
  take(15);
  return 0;
}
`;

/** Removes the file when SIGHUP, SIGINT or SIGTERM ends the process. Where there is no compiler, it stays. */
export function unlinkOnSignal(path: string): void {
  let dir: string | undefined;
  try {
    dir = mkdtempSync(join(tmpdir(), "rtt-sim-"));
    const source = join(dir, "handler.c");
    writeFileSync(source, SOURCE);
    const { symbols } = cc({
      source,
      symbols: { unlink_on_signal: { args: ["ptr"], returns: "i32" } },
    });
    symbols.unlink_on_signal(ptr(new TextEncoder().encode(`${path}\0`)));
  } catch {
    // The next process that listens there replaces it.
  } finally {
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  }
}
