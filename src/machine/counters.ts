import type { CpuStats } from "../cpu/types.ts";
import type { CountedDisk } from "./counted-disk.ts";
import type { Machine } from "./machine.ts";

/** What was done since a machine began, by name; the same for the same input on every computer, but for what an engine translated. */
export function countersOf(
  { kernel, cpu, loader }: Machine,
  disk: CountedDisk,
): Record<string, number> {
  return {
    instructions: cpu.stats.instructions,
    blocks: cpu.stats.blocks,
    "translated instructions": cpu.stats.translatedInstructions,
    invalidations: cpu.stats.invalidations,
    "supervisor calls": cpu.stats.svcs,
    ...translationCounters(cpu.stats),
    "modules loaded": loader.counters.modules,
    relocations: loader.counters.relocations,
    "symbol look-ups": loader.counters.symbolLookups,
    ticks: kernel.tick,
    "simulated microseconds": Math.floor(kernel.nanoseconds / 1000),
    "sectors read": disk.sectorsRead,
    "sectors written": disk.sectorsWritten,
    "heap used": kernel.heap.used,
    "heap maximum": kernel.heap.max,
  };
}

/** Of an engine that has translated something. */
function translationCounters({ translation }: CpuStats): Record<string, number> {
  if (!translation?.regions) return {};
  const { regions, prebuilt, dropped, bytes } = translation;
  return {
    regions,
    "regions prebuilt": prebuilt,
    "regions dropped": dropped,
    "bytes of wasm": bytes,
  };
}
