/** Just enough of Linux to run a static ARM executable on an engine: write, exit, and no signals. */
import { type Cpu, type CpuFault, type CpuStats, Exit } from "../../../src/cpu/mod.ts";
import type { GuestMemory } from "../../../src/memory/mod.ts";
import { MEMORY, type Machine, newMachine } from "./engines.ts";

const STACK = MEMORY.base + MEMORY.size - 0x1000;
const SYS_exit = 1;
const SYS_write = 4;

export interface Process {
  readonly stdout: Uint8Array;
  /** Exit status, or undefined for a process that did not come to its end. */
  readonly status: number | undefined;
  readonly fault: CpuFault | undefined;
  readonly stats: Readonly<CpuStats>;
  /** Units used up. */
  readonly units: number;
}

export interface Options {
  /** Taken backward branches before the process counts as endless. */
  readonly units?: number;
  /** Run in slices of so many units, each of which goes on where the last one ended. */
  readonly slice?: number;
  /** Called once the program is in memory. */
  readonly prepare?: (memory: GuestMemory) => void;
  /** Decides what to do about a fault: true to go on with the registers as they are now. */
  readonly onFault?: (cpu: Cpu, fault: CpuFault) => boolean;
}

/** Copies the loadable segments of an executable into memory; returns its entry. */
function load(memory: GuestMemory, elf: Uint8Array): number {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  const headers = view.getUint32(28, true);
  for (let i = 0; i < view.getUint16(44, true); i++) {
    const at = headers + i * view.getUint16(42, true);
    if (view.getUint32(at, true) !== 1) continue; // PT_LOAD
    const [offset, address, , size] = [4, 8, 12, 16].map((k) => view.getUint32(at + k, true));
    memory.write(address, elf.subarray(offset, offset + size));
  }
  return view.getUint32(24, true);
}

/** Runs an executable to its end on a new machine. */
export function runLinux(engine: string, elf: Uint8Array, options: Options = {}): Process {
  const machine = newMachine(engine);
  try {
    return runOn(machine, elf, options);
  } finally {
    machine.memory.dispose();
  }
}

/** Runs an executable to its end; the machine may have run others before. */
export function runOn({ memory, cpu }: Machine, elf: Uint8Array, options: Options): Process {
  const output: Uint8Array[] = [];
  let status: number | undefined;
  cpu.onSvc = () => {
    const [a, b, c] = cpu.r;
    switch (cpu.r[7]) {
      case SYS_exit:
        status = a & 255;
        return false;
      case SYS_write:
        output.push(memory.read(b, c).slice());
        cpu.r[0] = c;
        return true;
      default:
        cpu.r[0] = 0;
        return true;
    }
  };
  cpu.jump(load(memory, elf));
  options.prepare?.(memory);
  cpu.r[13] = STACK;
  memory.write(STACK, Uint8Array.of(1)); // argc; an empty argv
  const budget = options.units ?? 50_000_000;
  let left = budget;
  let exit: Exit = Exit.Slice;
  while (left > 0 && (exit === Exit.Slice || exit === Exit.Fault)) {
    if (exit === Exit.Fault && !options.onFault?.(cpu, cpu.fault!)) break;
    const slice = Math.min(options.slice ?? left, left);
    cpu.units = slice;
    exit = cpu.run();
    left -= slice - cpu.units;
    if (exit === Exit.Fault) left--;
  }
  const fault = exit === Exit.Fault ? cpu.fault : undefined;
  return { stdout: Buffer.concat(output), status, fault, stats: cpu.stats, units: budget - left };
}
