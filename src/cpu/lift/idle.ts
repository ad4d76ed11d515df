import type { Fetch } from "./fetch.ts";

/**
 * True for an instruction that execution comes to when it has gone astray: it is nothing but zeros, as the next, outside of an IT
 * block. Engines take it alone, and those that follow at once.
 */
export function isIdle(fetch: Fetch, pc: number, it: number): boolean {
  return it === 0 && fetch(pc) === 0 && fetch(pc + 2) === 0;
}
