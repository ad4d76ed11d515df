import type { GuestMemory } from "../memory/mod.ts";
import type { Module } from "./module.ts";

/** An instruction that is undefined in both instruction sets, from either halfword (UDF, A8.8.247); no memory has such an address. */
export const WIPED = 0xe7fddefe;

/** Whoever still calls code of the module, or what its tables of functions hold, faults at once, and the report names the module. */
export function wipe(memory: GuestMemory, { block, size }: Module): void {
  const words = new Uint32Array(size >>> 2).fill(WIPED);
  memory.write(block, new Uint8Array(words.buffer));
}
