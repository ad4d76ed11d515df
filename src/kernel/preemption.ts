import { Exit } from "../cpu/types.ts";
import { THREAD_STAT_YIELD } from "./abi/constants.ts";
import { THREAD } from "./abi/layout.ts";
import type { Kernel } from "./kernel.ts";
import type { SchedulePolicy } from "./types.ts";

/** Ends of time slices where a SchedulePolicy wants them. */
export class Preemption {
  private due: number;

  constructor(
    private readonly k: Kernel,
    private readonly policy: SchedulePolicy,
  ) {
    this.due = policy.untilPreemption();
  }

  /** Units the engine may run until then. */
  get left(): number {
    return Math.max(1, this.due - this.k.clock.units);
  }

  /** The engine used up its units, `units` since boot. When the slice is to end: some instructions more, then it does. */
  at(units: number): Exit {
    if (units < this.due) return Exit.Slice;
    const { k, policy } = this;
    const { scheduler, runner, cpu } = k;
    this.due = units + policy.untilPreemption();
    for (let n = policy.stepsBefore(); n > 0; n--) {
      const used = cpu.units;
      // An instruction that costs a unit does not leave because of it.
      cpu.units = 100;
      const exit = cpu.single();
      cpu.units += used - 100;
      if (exit === Exit.Stop || exit === Exit.Fault) return exit;
    }
    const thread = scheduler.current;
    // A tick interrupt, which ends slices, could not come now.
    if (runner.irqMasked || scheduler.interruptNest > 0 || thread === k.threads.idle)
      return Exit.Slice;
    const m = k.memory;
    THREAD.remaining_tick.set(m, thread, THREAD.init_tick.get(m, thread));
    THREAD.stat.set(m, thread, THREAD.stat.get(m, thread) | THREAD_STAT_YIELD);
    scheduler.schedule();
    return Exit.Slice;
  }
}
