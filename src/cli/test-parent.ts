/** First operand of a process that runs tests for another one; the second is the other one's number. */
const HELPER = "//helper of//";

/** Milliseconds between two looks for the parent. */
const LOOK_MS = 50;

/** The process that this one runs tests for; undefined: nobody. */
let parent: number | undefined;
let looked = 0;

/** What a process does for another one: run tests, or look whether a text matches. */
export type Help = "run" | "match";

/** Command line of a process that helps this one. */
export function program(what: Help): string[] {
  const compiled = Bun.main.startsWith("/$bunfs/") || /^B:[\\/]~BUN/.test(Bun.main);
  const self = [process.execPath, ...(compiled ? [] : [Bun.main])];
  return [...self, "test", HELPER, String(process.pid), what];
}

/** What these operands ask for: no path of a user is of this form, and the number is that of our parent. */
export function helpWanted([first, parent, what]: readonly string[]): Help | undefined {
  if (first !== HELPER || parent !== String(process.ppid)) return undefined;
  return what === "match" ? "match" : "run";
}

/** From now on this process ends with its parent. */
export function followParent(): void {
  parent = process.ppid;
}

/** Ends a helper whose parent has gone, however it went: nobody wants the result, and nobody would stop a test that spins. */
export function endWithParent(): void {
  if (parent === undefined) return;
  const now = performance.now();
  if (now - looked < LOOK_MS) return;
  looked = now;
  if (process.ppid !== parent) process.exit(1);
}
