import { type Cpu, type CpuFault, Exit } from "../../src/cpu/types.ts";
import type { GuestMemory } from "../../src/memory/mod.ts";

/**
 * A CPU whose "guest code" is TypeScript: each address stands for a function that gets the CPU and makes supervisor calls by hand.
 * Good for everything in which no instruction matters.
 */
export class StubCpu implements Cpu {
  readonly r = new Int32Array(16);
  cpsr = 0x13;
  floatContext: undefined;
  units = 0;
  fault: CpuFault | undefined;
  readonly stats = {
    instructions: 0,
    blocks: 0,
    translatedInstructions: 0,
    invalidations: 0,
    svcs: 0,
  };
  onSvc: (imm: number) => boolean = () => true;
  /** What runs at an address: returns the exit reason after one step. */
  readonly code = new Map<number, (cpu: StubCpu) => void>();

  constructor(readonly memory: GuestMemory) {}

  floatsInto(): undefined {}

  run(): Exit {
    while (this.units > 0) {
      const pc = this.r[15];
      const word = this.memory.ldu32(pc);
      if (word >>> 24 === 0xef) {
        this.r[15] = pc + 4;
        this.units -= 4;
        if (!this.onSvc(word & 0xffffff)) return Exit.Stop;
        continue;
      }
      const step = this.code.get(pc);
      if (step === undefined) {
        this.fault = { kind: "prefetch abort", pc, why: "no code" };
        return Exit.Fault;
      }
      this.units -= 1;
      step(this);
    }
    return Exit.Slice;
  }

  single(): undefined {
    throw new Error("the stub has no instructions");
  }

  jump(target: number): void {
    this.r[15] = target & ~1;
  }
  invalidate(): void {}
  clearExclusive(): void {}
}
