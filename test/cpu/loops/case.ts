import type { Loop } from "./maker.ts";
import type { World } from "./world.ts";

/** A loop, and where its code lies. */
export interface Case {
  readonly seed: number;
  readonly loop: Loop;
  readonly start: number;
  readonly code: Uint8Array;
}

/** How an engine and the reference differ. */
export interface Difference {
  readonly test: Case;
  readonly world: World;
  readonly engine: string;
  readonly slice: number;
  readonly what: string;
}
