import { CPSR_T, type CpuFault } from "../cpu/types.ts";
import { GuestFault } from "../memory/mod.ts";
import { HEAP_MEM, OBJECT, THREAD } from "./abi/layout.ts";
import type { Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";
import { BrokenList } from "./list.ts";
import {
  AssertionFailed,
  CallEnded,
  GuestAborted,
  SoftwareInterrupt,
  UnboundCall,
} from "./errors.ts";
import { faultDump, registerDump } from "./fault-dump.ts";

/** What the kernel calls with when a module must end because of an error. */
const EXIT_CODE = -1;

/** A thread that was ended so often, for it faults again each time, has no end: its control block was overwritten. */
const ENDINGS_MAX = 16;

/** The shutdown routine's RT_ASSERT(0), which ends every dump outside modules. */
const SHUTDOWN = new AssertionFailed("0", "rt_hw_cpu_shutdown", 85);

/** CPU exceptions and failed assertions: the end of a module, or of the system. */
export class Faults {
  /** An undefined instruction that the next thread will seem to execute again. */
  private stale: CpuFault | undefined;
  /** Thrown inside a supervisor call; handled when the engine has left. */
  pending: unknown;

  constructor(private readonly k: Kernel) {}

  pend(error: unknown): void {
    this.pending = error;
  }

  deliver(): void {
    const error = this.pending;
    this.pending = undefined;
    this.thrown(error);
  }

  /** An error left a handler or a Task. What is no guest's doing goes on to the host. */
  thrown(error: unknown): void {
    if (error instanceof AssertionFailed) this.assertion(error);
    else if (error instanceof GuestFault) this.exception(this.fromHost(error));
    else if (error instanceof SoftwareInterrupt) this.softwareInterrupt();
    else if (error instanceof CallEnded) this.endCall();
    else if (error instanceof GuestAborted) {
      if (this.abortCall(error)) return;
      // Nobody up the Task was prepared for it.
      this.assertionText(SHUTDOWN);
      this.endThread();
    } else if (error instanceof BrokenList || error instanceof UnboundCall) {
      if (error instanceof BrokenList) this.k.hooks.kernelBroken?.(error.message);
      this.k.console.print(`${error.message}\n`);
      if (!this.abortCall(new GuestAborted(error.message))) this.endThread();
    } else throw error;
  }

  /** Data of the kernel was overwritten. The board would hang or run wild. */
  kernelBroken(message: string): void {
    this.k.hooks.kernelBroken?.(message);
    this.stop(message);
  }

  private stop(message: string): void {
    this.k.console.print(`kernel data was overwritten: ${message}\n`);
    this.k.runner.halted = true;
  }

  /** The guest's data is to blame, not the simulator. */
  isGuests(error: unknown): boolean {
    return (
      error instanceof GuestFault ||
      error instanceof AssertionFailed ||
      error instanceof BrokenList ||
      error instanceof UnboundCall ||
      error instanceof SoftwareInterrupt
    );
  }

  cpuFault(): void {
    const fault = this.k.cpu.fault;
    if (fault !== undefined) this.exception(fault);
  }

  /** A bad pointer given to a kernel function: a data abort of the caller. */
  private fromHost(error: GuestFault): CpuFault {
    const thumb = (this.k.cpu.cpsr & CPSR_T) !== 0;
    return {
      kind: "data abort",
      pc: (this.k.cpu.r[15] - (thumb ? 2 : 4)) >>> 0,
      address: error.address,
      access: error.access === "write" ? "write" : "read",
      why: error.why,
    };
  }

  private assertion(failed: AssertionFailed): void {
    const { k } = this;
    const thread = k.scheduler.current;
    k.hooks.assertion?.(failed.expression, failed.fn, failed.line, thread);
    if (this.callbackEnds(() => this.assertionText(failed))) return;
    if (this.module(thread) === 0) {
      this.assertionText(failed);
      if (this.abortCall(new GuestAborted(failed.message))) return;
    }
    this.endThread();
  }

  private assertionText(failed: AssertionFailed): void {
    this.k.console.print(
      `(${failed.expression}) assertion failed at function:${failed.fn}, line number:${failed.line} \n`,
    );
  }

  private exception(fault: CpuFault): void {
    const { k } = this;
    const thread = k.scheduler.current;
    k.hooks.fault?.(fault, thread);
    const broken = k.options.compat404 || thread === 0 ? undefined : k.stackCheck.noStack(thread);
    if (broken !== undefined) {
      this.stop(broken);
      return;
    }
    if (this.hitsOwnGuard(fault, thread) || k.stackCheck.isOutside(k.runner.running)) {
      this.stackOverflow(thread);
      return;
    }
    if (this.callbackEnds(() => k.console.print(faultDump(k, fault)))) return;
    k.console.print(faultDump(k, fault));
    if (this.module(thread) === 0) {
      if (this.abortCall(new GuestAborted(fault))) return;
      this.assertionText(SHUTDOWN);
    }
    // The undefined-instruction vector of 4.0.4 leaves its context behind, and the next thread runs into it.
    else if (k.options.compat404 && fault.kind === "undefined instruction") this.stale = fault;
    this.endThread();
  }

  /** Another thread runs now. */
  switched(): void {
    if (this.stale === undefined) return;
    this.k.console.print(faultDump(this.k, this.stale));
    this.assertionText(SHUTDOWN);
    this.stale = undefined;
    this.k.runner.halted = true;
  }

  /** An access of up to 16 registers that touches the guarded bytes below the thread's stack. */
  private hitsOwnGuard(fault: CpuFault, thread: number): boolean {
    const { guard, redZone } = this.k.threads.states.get(thread) ?? { guard: 0, redZone: 0 };
    if (guard === 0 || fault.address === undefined || fault.why !== "guard") return false;
    return fault.address < guard + HEAP_MEM.size + redZone && fault.address + 64 > guard;
  }

  /**
   * Guest code that a system thread called, such as module_init in the shell's, is given up and the caller told. On the board the system
   * stops.
   */
  private abortCall(error: GuestAborted): boolean {
    const { k } = this;
    if (k.options.compat404 || k.scheduler.interruptNest > 0) return false;
    if (this.module(k.scheduler.current) !== 0) return false;
    const frames = k.runner.running?.frames ?? [];
    const caller = frames.findLastIndex((frame) => frame.below !== undefined);
    if (caller < 0) return false;
    for (const frame of frames.splice(caller + 1)) frame.task.return(undefined);
    k.runner.abortGuest(frames[caller], error);
    return true;
  }

  /**
   * A function that an interrupt or a system thread has called ends its program, whichever thread was interrupted, and the caller goes on. On
   * the board the system stops, or the program that was interrupted ends.
   */
  private callbackEnds(report: () => void): boolean {
    const { k } = this;
    if (k.options.compat404 || k.callback === undefined) return false;
    if (!k.hooks.callbackFailed?.(k.scheduler.current)) return false;
    report();
    this.endCall();
    return true;
  }

  /** The innermost guest call is over, as if the function had returned. */
  private endCall(): void {
    const { runner } = this.k;
    const frames = runner.running?.frames ?? [];
    const caller = frames.findLastIndex((frame) => frame.below !== undefined);
    for (const frame of frames.splice(caller + 1)) frame.task.return(undefined);
    frames[caller].input = 0;
    runner.leaveGuest(frames[caller]);
  }

  /** rt_scheduler_stack_check found the stack used up. */
  stackOverflow(thread: number): void {
    const { k } = this;
    const broken = k.options.compat404 ? undefined : k.stackCheck.noStack(thread);
    if (broken !== undefined) {
      this.kernelBroken(broken);
      return;
    }
    k.hooks.stackOverflow?.(thread);
    const say = () =>
      k.console.print(`thread:${OBJECT.name.get(k.memory, thread)} stack overflow\n`);
    if (this.callbackEnds(say)) return;
    say();
    if (k.options.compat404) k.runner.halted = true;
    else if (!this.abortCall(new GuestAborted("guest code used up the stack"))) this.endThread();
  }

  /** rt_hw_trap_swi: the pc is the one behind the instruction. */
  private softwareInterrupt(): void {
    const { k } = this;
    const size = k.cpu.cpsr & CPSR_T ? 2 : 4;
    const fault: CpuFault = {
      kind: "undefined instruction",
      pc: (k.cpu.r[15] - size) >>> 0,
      why: "a supervisor call that the kernel does not have",
    };
    k.hooks.fault?.(fault, k.scheduler.current);
    const dump = () => k.console.print(registerDump(k, "software interrupt:\n", k.cpu.r[15]));
    if (this.callbackEnds(dump)) return;
    dump();
    if (this.module(k.scheduler.current) === 0) {
      if (this.abortCall(new GuestAborted(fault))) return;
      this.assertionText(SHUTDOWN);
    }
    this.endThread();
  }

  private module(thread: number): number {
    if (thread === 0 || this.k.hooks.endModule === undefined) return 0;
    return OBJECT.module_id.get(this.k.memory, thread);
  }

  /** The running thread does not go on: its module ends, or, when it has none, the system stops. */
  private endThread(): void {
    const { k } = this;
    const thread = k.scheduler.current;
    const module = this.module(thread);
    const state = k.runner.running;
    if (module === 0 || state === undefined || state.dead) {
      k.runner.halted = true;
      return;
    }
    const broken =
      k.stackCheck.noStack(thread) ??
      (++state.endings > ENDINGS_MAX ? "a thread does not come to its end" : undefined);
    if (broken !== undefined) {
      // The fault that led here was reported.
      this.stop(broken);
      return;
    }
    state.abandon();
    k.scheduler.interruptNest = 0;
    k.runner.serving = false;
    k.scheduler.lockNest = 0;
    k.runner.irqMasked = false;
    this.resetStack(thread);
    const ending = k.ending;
    const end = function* (): Task<void> {
      const done = k.hooks.endModule?.(thread, module, EXIT_CODE);
      if (done) yield* done;
      if (!state.dead) yield* ending.exit();
    };
    state.push(end(), () => {});
  }

  /** What is on the thread's stack is dead, but module_cleanup may still be called on it. */
  private resetStack(thread: number): void {
    const m = this.k.memory;
    const top = THREAD.stack_addr.get(m, thread) + THREAD.stack_size.get(m, thread);
    this.k.cpu.r[13] = top & ~7;
  }
}
