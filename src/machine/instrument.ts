import type { Cpu } from "../cpu/types.ts";
import type { Machine } from "./machine.ts";

/** Something that looks into a running machine: a debugger, a tracer, a profiler. Without one a machine pays nothing. */
export interface Instrument {
  /** Puts itself around the core; called before anything else of the machine exists. */
  core?(cpu: Cpu): Cpu;
  /** The machine is complete and has not booted. */
  attach?(machine: Machine): void;
  /** The machine will not run any more; its memory is still there. */
  detach?(machine: Machine): void;
}
