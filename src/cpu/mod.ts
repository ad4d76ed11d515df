import type { GuestMemory } from "../memory/mod.ts";
import { Core } from "./interp/core.ts";
import type { Cpu } from "./types.ts";

/** An ARM core that executes from `memory`; takes over memory.onCodeWrite. */
export function createInterpreter(memory: GuestMemory): Cpu {
  return new Core(memory);
}

export { type Cpu, type CpuFault, type CpuStats, Exit, SVC_UNITS } from "./types.ts";
export * as decode from "./decode/mod.ts";
