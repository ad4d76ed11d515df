/**
 * How much later than usual the host's engine translates our JavaScript while a binary starts: most functions of a start run a few
 * hundred times and never again, and translating them costs more than they do. Times the thresholds of JavaScriptCore; from 10 to 100
 * a start takes the same time, with 1 half as much CPU time again (bench/boot).
 */
export const STARTUP_JIT_POLICY = 20;

let full = false;

/** From now on the host's engine translates as soon as it does by itself; to be called when there is work for more than some ms. */
export function fullSpeed(): void {
  if (full) return;
  full = true;
  Bun.unsafe.setJITPolicy(1);
}
