import { SLIDE_PAGE } from "../types.ts";
import type { Fetch } from "./block.ts";

/** Bytes at the end of a page by which it is told from code. */
const END = 64;

/**
 * True for an instruction that execution comes to when it has gone astray: it is nothing but zeros, as the next, or ends a page
 * that may be all of one word. Engines take it alone, because of what the end of such a page costs (`SLIDE_UNITS`).
 */
export function isIdle(fetch: Fetch, pc: number): boolean {
  const last = SLIDE_PAGE - 4;
  if (fetch(pc) === 0 && fetch(pc + 2) === 0) return true;
  return (pc & last) === last && endsAlike(fetch, pc & ~3);
}

/** The words up to the one at `last` are the same. */
function endsAlike(fetch: Fetch, last: number): boolean {
  const low = fetch(last);
  const high = fetch(last + 2);
  for (let at = last - END + 4; at < last; at += 4)
    if (fetch(at) !== low || fetch(at + 2) !== high) return false;
  return low !== undefined;
}
