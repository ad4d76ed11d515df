/**
 * Growth of the process after which garbage is collected at once. The host counts the guest's address space, of which little is ever
 * used, as memory in use, and would let garbage grow in proportion to it: to gigabytes, when a program prints without end.
 */
const GROWTH_MAX = 32 << 20;

let collected = 0;

/** To be called now and then; takes 0.2 ms when there is nothing to do. */
export function collectGarbage(): void {
  const used = process.memoryUsage.rss();
  if (collected === 0) collected = used;
  if (used < collected + GROWTH_MAX) return;
  Bun.gc(true);
  collected = process.memoryUsage.rss();
}
