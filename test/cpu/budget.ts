/** When machines translate: much earlier in a test that is to come there than programs do, for which that does not pay. */
import { BUDGET, type Budget } from "../../src/cpu/jit/hotness.ts";

/** Machines of this process go by that budget, until what is returned is called. */
export function useBudget(budget: Partial<Budget>): () => void {
  const before = { ...BUDGET };
  Object.assign(BUDGET, budget);
  return () => void Object.assign(BUDGET, before);
}
