/** First operand of a process that runs tests for another one; the second is the other one's number. */
export const HELPER = "//helper of//";

/** Milliseconds between two looks for the parent. */
const LOOK_MS = 50;

/** The process that this one runs tests for; undefined: nobody. */
let parent: number | undefined;
let looked = 0;

/** Whether these operands came from a process that wants help: no path of a user is of this form, and the number is that of our parent. */
export function isHelper(operands: readonly string[]): boolean {
  return operands.length === 2 && operands[0] === HELPER && operands[1] === String(process.ppid);
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
