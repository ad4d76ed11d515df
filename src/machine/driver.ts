import type { RunLimits, RunResult } from "../kernel/mod.ts";
import type { Machine } from "./machine.ts";

/** How a headless run, or a part of it, ended. */
export type Verdict = "done" | "deadlock" | "timeout" | "wall-timeout" | "halted";

export interface DriverOptions {
  /**
   * Where the guest's output is collected; written out whenever the machine rests. `waits`: some of it waits for a slow reader, after
   * another try to write it; may wait a little.
   */
  readonly output?: { flush(): void; readonly waits?: () => boolean };
  /** Where the guest's console input comes from when it waits for some; absent: the console is at its end. */
  readonly input?: {
    next(): Uint8Array | undefined;
    /** Whether `next` gives something without waiting for somebody; may wait a little. Absent: nobody can tell. */
    ready?(): boolean;
  };
  /** Simulated milliseconds since boot; 0 = none. */
  readonly timeout: number;
  /** Host milliseconds; 0 = none. */
  readonly wallTimeout: number;
  /** Called now and then while programs run, for the host's own business. */
  readonly look?: () => void;
  /** Called every few milliseconds, also when programs spin without a call of the kernel. */
  readonly check?: () => void;
  /** Called once, when programs have run for a while without a rest: the host may begin to optimise for speed. */
  readonly busy?: () => void;
  /** Whether the host has something else to do: `running`, `settling` and `passing` give way then. */
  readonly pause?: () => boolean;
  /** Real time: lets the host rest for that many milliseconds. */
  readonly sleep?: (milliseconds: number) => void;
}

/** Units between two looks at the host: 2 to 10 ms of interpretation. */
const UNITS_PER_LOOK = 100_000;

/** Units in one go after which programs are not about to end: `hello` has 700, a shell command some thousands. */
const UNITS_BEFORE_BUSY = 5_000;

/** The same for many short goes: the lines of a long script. */
const PIECES_BEFORE_BUSY = 100;

/** Supervisor calls between two calls of `look`: they make most of the garbage. */
const CALLS_PER_LOOK = 20_000;

/** The same in pieces of a run: some kilobytes of garbage each, in 0.2 to 10 ms. */
const PIECES_PER_LOOK = 200;

/** Real time: the longest rest between two looks. */
const REST_MS = 100;

const NS_PER_TICK = 10_000_000;

/** How long, in simulated milliseconds, a typist waits for a system that does not become idle. */
const BUSY_MS = 1000;

/** A run that can be left at each of its yields. */
export type Steps = Generator<void, Verdict>;

function through(steps: Steps): Verdict {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs a machine in virtual time without a person at the console. */
export class Driver {
  private readonly started = performance.now();
  private nextLook = CALLS_PER_LOOK;
  private sinceLook = 0;
  private busy = false;
  private pieces = 0;

  constructor(
    private readonly machine: Machine,
    private readonly options: DriverOptions,
  ) {}

  /** Runs until `done()` holds; looked at whenever a module or a line ended, the system is idle, or a limit is near. */
  until(done: () => boolean): Verdict {
    return through(this.running(done));
  }

  /** Lets simulated time pass until nothing can run at once, or for a second when a program does not rest. */
  settle(): Verdict {
    return through(this.settling());
  }

  /** Lets simulated time pass until that tick. */
  pass(target: number): Verdict {
    return through(this.passing(target));
  }

  /** `until` for a host that does something else now and then: it yields where it can be left. */
  *running(done: () => boolean): Steps {
    for (;;) {
      if (done()) return this.leave("done");
      const late = this.late();
      if (late) return this.leave(late);
      const result = this.run({ units: this.unitsLeft(), skipIdle: true });
      if (result.why === "halted") return this.leave("halted");
      // A signal may end the process at any time: what was printed so far must be out.
      this.options.output?.flush();
      this.options.check?.();
      if (yield* this.held()) return "wall-timeout";
      this.lookNowAndThen();
      if (this.options.pause?.()) yield;
      if (result.why !== "idle" || done()) continue;
      if (result.nextTick !== undefined) this.rest(result.nextTick);
      else if (!(yield* this.supplyInput())) return this.leave("deadlock");
    }
  }

  /** `settle` in the same way. */
  *settling(): Steps {
    const { kernel } = this.machine;
    const end = kernel.tick + this.machine.ticks(BUSY_MS);
    for (;;) {
      const result = this.run({ units: UNITS_PER_LOOK, untilTick: end, skipIdle: false });
      if (result.why === "halted") return this.leave("halted");
      if (result.why === "idle" || result.why === "tick") return this.leave("done");
      const late = this.late();
      if (late) return this.leave(late);
      if (yield* this.held()) return "wall-timeout";
      this.lookNowAndThen();
      if (this.options.pause?.()) yield;
    }
  }

  /** `pass` in the same way. */
  *passing(target: number): Steps {
    const { kernel } = this.machine;
    while (kernel.tick < target) {
      const result = this.run({
        units: UNITS_PER_LOOK,
        untilTick: target,
        skipIdle: true,
        passTime: true,
      });
      if (result.why === "halted") return this.leave("halted");
      if (this.wallOver) return this.leave("wall-timeout");
      if (yield* this.held()) return "wall-timeout";
      this.lookNowAndThen();
      if (this.options.pause?.()) yield;
    }
    return this.leave("done");
  }

  private lookNowAndThen(): void {
    const { svcs } = this.machine.cpu.stats;
    if (svcs < this.nextLook && ++this.sinceLook < PIECES_PER_LOOK) return;
    this.nextLook = svcs + CALLS_PER_LOOK;
    this.sinceLook = 0;
    this.options.look?.();
  }

  /** A piece of the machine's life; pieces are short until programs are known to be busy. */
  private run(limits: RunLimits & { readonly units: number }): RunResult {
    const { kernel } = this.machine;
    if (this.busy || !this.options.busy) return kernel.run(limits);
    const units = Math.min(limits.units, UNITS_BEFORE_BUSY);
    const before = kernel.clock.units;
    const result = kernel.run({ ...limits, units });
    if (kernel.clock.units - before >= UNITS_BEFORE_BUSY || ++this.pieces === PIECES_BEFORE_BUSY) {
      this.busy = true;
      this.options.busy();
    }
    return result;
  }

  /** How long the machine may run before a look at the clocks. */
  private unitsLeft(): number {
    const { kernel } = this.machine;
    const { timeout } = this.options;
    if (timeout === 0) return UNITS_PER_LOOK;
    const left = ((timeout * 1e6 - kernel.nanoseconds) * kernel.unitsPerTick) / NS_PER_TICK;
    return Math.max(1, Math.min(UNITS_PER_LOOK, Math.ceil(left)));
  }

  /** Real time: nothing happens before that tick. */
  private rest(tick: number): void {
    const ms = this.machine.millisecondsUntil(tick) ?? REST_MS;
    this.options.sleep?.(Math.min(ms, REST_MS));
  }

  /** Feeds console input when somebody waits for it; false when waiting is hopeless. */
  private *supplyInput(): Generator<void, boolean> {
    const { kernel } = this.machine;
    if (kernel.console.readers === 0) return false;
    this.options.output?.flush();
    const { input } = this.options;
    while (input?.ready?.() === false) {
      if (this.late()) return true;
      yield;
    }
    const piece = input?.next();
    if (piece) kernel.console.feed(piece);
    else if (kernel.console.ended) return false;
    else kernel.console.end();
    return true;
  }

  /** Between two lines of a typist: gives way when the host wants it. Whether the host's time is over. */
  *between(): Generator<void, boolean> {
    if (this.options.pause?.()) {
      this.options.look?.();
      yield;
    }
    return this.wallOver;
  }

  /** Until the reader has what was printed: the verdict, or that of the host's time. */
  *delivering(verdict: Verdict): Steps {
    return (yield* this.held()) ? "wall-timeout" : verdict;
  }

  /** Waits for a slow reader of the output. Whether the host's time is over. */
  private *held(): Generator<void, boolean> {
    const { output, pause } = this.options;
    while (output?.waits?.()) {
      if (this.wallOver) return true;
      if (pause?.()) yield;
    }
    return false;
  }

  private get wallOver(): boolean {
    const { wallTimeout } = this.options;
    return wallTimeout > 0 && performance.now() - this.started > wallTimeout;
  }

  private late(): Verdict | undefined {
    const { timeout } = this.options;
    // Not by ticks: a program can set them.
    if (timeout > 0 && this.machine.kernel.nanoseconds >= timeout * 1e6) return "timeout";
    if (this.wallOver) return "wall-timeout";
    return undefined;
  }

  private leave(verdict: Verdict): Verdict {
    this.options.output?.flush();
    return verdict;
  }
}
