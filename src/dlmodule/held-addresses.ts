import type { GuestMemory } from "../memory/mod.ts";
import type { Module } from "./module.ts";
import type { Registry } from "./registry.ts";

/** Lines of one report. */
const LINES_MAX = 10;
/** Words of a module's data that are looked at: a .bss of megabytes is no table of functions. */
const WORDS_MAX = 1 << 20;

/**
 * Variables of other modules that hold the address of an exported function of `module`, which is about to go: whoever uses them later
 * calls what is no longer there. Addresses on stacks and on the heap are not looked for, since those are often only left over.
 */
export function heldAddresses(module: Module, registry: Registry, memory: GuestMemory): string[] {
  const functions = new Map<number, string>();
  for (const { name, value } of module.plan.functions)
    if (value !== 0) functions.set((module.bias + value) >>> 0, name);
  const lines: string[] = [];
  if (functions.size === 0) return lines;
  for (const other of registry.all()) {
    // A module that ends itself has no use for them any more.
    if (other === module || other.end || other.destroyer !== 0) continue;
    for (const { vaddr, memsz, writable } of other.plan.segments) {
      if (!writable) continue;
      const start = other.bias + vaddr;
      const words = Math.min(memsz >>> 2, WORDS_MAX);
      for (let n = 0; n < words && lines.length < LINES_MAX; n++) {
        const name = functions.get(memory.ldu32(start + 4 * n));
        if (name === undefined) continue;
        const where = registry.whereIs(start + 4 * n);
        const symbol = where?.insideSymbol ? `, variable ${where.symbol}` : "";
        lines.push(`${name}, held by ${other.name}${symbol} at 0x${(start + 4 * n).toString(16)}`);
      }
    }
  }
  return lines;
}
