import type { IrBlock } from "./ir/ops.ts";
import { Core } from "./interp/core.ts";
import { Slot } from "./interp/state.ts";
import type { Cpu } from "./types.ts";

/**
 * What is to be counted in a block: for each of its ops, and its end, the word that is counted up before it, relative to the base that
 * `countersAt` sets; 0: none. Undefined: nothing in this block.
 */
export type CountingPlan = (block: IrBlock) => Int32Array | undefined;

/** Counts executed code from now on. False: this engine cannot. */
export function countExecution(cpu: Cpu, plan: CountingPlan): boolean {
  if (!(cpu instanceof Core)) return false;
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
