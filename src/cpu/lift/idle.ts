import { SLIDE_PAGE, SLIDE_PERIOD } from "../types.ts";
import type { Fetch } from "./block.ts";

/**
 * True for an instruction that execution comes to when it has gone astray: it is nothing but zeros, as the next, outside of an IT
 * block, or ends a page that may be all alike. Engines take it alone, because of what the end of such a page costs (`SLIDE_UNITS`).
 */
export function isIdle(fetch: Fetch, pc: number, it: number): boolean {
  const last = SLIDE_PAGE - 4;
  if (it === 0 && fetch(pc) === 0 && fetch(pc + 2) === 0) return true;
  return (pc & last) === last && endsAlike(fetch, (pc | 3) + 1);
}

/** The last two periods before `end` are the same. */
function endsAlike(fetch: Fetch, end: number): boolean {
  for (let at = end - 2; at >= end - SLIDE_PERIOD; at -= 2) {
    const half = fetch(at);
    if (half === undefined || fetch(at - SLIDE_PERIOD) !== half) return false;
  }
  return true;
}
