import { type Cpu, Exit } from "../cpu/types.ts";
import { CallTrace } from "./calls.ts";
import { ChromeTrace } from "./chrome.ts";
import { InstructionTrace } from "./instructions.ts";
import { LoadTrace } from "./load.ts";
import { ScheduleTrace } from "./sched.ts";
import { nameText } from "./quote.ts";
import type { FilterUse, Line, Trace, TraceFilter, TraceParts } from "./types.ts";
import { Where } from "./where.ts";
import { WrappedCore } from "./wrapped-core.ts";

export interface TraceOptions {
  readonly traces: ReadonlySet<Trace>;
  readonly filter: TraceFilter;
  /** Noted there: what the filters have met. */
  readonly use: FilterUse;
  /** Gets each line. */
  readonly line: Line;
  /** Collects events for `chrome`. */
  readonly json: boolean;
}

/** Names that are remembered for a message. */
const NAMES_MAX = 1000;

/** The core of a machine that is traced. */
export class TracingCore extends WrappedCore {
  chrome: ChromeTrace | undefined;
  private calls: CallTrace | undefined;
  private load: LoadTrace | undefined;
  private sched: ScheduleTrace | undefined;
  private instructions: InstructionTrace | undefined;
  private loader: TraceParts["loader"] | undefined;
  private seen = -1;

  constructor(
    inner: Cpu,
    private readonly options: TraceOptions,
  ) {
    super(inner);
  }

  /** The machine is complete. */
  attach(parts: TraceParts): void {
    const { traces, filter, use, line, json } = this.options;
    const where = new Where(parts, filter, use);
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
    if (on("load")) this.load = new LoadTrace(parts, filter, use, say);
    if (on("insn")) this.instructions = new InstructionTrace(this.inner, where, filter, say);
    if (on("sched") || json) {
      this.sched = new ScheduleTrace(parts, filter, use, on("sched") ? say : () => {}, (turn) =>
        chrome?.turn(turn),
      );
    }
    this.watchThreads(parts);
    this.loader = parts.loader;
  }

  private watchThreads({ kernel: { hooks, objects } }: TraceParts): void {
    const { switched } = hooks;
    const { threads } = this.options.use;
    hooks.switched = (thread) => {
      switched?.(thread);
      if (threads.size < NAMES_MAX) threads.add(nameText(objects.name(thread)));
      this.sched?.switched(thread);
    };
  }

  /** Modules that have come are remembered for who asks for one that never came. */
  private noteModules(): void {
    const { loader, options } = this;
    if (!loader || loader.changes === this.seen) return;
    this.seen = loader.changes;
    const { modules } = options.use;
    for (const { name } of loader.modules())
      if (modules.size < NAMES_MAX) modules.add(nameText(name));
  }

  /** The machine will not run any more. */
  finish(): void {
    this.calls?.settleOpen();
    this.sched?.end();
  }

  override run(): Exit {
    this.noteModules();
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
    const asked = this.options.filter.module !== undefined;
    return this.load?.stale === true || (asked && this.loader?.changes !== this.seen);
  }
}
