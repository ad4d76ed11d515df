import type { GuestMemory } from "../memory/mod.ts";
import type { Arena } from "./interp/arena.ts";
import { Core } from "./interp/core.ts";
import { TieredCore } from "./jit/tiered.ts";
import type { Cpu } from "./types.ts";

/** How guest code is executed: "auto" interprets what runs seldom and translates the rest, "jit" translates everything at once. */
export type Engine = "interp" | "jit" | "auto";

/** What createCpu takes when nothing is said; the tests run with each. */
export const defaults: { engine: Engine } = { engine: "auto" };

/** An ARM core that executes from `memory`; takes over memory.onCodeWrite. Engines differ in speed only. */
export function createCpu(memory: GuestMemory, engine: Engine = defaults.engine): Cpu {
  if (engine === "interp") return createInterpreter(memory);
  return new TieredCore(memory, engine === "jit");
}

/** A core that begins with translations of others. */
export interface SharingCpu extends Cpu {
  /** The image is in memory: the translations hold from now on. */
  adopt(): void;
  /** Ends the core: its translations of read-only code are for the next one. */
  release(): Arena;
}

/** The same, beginning with `arena`, the translations of the image that is going to be placed. */
export function createSharingCpu(
  memory: GuestMemory,
  arena: Arena,
  engine: Engine = defaults.engine,
): SharingCpu {
  if (engine === "interp") return new Core(memory, arena);
  return new TieredCore(memory, engine === "jit", undefined, arena);
}

/** An ARM core that executes from `memory`; takes over memory.onCodeWrite. */
export function createInterpreter(memory: GuestMemory): Cpu {
  return new Core(memory);
}

export { CallWord } from "./call-words.ts";
export { offerRegions, prebuildRegions } from "./prebuilt-regions.ts";
export { executedBlocks, prepareCode, usePreparedCode } from "./prepared-code.ts";
export type { FloatContext } from "./float/mod.ts";
export {
  type Cpu,
  type CpuFault,
  type CpuStats,
  Exit,
  SLIDE_PAGE,
  SLIDE_UNITS,
  SVC_UNITS,
} from "./types.ts";
export { SharedCode } from "./shared-code.ts";
export * as counting from "./count-execution.ts";
export * as decode from "./decode/mod.ts";
export { disassemble, type Line } from "./disasm/mod.ts";
