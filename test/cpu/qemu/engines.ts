/** The engines of the product: every test of this folder runs all of them. */
import { type Cpu, createCpu, createInterpreter } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

export const engines: Readonly<Record<string, (memory: GuestMemory) => Cpu>> = {
  interpreter: createInterpreter,
  jit: (memory) => createCpu(memory, "jit"),
};

/** A core with its memory; dispose gives the memory back. */
export interface Machine {
  readonly cpu: Cpu;
  readonly memory: GuestMemory;
}

export const MEMORY = { base: 0x60000000, size: 0x800000 };

export function newMachine(engine: string): Machine {
  const memory = new GuestMemory(MEMORY);
  return { memory, cpu: engines[engine](memory) };
}
