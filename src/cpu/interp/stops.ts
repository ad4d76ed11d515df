import { Exit } from "../types.ts";
import type { Block } from "./arena.ts";
import { Slot } from "./state.ts";
import { Straight } from "./straight.ts";
import { undefinedReason } from "./undefined.ts";

/** Where a core stands when it leaves a block before its end, and with which fault. */
export class Stops extends Straight {
  /** Completes a fault at `ip`: registers are as before the instruction, pc is that of the instruction. */
  protected faultAt(ip: number): number {
    const { block, index } = this.place(ip);
    this.stopAt(block, index, true);
    this.fault = { ...this.fault!, pc: this.file[Slot.PC] >>> 0 };
    return ~Exit.Fault;
  }

  protected undefinedAt(ip: number): number {
    const exit = this.faultAt(ip);
    const { memory, file } = this;
    const why = undefinedReason(
      (at) => memory.ld16(at) & 0xffff,
      file[Slot.PC],
      file[Slot.T] !== 0,
    );
    this.fault = { ...this.fault!, why };
    return exit;
  }

  protected prefetchAbort(): number {
    this.goTo(this.fetchFault, 0);
    const pc = this.file[Slot.PC] >>> 0;
    this.fault = { kind: "prefetch abort", pc, why: "not executable memory" };
    return ~Exit.Fault;
  }

  /** The pc is before instruction `index` of the block; `reached`: its code has begun. */
  protected stopAt(block: Block, index: number, reached: boolean): void {
    this.stats.instructions += index;
    const undo = block.counts?.undoAt(index, reached) ?? 0;
    if (undo !== 0) this.memory.i32[undo + this.file[Slot.Counters]]++;
    this.goTo(block.map[index * 2 + 1], block.map[index * 2] & 255);
  }

  protected goTo(key: number, it: number): void {
    const { file } = this;
    file[Slot.PC] = key & ~1;
    file[Slot.T] = key & 1;
    file[Slot.IT] = it;
  }
}
