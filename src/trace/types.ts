import type { Loader } from "../dlmodule/mod.ts";
import type { Firmware } from "../firmware/mod.ts";
import type { Kernel } from "../kernel/mod.ts";

/** What can be traced: `--trace calls,sched`. */
export const TRACES = ["calls", "sched", "load", "insn"] as const;
export type Trace = (typeof TRACES)[number];

/** Only what fits all filters is traced; absent: everything. */
export interface TraceFilter {
  /** Name of the module that the code belongs to, or that the thread belongs to when the code is the firmware's. */
  readonly module?: string;
  /** Name of the thread. */
  readonly thread?: string;
  /** Name of the called function, or of the function an instruction is in; `*` stands for anything. */
  readonly name?: string;
}

/** What the filters of a trace have met. */
export interface FilterUse {
  /** Names of the threads that ran, and of the modules that were there. */
  readonly threads: Set<string>;
  readonly modules: Set<string>;
  /** A function had a wanted name. */
  name: boolean;
  /** Something passed all filters. */
  any: boolean;
}

/** The parts of a machine that are traced. */
export interface TraceParts {
  readonly kernel: Kernel;
  readonly loader: Loader;
  readonly firmware: Firmware;
  /** C prototypes of the exported functions by their names. */
  readonly prototypes: ReadonlyMap<string, string>;
}

export type Line = (text: string) => void;

/** `rt_sem_*` as a test of names. */
export function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return (name) => expression.test(name);
}
