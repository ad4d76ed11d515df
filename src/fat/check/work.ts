import type { Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import type { Chains } from "./chains.ts";
import type { Findings } from "./problem.ts";

/** What the passes of a check share. */
export interface Work {
  readonly sectors: Sectors;
  readonly geometry: Geometry;
  readonly chains: Chains;
  readonly findings: Findings;
  readonly counts: Counts;
}

export interface Counts {
  files: number;
  directories: number;
  usedClusters: number;
}

/** A directory that was walked; its files come later. */
export interface Walked {
  readonly path: string;
  /** undefined: the fixed root directory of FAT12 and FAT16. */
  readonly clusters: readonly number[] | undefined;
}
