import { disassemble } from "../cpu/mod.ts";
import { type Cpu, CPSR_T } from "../cpu/types.ts";
import { type Line, matcher, type TraceFilter } from "./types.ts";
import type { Where } from "./where.ts";

const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr".split(" ");
const FLAGS = 0xf0000000;

/** Each executed instruction: where, what, and which registers it changed. */
export class InstructionTrace {
  private readonly before = new Int32Array(16);
  private readonly wantedName: (name: string) => boolean;
  private readonly byName: boolean;

  constructor(
    private readonly cpu: Cpu,
    private readonly where: Where,
    filter: TraceFilter,
    private readonly line: Line,
  ) {
    this.wantedName = matcher(filter.name);
    this.byName = filter.name !== undefined;
  }

  /** Executes one instruction with `step` and says what it did. */
  step<T>(step: () => T): T {
    const { cpu, before } = this;
    const pc = cpu.r[15] >>> 0;
    if (this.byName) {
      if (!this.wantedName(this.where.functionName(pc))) return step();
      this.where.use.name = true;
    }
    if (!this.where.wanted(pc)) return step();
    const { cpsr, memory } = cpu;
    before.set(cpu.r);
    const thumb = (cpsr & CPSR_T) !== 0;
    const it = ((cpsr >>> 25) & 3) | ((cpsr >>> 8) & 0xfc);
    const half = (address: number) => (memory.contains(address, 2) ? memory.ld16(address) : 0);
    const { text } = disassemble(half, pc, thumb, it);
    const thread = this.where.thread;
    const exit = step();
    const changes: string[] = [];
    for (let n = 0; n < 15; n++)
      if (cpu.r[n] !== before[n]) changes.push(`${NAMES[n]}=${(cpu.r[n] >>> 0).toString(16)}`);
    if (((cpu.cpsr ^ cpsr) & FLAGS) !== 0) changes.push(flags(cpu.cpsr));
    const place = this.where.symbol(pc) ?? "?";
    const tail = changes.length > 0 ? `  ; ${changes.join(" ")}` : "";
    this.line(`${thread.padEnd(8)} ${pc.toString(16)} <${place}>  ${text}${tail}`);
    return exit;
  }
}

function flags(cpsr: number): string {
  return ["N", "Z", "C", "V"]
    .map((flag, i) => ((cpsr >>> (31 - i)) & 1 ? flag : flag.toLowerCase()))
    .join("");
}
