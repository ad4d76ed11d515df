/** One of several machines that run the same program on different engines. */
import { type Cpu, createCpu, type Engine, Exit } from "../../../src/cpu/mod.ts";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

export interface Side {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly svcs: string[];
}
export function newSide(engine: Engine): Side {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  // Without the delay after which "auto" begins to translate: these programs are short.
  const cpu =
    engine === "auto" ? new TieredCore(memory, false, NO_BUDGET) : createCpu(memory, engine);
  const svcs: string[] = [];
  cpu.onSvc = (imm) => {
    svcs.push(`${imm} ${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
    return imm !== 0;
  };
  return { memory, cpu, svcs };
}

/** Everything the kernel could see when `run` returns. */
export function seen({ cpu, svcs }: Side, exit: Exit): unknown {
  const { instructions } = cpu.stats;
  return {
    exit,
    r: [...cpu.r],
    cpsr: cpu.cpsr,
    units: cpu.units,
    instructions,
    fault: exit === Exit.Fault ? cpu.fault : undefined,
    svcs: svcs.splice(0),
  };
}
