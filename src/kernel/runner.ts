import { type Cpu, Exit, SVC_UNITS } from "../cpu/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { THREAD } from "./abi/layout.ts";
import { Attention, type KernelWords } from "./attention.ts";
import { Trap } from "./board.ts";
import { type GuestCall, SCHEDULE, type Task } from "./call.ts";
import {
  CPSR_I,
  FRAME_SIZE,
  restoreContext,
  saveContext,
  SavedRegisters,
  SVC_MODE,
} from "./context.ts";
import { callHook, hookOf } from "./hook-rows.ts";
import type { Kernel } from "./kernel.ts";
import { Preemption } from "./preemption.ts";
import { NO_CHECK } from "./stack-check.ts";
import type { Frame, ThreadState } from "./thread-state.ts";
import type { RunLimits, RunResult } from "./types.ts";

/** The run loop: gives the CPU or the Tasks of the current thread their turn, delivers interrupts, switches threads. */
export class Runner {
  /** The thread whose registers are in the CPU; undefined before the first switch. */
  running: ThreadState | undefined;
  /** rt_hw_interrupt_disable: no interrupt is taken. */
  irqMasked = false;
  /** Stopped for good. */
  halted = false;
  /** The idle thread has nothing to do until the next interrupt. */
  idleWaits = false;
  /** The end of that stack. */
  private stackEnd = 0;
  /** An interrupt handler is under way. */
  serving = false;
  private readonly cpu: Cpu;
  private readonly memory: GuestMemory;
  private readonly words: KernelWords;
  /** What the word says, for who reads it here. */
  private leaves = false;
  /** Units given to the engine for the slice that runs now. */
  private given = 0;
  private inCpu = false;
  private paused = false;
  private readonly preemption: Preemption | undefined;
  private readonly pendingInterrupts: (() => Task<void>)[] = [];

  constructor(private readonly k: Kernel) {
    this.cpu = k.cpu;
    this.memory = k.memory;
    this.words = k.words;
    this.leave = false;
    this.stackLow = NO_CHECK;
    if (k.options.schedule !== undefined) this.preemption = new Preemption(k, k.options.schedule);
  }

  /** The call that is being served left something for the run loop to do. */
  get leave(): boolean {
    return this.leaves;
  }
  set leave(leave: boolean) {
    this.leaves = leave;
    this.words.need(Attention.Leave, leave);
  }

  /** A stack pointer below is that of an overflowed stack. */
  get stackLow(): number {
    return this.words.stackLow;
  }
  set stackLow(address: number) {
    this.words.stackLow = address;
  }

  /** Units the engine has used of the running slice. */
  get ahead(): number {
    return this.inCpu ? this.given - this.cpu.units : 0;
  }

  run(limits: RunLimits): RunResult {
    try {
      return this.loop(limits);
    } catch (error) {
      if (!this.k.faults.isGuests(error)) throw error;
      // Not in a call of a thread: ready lists, timer lists or a TCB were overwritten.
      this.k.faults.kernelBroken((error as Error).message);
      return { why: "halted" };
    }
  }

  private loop(limits: RunLimits): RunResult {
    const { k } = this;
    const { clock, scheduler } = k;
    const end = limits.units === undefined ? Infinity : clock.units + limits.units;
    while (!this.halted) {
      if (limits.untilTick !== undefined && (clock.tick - limits.untilTick) >>> 0 < 0x80000000)
        return { why: "tick" };
      if (clock.units >= end || this.paused) {
        this.paused = false;
        return { why: "units" };
      }
      this.leave = false;
      if (scheduler.requested && scheduler.interruptNest === 0) scheduler.pick();
      this.takeInterrupts();
      if (scheduler.interruptNest === 0) this.switchIfNeeded();
      const state = this.running;
      if (this.halted) break;
      if (state === undefined) return { why: "idle", nextTick: undefined };
      if (this.idleWaits && scheduler.current === k.threads.idle && state.frames.length === 1) {
        const stop = k.idling.wait(limits, end);
        if (stop !== undefined) return stop;
        continue;
      }
      const { frames } = state;
      const frame = frames.length === 0 ? undefined : frames[frames.length - 1];
      if (frame !== undefined && frame.below === undefined) {
        clock.units += SVC_UNITS;
        this.step(state, frame);
      } else this.runCpu(end);
    }
    return { why: "halted" };
  }

  pause(): void {
    this.paused = true;
    this.leave = true;
  }

  /** Runs a Task on the running thread before anything else of that thread goes on. */
  defer(task: Task<void>): void {
    this.running?.push(task, () => {});
    this.leave = true;
  }

  /** An interrupt handler waits to be served. */
  get hasInterrupt(): boolean {
    return this.pendingInterrupts.length > 0;
  }

  /** Runs in interrupt context as soon as interrupts are not masked. */
  interrupt(handler: () => Task<void>): void {
    this.pendingInterrupts.push(handler);
    this.leave = true;
  }

  private runCpu(end: number): void {
    const { cpu, k } = this;
    this.given = Math.min(k.clock.budget(), end - k.clock.units, this.preemption?.left ?? Infinity);
    cpu.units = this.given;
    this.inCpu = true;
    let exit: Exit;
    try {
      exit = cpu.run();
      if (exit === Exit.Slice && this.preemption !== undefined)
        exit = this.preemption.at(k.clock.units + this.given - cpu.units);
    } finally {
      this.inCpu = false;
      k.clock.units += this.given - cpu.units;
      k.gathered?.take();
    }
    if (exit === Exit.Fault) k.faults.cpuFault();
    else if (k.faults.pending !== undefined) k.faults.deliver();
    else k.stackCheck.left(this.running);
  }

  /**
   * Runs the Task of a call up to its first wait, inside the call: no interrupt comes between what it finds and what it waits for.
   * Returns whether the Task ended.
   */
  begin(task: Task<unknown>, done: (value: unknown) => void): boolean {
    const state = this.running;
    if (state === undefined) return false;
    const frame = state.push(task, done);
    this.cpu.units -= SVC_UNITS;
    return this.step(state, frame);
  }

  /** The call has suspended the running thread. Returns whether guest code goes on: that of another one. */
  suspend(task: Task<number>, done: (value: unknown) => void): boolean {
    this.cpu.units -= SVC_UNITS;
    this.k.scheduler.requested = true;
    this.running?.suspend(task, done);
    return this.switchInCall();
  }

  /**
   * Switches threads inside a call of the running one, when the run loop would do nothing else before the next one's guest code: so the
   * engine need not be left. Units are spent as by the loop. False: the loop has to go on.
   */
  switchInCall(): boolean {
    const { cpu, k } = this;
    const { scheduler } = k;
    const from = this.running;
    if (!this.inCpu || !cpu.takesSwitches || cpu.units <= 0 || from === undefined || from.dead)
      return false;
    // Interrupts that were held off come first, and what looks at switches is called by the loop.
    if (this.leave || this.serving || this.irqMasked || this.pendingInterrupts.length > 0)
      return false;
    if (scheduler.interruptNest > 0 || this.preemption !== undefined) return false;
    if (k.hooks.switched !== undefined || hookOf(k, "scheduler") !== 0) return false;
    const sp = cpu.r[13] >>> 0;
    if ((sp < this.stackLow || sp > this.stackEnd) && k.stackCheck.isOutside(from)) return false;
    if (scheduler.requested) scheduler.pick();
    if (scheduler.current === from.thread || scheduler.current === k.threads.idle) return false;
    this.switchIfNeeded();
    const state = this.running;
    if (this.halted || state === undefined) return false;
    const { frames } = state;
    const frame = frames[frames.length - 1];
    if (frame !== undefined && frame.below === undefined) {
      cpu.units -= SVC_UNITS;
      if (!this.step(state, frame)) return false;
      if (frames.length > 0 && frames[frames.length - 1].below === undefined) return false;
    }
    return !this.leave && !scheduler.requested;
  }

  /** Returns whether the Task ended. */
  private step(state: ThreadState, frame: Frame): boolean {
    const { k } = this;
    frame.executing = true;
    let step: IteratorResult<GuestCall | typeof SCHEDULE, unknown>;
    try {
      const { error } = frame;
      frame.error = undefined;
      step = error === undefined ? frame.task.next(frame.input) : frame.task.throw(error);
    } catch (error) {
      frame.executing = false;
      if (this.inCpu) k.faults.pend(error);
      else k.faults.thrown(error);
      return false;
    }
    frame.executing = false;
    if (state.dead && !frame.interrupt) {
      state.abandon();
      k.scheduler.requested = true;
      return false;
    }
    if (step.done) {
      state.remove(frame);
      frame.done(step.value);
      return true;
    }
    if (step.value === SCHEDULE) {
      frame.input = 0;
      if (!frame.interrupt) k.scheduler.requested = true;
    } else {
      this.enterGuest(frame, step.value);
    }
    return false;
  }

  /** Calls guest code above the Task; the trap word it returns to ends the call. */
  private enterGuest(frame: Frame, call: GuestCall): void {
    const { cpu, memory } = this;
    frame.below = new SavedRegisters(cpu);
    frame.callee = call.pc;
    frame.what = call.what;
    frame.locks = this.k.scheduler.lockNest;
    frame.nest = this.k.scheduler.interruptNest;
    frame.masked = this.irqMasked;
    const r = cpu.r;
    const top = frame.interrupt ? this.k.area.irqStack : r[13];
    const stacked = Math.max(0, call.args.length - 4);
    const sp = ((top & ~7) - 4 * (stacked + (stacked & 1))) | 0;
    try {
      for (let n = 0; n < stacked; n++) memory.st32(sp + 4 * n, call.args[n + 4]);
    } catch (error) {
      if (this.inCpu) this.k.faults.pend(error);
      else this.k.faults.thrown(error);
      return;
    }
    for (let n = 0; n < Math.min(4, call.args.length); n++) r[n] = call.args[n];
    r[13] = sp;
    // Threads of the system are no guest code: their pc is a trap.
    const called = !frame.interrupt && r[15] >>> 0 < this.k.area.heapEnd;
    r[14] = this.k.trap(called ? Trap.ReturnToCaller : Trap.Return);
    cpu.jump(call.pc);
  }

  /** The word a guest call returns to was reached. */
  guestReturned(): boolean {
    const frames = this.running?.frames;
    const frame = frames?.[frames.length - 1];
    if (frame?.below === undefined) return false;
    frame.input = this.cpu.r[0];
    frame.below.restore(this.cpu);
    frame.below = undefined;
    return true;
  }

  /** The guest call of a Task will not return. */
  abortGuest(frame: Frame, error: Error): void {
    this.leaveGuest(frame);
    frame.error = error;
  }

  /** Everything is as it was when the Task called guest code. */
  leaveGuest(frame: Frame): void {
    frame.below?.restore(this.cpu);
    frame.below = undefined;
    this.k.scheduler.lockNest = frame.locks;
    this.k.scheduler.interruptNest = frame.nest;
    this.irqMasked = frame.masked;
  }

  /** Takes what is pending; of ticks only one, so that threads run between those that are overdue. */
  private takeInterrupts(): void {
    const { k } = this;
    if (this.running === undefined) return;
    while (!this.irqMasked && !this.serving) {
      if (this.pendingInterrupts.length > 0) {
        this.serve((this.pendingInterrupts.shift() as () => Task<void>)());
        continue;
      }
      if (k.clock.due()) this.serve(k.tickInterrupt());
      return;
    }
  }

  /** Starts an interrupt handler; one that calls guest code goes on in the run loop. */
  private serve(handler: Task<void>): void {
    const { k } = this;
    if (k.idleHooks.length > 0) this.idleWaits = false;
    this.serving = true;
    k.scheduler.interruptNest++;
    let first: IteratorResult<GuestCall | typeof SCHEDULE, void>;
    try {
      first = handler.next();
    } catch (error) {
      this.served();
      k.faults.thrown(error);
      return;
    }
    if (first.done) {
      this.served();
      return;
    }
    const registers = new SavedRegisters(this.cpu);
    const state = this.running as ThreadState;
    const frame = state.push(
      handler,
      () => {
        registers.restore(this.cpu);
        this.served();
      },
      true,
    );
    if (first.value !== SCHEDULE) this.enterGuest(frame, first.value);
  }

  private served(): void {
    this.serving = false;
    this.k.scheduler.interruptNest--;
  }

  /** rt_interrupt_leave of guest code. */
  interruptLeave(): void {
    const { scheduler } = this.k;
    if (scheduler.interruptNest > 0) scheduler.interruptNest--;
    this.leave = true;
  }

  /** rt_hw_interrupt_disable: gives the cpsr before. */
  mask(): number {
    const level = (this.cpu.cpsr & ~0xff) | SVC_MODE | (this.irqMasked ? CPSR_I : 0);
    this.irqMasked = true;
    return level;
  }

  /** rt_hw_interrupt_enable: an interrupt that waits is taken before the caller goes on. */
  unmask(level: number): void {
    this.irqMasked = (level & CPSR_I) !== 0;
    if (!this.irqMasked && (this.pendingInterrupts.length > 0 || this.k.clock.due(this.ahead)))
      this.leave = true;
  }

  /** Busy waiting of `us` microseconds. */
  spin(us: number): void {
    if (this.k.clock.isVirtual) this.cpu.units -= Math.ceil((us * this.k.unitsPerTick) / 10_000);
    this.leave = true;
  }

  /** rt_scheduler_sethook: the hook runs in the thread that is switched to, before anything of its own, with interrupts off. */
  private callSchedulerHook(from: number, to: number): void {
    const masked = this.irqMasked;
    this.irqMasked = true;
    this.running?.push(callHook(this.k, "scheduler", from, to), () => {
      this.irqMasked = masked;
    });
  }

  private switchIfNeeded(): void {
    const { k, cpu, memory } = this;
    if (k.scheduler.current === 0) k.scheduler.pick();
    const to = k.scheduler.current;
    const from = this.running;
    if (to === 0 || (from !== undefined && from.thread === to && !from.dead)) return;
    if (from !== undefined && !from.dead) {
      // A stack that has no room for the context has overflowed: `switchedTo` tells when the thread runs next.
      const room = cpu.r[13] - this.stackLow;
      from.context = saveContext(cpu, memory, from.thread, this.irqMasked, room);
      from.float = cpu.floatsInto(from.float);
    }
    const state = k.threads.state(to);
    this.running = state;
    this.idleWaits = false;
    this.irqMasked = restoreContext(cpu, memory, to, state.context);
    state.context = undefined;
    const sp = (cpu.r[13] - FRAME_SIZE) >>> 0;
    cpu.floatContext = state.float;
    const stack = THREAD.stack_addr.get(memory, to);
    this.stackLow = k.options.compat404 ? NO_CHECK : stack | 0;
    this.stackEnd = stack + THREAD.stack_size.get(memory, to);
    k.reents.activate(state);
    k.hooks.switched?.(to);
    if (from !== undefined && hookOf(k, "scheduler") !== 0) this.callSchedulerHook(from.thread, to);
    k.stackCheck.switchedTo(state, sp, stack, this.stackEnd);
    k.faults.switched();
  }
}
