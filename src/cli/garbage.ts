/**
 * Growth of the process after which garbage is collected at once. The host counts the guest's address space, of which little is ever
 * used, as memory in use, and would let garbage grow in proportion to it: to gigabytes, when a program prints without end.
 */
const GROWTH_MAX = 32 << 20;

/** The same between machines: what one leaves behind is garbage at once. */
const GROWTH_BETWEEN = 8 << 20;
const MACHINES_PER_LOOK = 8;
let machines = 0;

/** To be called when a machine has been closed and another one may follow. */
export function collectBetween(): void {
  if (++machines % MACHINES_PER_LOOK === 0) collectGarbage(GROWTH_BETWEEN);
}

let collected = 0;

/** To be called now and then; takes 0.2 ms when there is nothing to do. */
export function collectGarbage(growth = GROWTH_MAX): void {
  const used = process.memoryUsage.rss();
  if (collected === 0) collected = used;
  if (used < collected + growth) return;
  Bun.gc(true);
  collected = process.memoryUsage.rss();
}
