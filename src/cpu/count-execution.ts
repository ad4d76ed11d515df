import type { CountingPlan } from "./counting.ts";
import { Core } from "./interp/core.ts";
import { Slot } from "./interp/state.ts";
import { TieredCore } from "./jit/tiered.ts";
import type { Cpu } from "./types.ts";

export type { BlockCounts, CountingPlan } from "./counting.ts";

/** Counts executed code from now on. False: this engine cannot. */
export function countExecution(cpu: Cpu, plan: CountingPlan): boolean {
  if (!(cpu instanceof Core || cpu instanceof TieredCore)) return false;
  cpu.countingPlan = plan;
  return true;
}

/** Counters begin at this word of the wasm memory. */
export function countersAt(cpu: Cpu, word: number): void {
  cpu.memory.engine[Slot.Counters] = word;
}

/** IR as far as counting has to know it: where a block can be left, and what is executed conditionally. */
export { Op } from "./ir/ops.ts";
export type { Inst, IrBlock } from "./ir/ops.ts";
