import { garbage } from "../memory/mod.ts";

/** Growth of the process between machines after which garbage is collected: what one leaves behind is garbage at once. */
const GROWTH_BETWEEN = 8 << 20;
const MACHINES_PER_LOOK = 8;
let machines = 0;

// The module of the runtime that tells it to the core takes half a millisecond to load.
garbage.used = () => process.memoryUsage.rss();

/** To be called when a machine has been closed and another one may follow. */
export function collectBetween(): void {
  if (++machines % MACHINES_PER_LOOK === 0) garbage.look(GROWTH_BETWEEN);
}

/** To be called now and then: a program that prints without end makes garbage outside of the core, too. */
export function collectGarbage(): void {
  garbage.look();
}
