import type { Range } from "./ranges.ts";

/** The sections that are read. */
export interface Sections {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly line?: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  readonly addr?: Uint8Array;
  readonly strOffsets?: Uint8Array;
  /** .debug_ranges of DWARF 2 to 4, .debug_rnglists of DWARF 5. */
  readonly ranges?: Uint8Array;
  readonly rnglists?: Uint8Array;
}

export interface FunctionRecord {
  readonly name: string;
  readonly ranges: readonly Range[];
  /** A copy in the place of a call. */
  readonly inlined: boolean;
  /** Where it is declared, 0 when that is not said. */
  readonly line: number;
  /** How deep it lies in the tree of entries: a function inlined in another one lies deeper. */
  readonly depth: number;
}

/** A unit whose entries are in a file of their own (DWARF 5, 3.1.2; GCC's -gsplit-dwarf before). */
export interface SplitReference {
  /** Name of that file as the compiler wrote it, and where the compiler ran. */
  readonly file: string;
  readonly folder: string | undefined;
  /** Both files have it. */
  readonly id: number;
  /** Where its part of .debug_addr begins, and of .debug_ranges. */
  readonly addresses: number;
  readonly ranges: number;
  readonly base: number;
}

export interface Unit {
  readonly name: string;
  readonly split?: SplitReference;
  readonly compDir: string | undefined;
  /** Offset of its table in .debug_line; undefined when it has none. */
  readonly lines: number | undefined;
  readonly ranges: readonly Range[];
  readonly functions: readonly FunctionRecord[];
}
