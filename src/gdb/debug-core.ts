import { CPSR_T, type Cpu, type CpuFault, Exit } from "../cpu/types.ts";
import { WrappedCore } from "../trace/mod.ts";
import { Breakpoints } from "./breakpoints.ts";
import { type Inserted, Signal, type Stop } from "./types.ts";
import { Watchpoints } from "./watchpoints.ts";

/** What run control has to know of the system. */
export interface RunHost {
  /** TCB of the thread whose instructions the core executes now; 0 in an interrupt or before the first switch. */
  thread(): number;
  /** Something the debugger must hear of before any more guest code runs, such as a new module. */
  hasNews(): boolean;
  news(): Stop["why"] | undefined;
  /** The system stands still from now on. */
  stopped(): void;
}

/** A step under way. */
interface Step {
  /** TCB. */
  readonly thread: number;
  readonly start: number;
  readonly end: number;
  done: boolean;
}

/** An internal stop: what is done there decides whether it becomes one of the debugger's. */
type Arrival = () => void;

const SIGNALS: Readonly<Record<CpuFault["kind"], number>> = {
  "undefined instruction": Signal.ILL,
  "prefetch abort": Signal.SEGV,
  "data abort": Signal.SEGV,
  breakpoint: Signal.TRAP,
};

/**
 * A core under control of a debugger, around the one that does the work: stops at breakpoints, watched accesses and faults, and executes
 * single instructions of one thread. What needs none of this runs in the engine as always.
 */
export class DebugCore extends WrappedCore {
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  /** A debugger is connected: faults and news stop the system. */
  attached = false;
  /** Why the system stands still; undefined while it runs. */
  stop: (Omit<Stop, "thread"> & { readonly tcb: number }) | undefined;
  host: RunHost = {
    thread: () => 0,
    hasNews: () => false,
    news: () => undefined,
    stopped: () => {},
  };
  private step: Step | undefined;
  /** Address of the instruction whose fault the debugger has seen. */
  private accepted: number | undefined;
  /** Watched accesses are made before the debugger hears of them, as lldb is told; gdb has an ARM target stop before the access. */
  watchesAfter = false;
  /** The instruction before whose watched access the system stands, and the thread that executes it. */
  private before: { readonly pc: number; readonly tcb: number } | undefined;
  /** The debugger has seen the fault that the system deals with now. */
  told = false;
  /** Address of a BKPT of the program's own at which it stopped. */
  private ownBreak: number | undefined;
  private readonly arrivals = new Map<number, Arrival>();

  constructor(inner: Cpu) {
    super(inner);
    this.breakpoints = new Breakpoints(inner.memory);
    this.watchpoints = new Watchpoints(inner.memory);
  }

  override run(): Exit {
    if (this.inner.units <= 0) return Exit.Slice;
    for (;;) {
      if (this.stop) return Exit.Stop;
      const news = this.attached ? this.host.news() : undefined;
      if (news) return this.halt({ signal: Signal.TRAP, why: news });
      const { step } = this;
      const stepping = step !== undefined && this.host.thread() === step.thread;
      if (stepping && step.done) return this.halt({ signal: Signal.TRAP });
      let exit = stepping ? this.inner.single() : this.inner.run();
      if (exit === Exit.Fault) exit = this.faulted(this.inner.fault as CpuFault);
      else if (this.watched) {
        const { address } = this.watched;
        this.watched = undefined;
        return this.halt({ signal: Signal.TRAP, why: "watch", address });
      }
      if (exit === Exit.Fault || this.stop) return this.stop ? Exit.Stop : Exit.Fault;
      if (stepping) {
        this.before = undefined;
        step.done = !this.insideStep(step);
      }
      if (exit !== undefined) return exit;
    }
  }

  /** Lets the system go on. `tcb`: the thread of a step. */
  resume(step: Omit<Step, "done"> | undefined, deliver: boolean): void {
    const { stop } = this;
    this.stop = undefined;
    this.step = step && { ...step, done: false };
    const fault = stop?.signal !== Signal.TRAP && stop?.signal !== Signal.INT;
    if (this.ownBreak === this.r[15] >>> 0) this.r[15] += this.cpsr & CPSR_T ? 2 : 4;
    this.ownBreak = undefined;
    // A fault that was not dealt with by changing the pc happens again, and takes its course.
    if (stop && (fault || deliver)) this.accepted = this.r[15] >>> 0;
  }

  /** Stops for the debugger, from outside of `run`. */
  halt(why: Omit<Stop, "thread">): typeof Exit.Stop {
    this.step = undefined;
    this.before = undefined;
    this.stop = { ...why, tcb: this.host.thread() };
    this.host.stopped();
    return Exit.Stop;
  }

  /** Calls back, once, before the instruction at an address (bit 0: Thumb) is executed. */
  onArrival(address: number, arrival: Arrival): void {
    const at = (address & ~1) >>> 0;
    if (this.breakpoints.insert(at, (address & 1) !== 0, "arrival")) this.arrivals.set(at, arrival);
  }

  /** Everything of the debugger's. */
  *inserted(): Generator<Inserted> {
    yield* this.breakpoints.inserted();
    yield* this.watchpoints.inserted();
  }

  /** Removes everything of the debugger's. */
  detach(): void {
    this.attached = false;
    this.breakpoints.clear();
    this.watchpoints.clear();
    this.arrivals.clear();
    this.step = undefined;
    this.stop = undefined;
    this.accepted = undefined;
  }

  private insideStep({ start, end }: Step): boolean {
    const pc = this.r[15] >>> 0;
    return pc >= start && pc < end;
  }

  /** Undefined: what stopped there is done, and nobody has to hear of it. */
  private faulted(fault: CpuFault): Exit | undefined {
    const accepted = this.accepted === fault.pc;
    this.accepted = undefined;
    if (fault.kind === "breakpoint" && this.breakpoints.has(fault.pc)) {
      const arrival = this.arrivals.get(fault.pc);
      if (arrival) {
        this.arrivals.delete(fault.pc);
        this.breakpoints.remove(fault.pc, "arrival");
        arrival();
        return this.stop ? Exit.Stop : undefined;
      }
      const why = this.breakpoints.has(fault.pc, "hardware") ? "hwbreak" : "swbreak";
      return this.halt({ signal: Signal.TRAP, why });
    }
    if (fault.why === "guard" && this.watchpoints.any) {
      const exit = this.access(fault);
      if (exit !== Exit.Fault) return exit;
      fault = this.inner.fault as CpuFault;
    }
    this.told = accepted;
    if (!this.attached || accepted) return Exit.Fault;
    if (fault.kind === "breakpoint") this.ownBreak = fault.pc;
    const signal = fault.why === "alignment" ? Signal.BUS : SIGNALS[fault.kind];
    return this.halt({ signal });
  }

  /**
   * An access that a guard stopped. gdb takes a watchpoint of an ARM target for one that stops before the access: it takes the watch
   * away, steps, and compares (gdbarch_have_nonsteppable_watchpoint). One that goes on with the watch in place has the access made.
   */
  private access(fault: CpuFault): Exit | undefined {
    const { watchpoints } = this;
    const watch = watchpoints.hit(fault.guard, fault.access);
    const tcb = this.host.thread();
    const again = this.before?.pc === fault.pc && this.before.tcb === tcb;
    this.before = undefined;
    if (watch && !this.watchesAfter && !again) {
      this.halt({ signal: Signal.TRAP, why: watch.kind, address: watch.address });
      this.before = { pc: fault.pc, tcb };
      return Exit.Stop;
    }
    const exit = watchpoints.pass(() => this.inner.single());
    if (exit === Exit.Fault) return exit;
    if (!watch) return exit;
    const changed = watch.changed();
    if (!this.watchesAfter || (watch.kind === "watch" && !changed)) return exit;
    return this.halt({ signal: Signal.TRAP, why: watch.kind, address: watch.address });
  }

  protected override looks(): boolean {
    return this.attached && this.host.hasNews();
  }

  /** A watch whose bytes the kernel changed. */
  private watched: { readonly address: number } | undefined;

  protected override svc(imm: number): boolean {
    const goOn = super.svc(imm);
    if (!this.watchpoints.any) return goOn;
    this.watched = this.watchpoints.changed();
    return goOn && this.watched === undefined;
  }
}
