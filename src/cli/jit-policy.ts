/**
 * How much later than usual the host's engine translates our JavaScript while a binary starts: most functions of a start run a few
 * hundred times and never again, and translating them costs more than they do. Times the thresholds of JavaScriptCore; with 1 a
 * start takes half as much CPU time again (bench/boot). From 10 to 100 it takes nearly the same; with 40 nothing is translated until a
 * small program has ended, and the thread that would do it is not made: 1 ms.
 */
export const STARTUP_JIT_POLICY = 40;

let full = false;

/** From now on the host's engine translates as soon as it does by itself; to be called when there is work for more than some ms. */
export function fullSpeed(): void {
  if (full) return;
  full = true;
  Bun.unsafe.setJITPolicy(1);
}
