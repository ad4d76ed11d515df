import { collectWaits, waiting } from "../debug/mod.ts";
import { stamp } from "./calls.ts";
import { GuestFault } from "../memory/mod.ts";
import { nameText } from "./quote.ts";
import type { FilterUse, Line, TraceFilter, TraceParts } from "./types.ts";

const SUSPENDED = 2;
const STATES = ["initial", "ready", "suspended", "running", "closed"];

/** One turn of a thread. */
export interface Turn {
  readonly thread: string;
  /** TCB. */
  readonly tcb: number;
  /** Simulated nanoseconds. */
  readonly start: number;
  readonly end: number;
  /** Why it ended: `preempted`, `waits for semaphore s`. */
  readonly why: string;
}

/** Every switch: who gave up the processor, why, and who has it now. */
export class ScheduleTrace {
  private running: { tcb: number; name: string; since: number } | undefined;

  constructor(
    private readonly parts: TraceParts,
    private readonly filter: TraceFilter,
    private readonly use: FilterUse,
    private readonly line: Line,
    private readonly record: (turn: Turn) => void = () => {},
  ) {}

  switched(to: number): void {
    const { kernel } = this.parts;
    const name = nameText(kernel.objects.name(to));
    const { priority } = kernel.threads.describe(to);
    const from = this.end();
    this.running = { tcb: to, name, since: kernel.nanoseconds };
    const { thread } = this.filter;
    if (thread !== undefined && thread !== name && thread !== from?.thread) return;
    this.use.any = true;
    const before = from ? `${from.thread} (${from.why})` : "start";
    this.line(`${stamp(this.parts)} ${before} -> ${name} (priority ${priority})`);
  }

  /** The turn that is under way ends. */
  end(): Turn | undefined {
    const { running } = this;
    if (!running) return undefined;
    const { kernel } = this.parts;
    const turn = {
      thread: running.name,
      tcb: running.tcb,
      start: running.since,
      end: kernel.nanoseconds,
      why: this.why(running.tcb),
    };
    this.running = undefined;
    this.record(turn);
    return turn;
  }

  private waits(tcb: number): string {
    const { kernel } = this.parts;
    try {
      return waiting(kernel, tcb, collectWaits(kernel).reasons.get(tcb));
    } catch (error) {
      // The program has destroyed the kernel's lists.
      if (!(error instanceof GuestFault)) throw error;
      return "waits";
    }
  }

  private why(tcb: number): string {
    const { kernel } = this.parts;
    const state = kernel.threads.states.get(tcb);
    if (!state || state.dead) return "ended";
    const info = kernel.threads.describe(tcb);
    if (info.state === SUSPENDED) return this.waits(tcb);
    return info.state === 1 ? "preempted" : (STATES[info.state] ?? "gone");
  }
}
