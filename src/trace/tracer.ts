import { type Cpu, Exit } from "../cpu/types.ts";
import { CallTrace } from "./calls.ts";
import { ChromeTrace } from "./chrome.ts";
import { InstructionTrace } from "./instructions.ts";
import { LoadTrace } from "./load.ts";
import { ScheduleTrace } from "./sched.ts";
import type { Line, Trace, TraceFilter, TraceParts } from "./types.ts";
import { Where } from "./where.ts";
import { WrappedCore } from "./wrapped-core.ts";

export interface TraceOptions {
  readonly traces: ReadonlySet<Trace>;
  readonly filter: TraceFilter;
  /** Gets each line. */
  readonly line: Line;
  /** Collects events for `chrome`. */
  readonly json: boolean;
}

/** The core of a machine that is traced. */
export class TracingCore extends WrappedCore {
  chrome: ChromeTrace | undefined;
  private calls: CallTrace | undefined;
  private load: LoadTrace | undefined;
  private sched: ScheduleTrace | undefined;
  private instructions: InstructionTrace | undefined;

  constructor(
    inner: Cpu,
    private readonly options: TraceOptions,
  ) {
    super(inner);
  }

  /** The machine is complete. */
  attach(parts: TraceParts): void {
    const { traces, filter, line, json } = this.options;
    const where = new Where(parts, filter);
    const chrome = (this.chrome = json ? new ChromeTrace() : undefined);
    const on = (trace: Trace) => traces.has(trace);
    const say: Line = (text) => {
      this.calls?.settleOpen();
      line(text);
    };
    if (on("calls") || json)
      this.calls = new CallTrace(parts, where, filter, on("calls") ? line : () => {}, (call) =>
        chrome?.call(call),
      );
    if (on("load")) this.load = new LoadTrace(parts, filter, say);
    if (on("insn")) this.instructions = new InstructionTrace(this.inner, where, filter, say);
    if (on("sched") || json) {
      const sched = (this.sched = new ScheduleTrace(
        parts,
        filter,
        on("sched") ? say : () => {},
        (turn) => chrome?.turn(turn),
      ));
      const { hooks } = parts.kernel;
      const { switched } = hooks;
      hooks.switched = (thread) => {
        switched?.(thread);
        sched.switched(thread);
      };
    }
  }

  /** The machine will not run any more. */
  finish(): void {
    this.calls?.settleOpen();
    this.sched?.end();
  }

  override run(): Exit {
    this.load?.look();
    this.calls?.resumed();
    const { instructions, inner } = this;
    if (!instructions) return inner.run();
    for (;;) {
      if (inner.units <= 0) return Exit.Slice;
      const exit = instructions.step(() => inner.single());
      if (exit !== undefined) return exit;
    }
  }

  protected override svc(imm: number): boolean {
    if (!this.calls || imm !== 0) return super.svc(imm);
    return this.calls.call(this.r[12], () => super.svc(imm));
  }

  protected override looks(): boolean {
    return this.load?.stale === true;
  }
}
