import type { GuestMemory } from "../memory/mod.ts";
import { THREAD_PRIORITY_MAX, THREAD_STAT_YIELD } from "./abi/constants.ts";
import { THREAD } from "./abi/layout.ts";
import { callGuest, SCHEDULE, type Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";
import type { RunLimits, RunResult } from "./types.ts";

const LOWEST = THREAD_PRIORITY_MAX - 1;

/** The idle thread tidle0: what it does, and how time passes while it waits. */
export class Idling {
  private readonly memory: GuestMemory;

  constructor(private readonly k: Kernel) {
    this.memory = k.memory;
  }

  /** rt_thread_idle_entry: idle hooks, then the threads that ended. */
  *threadEntry(): Task<void> {
    const { k } = this;
    for (;;) {
      for (const hook of k.idleHooks) yield* callGuest(hook);
      k.ending.reap();
      k.runner.idleWaits = true;
      yield SCHEDULE;
    }
  }

  /** The idle thread waits for an interrupt. Returns a result when `run` has to leave. */
  wait(limits: RunLimits, end: number): RunResult | undefined {
    const { k } = this;
    const { clock, scheduler } = k;
    const equalWaits = scheduler.hasReady(LOWEST);
    if (equalWaits && !k.options.compat404) {
      scheduler.pick();
      return undefined;
    }
    if (k.ending.hasDefunct) {
      k.runner.idleWaits = false;
      return undefined;
    }
    const next = this.nextEvent(equalWaits) ?? (limits.passTime ? limits.untilTick : undefined);
    if (!clock.isVirtual || !limits.skipIdle || next === undefined) {
      if (clock.due() || k.runner.hasInterrupt) return undefined;
      return { why: "idle", nextTick: next };
    }
    let ticks = Math.max(1, (next - clock.tick) | 0);
    if (limits.untilTick !== undefined)
      ticks = Math.min(ticks, Math.max(1, (limits.untilTick - clock.tick) | 0));
    if (limits.units !== undefined)
      ticks = Math.min(ticks, Math.max(1, Math.ceil((end - clock.units) / k.unitsPerTick)));
    this.spendSlice(ticks - 1);
    clock.skip(ticks);
    return undefined;
  }

  /** Tick at which something can happen although every thread sleeps. */
  private nextEvent(equalWaits: boolean): number | undefined {
    const { k } = this;
    const timer = k.timers.nextHard();
    if (!equalWaits) return timer;
    const left = THREAD.remaining_tick.get(this.memory, k.threads.idle);
    const slice = (k.clock.tick + left) >>> 0;
    if (timer === undefined) return slice;
    return ((timer - slice) | 0) < 0 ? timer : slice;
  }

  /** Ticks until something can happen when the idle thread runs; 1 when it does not. */
  quietTicks(): number {
    const { k } = this;
    if (k.scheduler.current !== k.threads.idle) return 1;
    const next = this.nextEvent(k.scheduler.hasReady(LOWEST));
    return next === undefined ? Infinity : Math.max(1, (next - k.clock.tick) | 0);
  }

  /**
   * Ticks that are passed over still count against tidle0's slice. A slice that ends while nobody else is ready leaves the yield flag set,
   * so that the next equal thread gets its turn at once (4.0.4 clears the flag only when it looks at the ready lists).
   */
  spendSlice(ticks: number): void {
    const { k, memory } = this;
    if (ticks === 0) return;
    const { idle } = k.threads;
    const slice = THREAD.init_tick.get(memory, idle);
    const left = THREAD.remaining_tick.get(memory, idle) - ticks;
    if (left <= 0) THREAD.stat.set(memory, idle, THREAD.stat.get(memory, idle) | THREAD_STAT_YIELD);
    THREAD.remaining_tick.set(
      memory,
      idle,
      left > 0 ? left : ((left % slice) + slice) % slice || slice,
    );
  }
}
