import type { Attributes } from "./attributes.ts";

/** What `rtt-sim check` says of one file; the form of `--json`. Sizes in bytes, addresses as the file has them. */
export interface CheckReport {
  readonly file: string;
  /** refused: the loader would not take it; malformed: it is no ELF file, or a broken one. */
  readonly verdict: "loadable" | "refused" | "malformed";
  /** Whose symbols it was held against. */
  readonly against: string;
  /** Why it is not loadable; what to do is part of each sentence. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  /** Absent when the file is malformed. */
  readonly details?: Details;
}

export interface Import {
  readonly name: string;
  /** kernel, the name of a library, or undefined: unresolved. */
  readonly from: string | undefined;
  readonly weak: boolean;
  /** What needs it and what to do, when it is unresolved. */
  readonly hint?: string;
}

export interface FunctionUse {
  /** Its address where it has no symbol. */
  readonly name: string;
  /** Bytes of the symbol, 0 without one. */
  readonly size: number;
  /** The most bytes that it takes on any way through it; null when that has no number (`stackIs`). */
  readonly stack: number | null;
  /** Why it has none: it is computed at run time, or the code could not be followed (or the file is too large to look through). */
  readonly stackIs?: "computed" | "unknown";
  /**
   * The same with what it calls inside the module, down the deepest chain; null when that has no bound (`recursion`) or a stack has no number.
   * What other modules, the C library and the kernel take is not counted.
   */
  readonly deepest: number | null;
  /** Functions that it may come to which call each other in a circle, in the order of the calls: the first 40. */
  readonly recursion?: readonly string[];
  /** How many the circle has; there is one with `recursion`. */
  readonly recursionLength?: number;
  /** It may come to calls through pointers whose targets are not known, and are not counted. */
  readonly throughPointers: boolean;
}

export interface RelocationCount {
  readonly type: string;
  readonly count: number;
  readonly supported: boolean;
  /** RT-Thread 4.0.4 passes over records of this type without a word. */
  readonly skippedBy404: boolean;
}

export interface Details {
  readonly kind: "program" | "library" | "object";
  readonly machine: string;
  readonly instructionSet: "A32" | "Thumb" | undefined;
  readonly floatAbi: "soft" | "hard" | "unspecified";
  readonly attributes: Attributes | undefined;
  readonly entry: { readonly address: number; readonly symbol: string | undefined } | undefined;
  readonly needed: readonly string[];
  readonly imports: readonly Import[];
  /** Functions and variables that dlsym finds. */
  readonly exports: readonly string[];
  readonly relocations: readonly RelocationCount[];
  /** Relocations inside code: the module was not built with -fPIC. */
  readonly textRelocations: number;
  readonly sizes: {
    readonly file: number;
    /** The file without symbols and debug information. */
    readonly stripped: number;
    readonly code: number;
    readonly constants: number;
    readonly data: number;
    readonly bss: number;
    /** The image with what the loader adds to it. */
    readonly memory: number;
    /** Of the heap, free in one piece: image, file while it is loaded, main thread, headers of the blocks. */
    readonly heap: number;
  };
  readonly executableStack: boolean;
  readonly constructors: number;
  readonly destructors: number;
  /** Largest first. */
  readonly stackUse: readonly FunctionUse[];
}
