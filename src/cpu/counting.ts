import type { IrBlock } from "./ir/ops.ts";

/** The counters of a block, as words relative to the base that `countersAt` sets; 0: none. */
export interface BlockCounts {
  /** For each op, and the end: the word that is counted up before it. */
  readonly words: Int32Array;
  /**
   * The word that is counted up when instructions [from, to), which the counters of the block have counted, are not executed by it
   * after all: it is left at op k.
   */
  undo(k: number, from: number, to: number): number;
  /** The same for all from instruction `index` on, of which the first op is reached, and its counter. */
  undoAt(index: number, reached: boolean): number;
}

/** What is to be counted in a block; undefined: nothing. */
export type CountingPlan = (block: IrBlock) => BlockCounts | undefined;
