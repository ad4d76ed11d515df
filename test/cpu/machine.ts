/** A bare core of each engine for tests of its contract (cpu/types.ts). */
import { type Cpu, type Engine, Exit, createCpu } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

export const BASE = 0x60000000;
export const CODE = BASE + 0x1000;
export const DATA = BASE + 0x8000;
export const STACK = BASE + 0xf000;

export const engines: readonly Engine[] = ["interp", "jit", "auto"];

export interface Machine {
  readonly cpu: Cpu;
  readonly memory: GuestMemory;
  /** Puts code (halfwords) at an address. */
  put(address: number, ...code: number[][]): void;
  /** Runs from an address (bit 0: Thumb) with so many units. */
  run(address: number, units?: number): Exit;
}

const live: GuestMemory[] = [];

export function newMachine(engine: Engine): Machine {
  const memory = new GuestMemory({ base: BASE, size: 0x10000 });
  live.push(memory);
  const cpu = createCpu(memory, engine);
  cpu.r[13] = STACK;
  cpu.onSvc = () => false;
  return {
    cpu,
    memory,
    put(address, ...code) {
      code.flat().forEach((half, k) => memory.st16(address + k * 2, half));
    },
    run(address, units = 1000) {
      cpu.jump(address);
      cpu.units = units;
      return cpu.run();
    },
  };
}

/** Gives the memories of the machines of a test back. */
export function disposeMachines(): void {
  for (const memory of live.splice(0)) memory.dispose();
}

export { Exit };
