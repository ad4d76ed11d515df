import { Core } from "./interp/core.ts";
import { PreparedCode } from "./interp/prepared.ts";
import { TieredCore } from "./jit/tiered.ts";
import type { Cpu } from "./types.ts";

export { prepareCode } from "./interp/prepare.ts";

/** Has `cpu` take what prepareCode made of the code in its memory, where it fits. */
export function usePreparedCode(cpu: Cpu, words: Int32Array): void {
  if (cpu instanceof Core || cpu instanceof TieredCore) cpu.prepared = new PreparedCode(words);
}

/** What prepareCode needs to know: the guest addresses (bit 0: Thumb) that an interpreter has executed blocks at. */
export function executedBlocks(cpu: Cpu): number[] {
  if (!(cpu instanceof Core)) throw new Error("only the interpreter can tell what it has executed");
  return cpu.translatedKeys();
}
