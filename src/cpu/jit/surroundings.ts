import { MOST_ASSUMED } from "./assumed.ts";
import { within } from "./known.ts";
import type { Readable } from "./readable.ts";

/** What a translation knows of memory and registers, besides its code. */
export interface Surroundings {
  readonly readable: Readable;
  /** The word at an address that is watched as code is. */
  readonly literalAt: (address: number) => number | undefined;
  /** Whether all of a range can be stored to, as long as the code exists. */
  readonly canStore?: (start: number, end: number) => boolean;
  /**
   * Code may rely on floating-point numbers of moderate size, the usual modes and the flag for inexact being set: somebody says when that was
   * wrong.
   */
  readonly ordinaryNumbers?: boolean;
  /** Conditional loads may be done always, for they are near others: somebody says when that was wrong; undefined: they may. */
  readonly loadsAnyway?: boolean;
  /** What a register holds now, where the region is about to be entered. */
  readonly holds?: (r: number) => number;
  /** What a word of the floating-point registers holds now; somebody says when the code met another. */
  readonly holdsFloat?: (word: number) => number;
}

/** Whether code may rely on being able to store to [low, high). */
export function isAssumed(
  { canStore, readable }: Surroundings,
  low: number,
  high: number,
): boolean {
  if (high - low > MOST_ASSUMED || !within(low, high, readable)) return false;
  return canStore?.(low, high) ?? false;
}
