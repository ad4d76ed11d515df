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
  // Of most words it is enough to know that they do not point into the module.
  const words = new Uint32Array(memory.wasm.buffer);
  const { block, size } = module;
  for (const other of registry.all()) {
    // A module that ends itself has no use for them any more.
    if (other === module || other.end || other.destroyer !== 0) continue;
    for (const { vaddr, memsz, writable } of other.plan.segments) {
      if (!writable) continue;
      const start = ((other.bias + vaddr + 3) & ~3) >>> 0;
      const end = Math.min((start >>> 2) + Math.min(memsz >>> 2, WORDS_MAX), words.length);
      for (let w = start >>> 2; w < end && lines.length < LINES_MAX; w++) {
        if ((words[w] - block) >>> 0 >= size) continue;
        const name = functions.get(words[w]);
        if (name === undefined) continue;
        const where = registry.whereIs(4 * w);
        const symbol = where?.insideSymbol ? `, variable ${where.symbol}` : "";
        lines.push(`${name}, held by ${other.name}${symbol} at 0x${(4 * w).toString(16)}`);
      }
    }
  }
  return lines;
}
