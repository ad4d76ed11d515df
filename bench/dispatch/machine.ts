import { readFileSync } from "node:fs";
import { type Cpu, createCpu, type Engine, Exit } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const BASE = 0x60010000;
const RETURN = 0x60000100;

export type Isa = "thumb" | "arm";

/** A bare core with the workloads of one instruction set in memory. */
export interface Bench {
  readonly cpu: Cpu;
  /** Calls a workload until it returns; the result is r0. */
  call(name: string, n: number): number;
  readonly names: readonly string[];
}

export function createBench(isa: Isa, engine: Engine = "interp"): Bench {
  const dir = new URL(".", import.meta.url).pathname;
  const memory = new GuestMemory();
  memory.write(BASE, readFileSync(`${dir}workloads.${isa}.bin`));
  // svc #0; the return address of every call
  memory.st32(RETURN, 0xef000000);
  const symbols = new Map<string, number>();
  for (const line of readFileSync(`${dir}workloads.${isa}.sym`, "latin1").trim().split("\n")) {
    const [name, address] = line.split(" ");
    if (!name.startsWith("_")) symbols.set(name, parseInt(address, 16));
  }
  const cpu = createCpu(memory, engine);
  cpu.onSvc = (imm) => imm !== 0;
  return {
    cpu,
    names: [...symbols.keys()],
    call(name, n) {
      cpu.r[0] = n;
      cpu.r[13] = 0x60700000;
      cpu.r[14] = RETURN;
      cpu.jump(symbols.get(name)! | (isa === "thumb" ? 1 : 0));
      let exit: Exit;
      do {
        cpu.units = 20_000;
        exit = cpu.run();
      } while (exit === Exit.Slice);
      if (exit === Exit.Fault) throw new Error(`${name}: ${JSON.stringify(cpu.fault)}`);
      return cpu.r[0] >>> 0;
    },
  };
}

/** Repeat counts that run for a few milliseconds. */
export const repeats: Record<string, number> = {
  sieve: 10,
  crc32: 100,
  matmul: 10,
  fib: 50,
  bytes: 100,
  svcs: 50_000,
};
