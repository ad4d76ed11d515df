/** One of several machines that run the same program on different engines. */
import { type Cpu, type CpuFault, createCpu, type Engine, Exit } from "../../../src/cpu/mod.ts";
import { Core } from "../../../src/cpu/interp/core.ts";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { expect } from "bun:test";

export interface Side {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly svcs: string[];
}
/** "javascript" and "webassembly": the interpreter, with the loop in that from the first instruction on. */
export type SideEngine = Engine | "javascript" | "webassembly";

function newCpu(memory: GuestMemory, engine: SideEngine): Cpu {
  // Without the delay after which "auto" begins to translate: these programs are short.
  if (engine === "auto") return new TieredCore(memory, false, NO_BUDGET);
  if (engine !== "javascript" && engine !== "webassembly") return createCpu(memory, engine);
  const core = new Core(memory);
  core.compileAfter = engine === "javascript" ? Infinity : 0;
  return core;
}
export function newSide(engine: SideEngine): Side {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = newCpu(memory, engine);
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

interface Ending {
  readonly exit: Exit;
  readonly fault?: CpuFault;
}

/**
 * Runs the sides until they end, but so many slices at most, for what never ends is in step too; `units` gives the length of a
 * slice. After each, and in the memory of `ranges` (start, size), they must be alike. Returns how each slice ended.
 */
export function runInStep(
  sides: readonly Side[],
  at: unknown,
  slices: number,
  units: () => number,
  ranges: readonly (readonly [start: number, size: number])[],
): Ending[] {
  const ended: Ending[] = [];
  do {
    const length = units();
    const states = sides.map((side) => {
      side.cpu.units = length;
      return seen(side, side.cpu.run()) as Ending;
    });
    for (const other of states.slice(1))
      expect({ at, state: other }).toEqual({ at, state: states[0] });
    ended.push(states[0]);
  } while (ended.at(-1)!.exit === Exit.Slice && --slices > 0);
  for (const [start, size] of ranges) {
    const hashes = sides.map(({ memory }) => Bun.hash(memory.read(start, size)));
    expect({ at, start, hashes }).toEqual({ at, start, hashes: hashes.map(() => hashes[0]) });
  }
  return ended;
}
