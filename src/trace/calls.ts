import { parsePrototype, type Prototype } from "./prototype.ts";
import { type Line, matcher, type TraceFilter, type TraceParts } from "./types.ts";
import { type Shown, Values } from "./values.ts";
import type { Where } from "./where.ts";

/** A call whose result is not there yet. */
interface Pending {
  readonly name: string;
  readonly prototype: Prototype | undefined;
  /** What was known when it was made: `read(3, `. */
  readonly begun: string;
  /** The arguments behind that, which the call fills in, and those behind them. */
  readonly rest: readonly Shown[];
  readonly since: number;
  /** Tasks of the thread when the call was made. */
  readonly depth: number;
}

/** One traced call that has ended, for other formats than text. */
export interface CallRecord {
  readonly name: string;
  readonly thread: string;
  /** Its TCB, 0 in an interrupt or before there is one. */
  readonly tcb: number;
  /** Simulated nanoseconds. */
  readonly start: number;
  readonly end: number;
}

/** Every kernel call with its arguments and its result, in strace's habit. */
export class CallTrace {
  private readonly values: Values;
  private readonly prototypes = new Map<string, Prototype | undefined>();
  /** By incarnation of a thread: one that was deleted in a call does not return from it. */
  private readonly pending = new WeakMap<object, Pending[]>();
  private readonly wanted: (name: string) => boolean;
  /** The call whose line could still be completed. */
  private open: Pending | undefined;

  constructor(
    private readonly parts: TraceParts,
    private readonly where: Where,
    filter: TraceFilter,
    private readonly line: Line,
    private readonly record: (call: CallRecord) => void = () => {},
  ) {
    this.values = new Values(parts.kernel, (address) => where.symbol(address));
    this.wanted = matcher(filter.name);
  }

  /** Makes the call with `serve`; `number` is what the stub loaded into ip. */
  call(number: number, serve: () => boolean): boolean {
    const { kernel, firmware } = this.parts;
    const name = firmware.svcName(number) ?? `svc ${number}`;
    const { cpu } = kernel;
    if (!this.wanted(name)) return serve();
    this.where.use.name = true;
    if (!this.where.wanted(cpu.r[14])) return serve();
    const prototype = this.prototype(name);
    const shown = prototype ? this.values.arguments(prototype) : ["..."];
    const late = shown.findIndex((text) => typeof text !== "string");
    const known = (late < 0 ? shown : [...shown.slice(0, late), ""]).join(", ");
    const state = kernel.runner.running;
    const depth = state?.frames.length ?? 0;
    const { thread, tcb } = this.where;
    const pending: Pending = {
      name,
      prototype,
      begun: `${name}(${known}`,
      rest: late < 0 ? [] : shown.slice(late),
      since: kernel.nanoseconds,
      depth,
    };
    const prefix = this.prefix(thread);
    const goOn = serve();
    if (state && state.frames.length > depth) {
      this.settleOpen();
      this.open = pending;
      this.openPrefix = prefix;
      const list = this.pending.get(state);
      if (list) list.push(pending);
      else this.pending.set(state, [pending]);
      return goOn;
    }
    this.settleOpen();
    this.line(`${prefix}${pending.begun}${this.end(pending)}`);
    this.record({ name, thread, tcb, start: pending.since, end: kernel.nanoseconds });
    return goOn;
  }

  private openPrefix = "";

  /** The running thread goes on with guest code: calls of it may have ended. */
  resumed(): void {
    const { kernel } = this.parts;
    const state = kernel.runner.running;
    const list = state && this.pending.get(state);
    while (list && list.length > 0 && state.frames.length <= list[list.length - 1].depth) {
      const pending = list.pop() as Pending;
      const { thread, tcb } = this.where;
      if (this.open === pending) {
        this.open = undefined;
        this.line(`${this.openPrefix}${pending.begun}${this.end(pending)}`);
      } else {
        this.settleOpen();
        const end = this.end(pending);
        // Arguments that are known now, or the result alone.
        const rest = pending.rest.length > 0 ? ` ${end}` : end.slice(1);
        this.line(`${this.prefix(thread)}<... ${pending.name} resumed>${rest}`);
      }
      this.record({
        name: pending.name,
        thread,
        tcb,
        start: pending.since,
        end: kernel.nanoseconds,
      });
    }
  }

  /** A call that waits gets its line, before anything else is said. */
  settleOpen(): void {
    if (!this.open) return;
    const { begun, rest } = this.open;
    const known = rest.length > 0 ? begun.trimEnd() : `${begun})`;
    this.line(`${this.openPrefix}${known} <unfinished ...>`);
    this.open = undefined;
  }

  private prefix(thread: string): string {
    return `${stamp(this.parts)} ${thread.padEnd(8)} `;
  }

  /** What follows `begun` when the call has ended: arguments that it filled in, and its result. */
  private end({ prototype, rest }: Pending): string {
    const { cpu, faults } = this.parts.kernel;
    const { r } = cpu;
    // It ended in a fault: r0 is what it was before.
    if (faults.pending !== undefined) return ") = ?";
    if (!prototype) return `) = 0x${(r[0] >>> 0).toString(16)}`;
    const ending = { result: prototype.result, value: r[0] };
    const shown = rest.map((text) => (typeof text === "string" ? text : text(ending))).join(", ");
    const text = this.values.result(prototype, r[0], r[1]);
    return `${shown})${text === undefined ? "" : ` = ${text}`}`;
  }

  private prototype(name: string): Prototype | undefined {
    if (!this.prototypes.has(name)) {
      const proto = this.parts.prototypes.get(name);
      this.prototypes.set(name, proto === undefined ? undefined : parsePrototype(proto));
    }
    return this.prototypes.get(name);
  }
}

/** Tick and simulated time: `    12   0.120345`. */
export function stamp({ kernel }: TraceParts): string {
  const seconds = (kernel.nanoseconds / 1e9).toFixed(6);
  return `${String(kernel.tick).padStart(6)} ${seconds.padStart(11)}`;
}
