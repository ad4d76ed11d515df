import type { Cpu, DirectCall } from "../cpu/types.ts";
import { Attention, type KernelWords } from "./attention.ts";
import { programError } from "./abi/five.ts";
import {
  type CallResult,
  type ExportGroup,
  type ExportRow,
  isSuspended,
  type LaterGroup,
  type Task,
} from "./call.ts";
import { directCall, type Handler } from "./direct-calls.ts";
import { cancellable, isCancellationPoint } from "./cancellation.ts";
import type { Kernel } from "./kernel.ts";
import { Trap } from "./board.ts";
import { SoftwareInterrupt, UnboundCall } from "./errors.ts";

/** Functions whose result is a code of the kernel: not what rt_get_errno finds in the thread. */
const RESULTS = /^(rt_err_t (?!rt_get_errno\b)|int rt_(thread_kill|signal_wait)\b)/;

/** The function with its result as programs of 5.x know it. */
function forFive(call: Handler): Handler {
  return (context, a0, a1, a2, a3) => {
    const result = call(context, a0, a1, a2, a3);
    if (typeof result === "number") return programError(result);
    return result === undefined ? undefined : later(result);
  };
}

function* later(task: Task<number | void>): Task<number | void> {
  const result = yield* task;
  return result === undefined ? undefined : programError(result);
}

type Rows = readonly ExportRow<never>[];

/** Tables are the same for every machine. */
const indexes = new WeakMap<Rows, ReadonlyMap<string, ExportRow<never>>>();

function byName(rows: Rows): ReadonlyMap<string, ExportRow<never>> {
  let index = indexes.get(rows);
  if (!index) indexes.set(rows, (index = new Map(rows.map((row) => [row.name, row]))));
  return index;
}

/** The name of the function behind a number of the firmware; undefined when there is no such number. */
export type NameOf = (number: number) => string | undefined;

/**
 * Supervisor calls: `svc #0` with the number of an exported function in ip (r12), as the stubs of the firmware do, and the trap words of
 * the system area.
 */
export class SupervisorCalls {
  /** The newest first. */
  private readonly groups: LaterGroup<never>[] = [];
  /** What each number stands for, found out at its first call. */
  private readonly handlers: (Handler | undefined)[] = [];
  private readonly contexts: unknown[] = [];
  private nameOf: NameOf = () => undefined;
  private readonly cpu: Cpu;
  private readonly r: Int32Array;
  private readonly words: KernelWords;

  constructor(private readonly k: Kernel) {
    this.cpu = k.cpu;
    this.r = k.cpu.r;
    this.words = k.words;
    k.cpu.onSvc = (imm) => this.serve(imm);
    k.cpu.answers = (number) => this.answerOf(number);
    k.cpu.direct = {
      for: (number) => this.directCall(number),
      behind: () => this.behindDirect(),
    };
  }

  register<C>(group: ExportGroup<C>): void {
    this.registerLater({ names: /^/, load: () => group });
  }

  registerLater<C>(group: LaterGroup<C>): void {
    this.groups.unshift(group as unknown as LaterGroup<never>);
  }

  private find(name: string): { row: ExportRow<never>; context: unknown } {
    const found = this.look(name);
    if (!found) throw new UnboundCall(name);
    return found;
  }
  private look(name: string): { row: ExportRow<never>; context: unknown } | undefined {
    for (const { names, load } of this.groups) {
      if (!names.test(name)) continue;
      const { rows, context } = load();
      const row = byName(rows).get(name);
      if (row) return { row, context };
    }
    return undefined;
  }

  private answerOf(number: number): number | undefined {
    const name = this.nameOf(number);
    return name === undefined ? undefined : this.look(name)?.row.answer;
  }

  /** Gives every number of the firmware its function. */
  bind(nameOf: NameOf): void {
    this.nameOf = nameOf;
    this.handlers.length = 0;
    this.contexts.length = 0;
  }

  /** Calls an exported function from the host, as part of the running thread. */
  call(name: string, ...args: number[]): CallResult {
    const bound = this.find(name);
    const [a0 = 0, a1 = 0, a2 = 0, a3 = 0] = args;
    return bound.row.call(bound.context as never, a0, a1, a2, a3);
  }

  private serve(imm: number): boolean {
    const { k, r, words } = this;
    if (!words.quiet) k.gathered?.take();
    if (imm !== 0) return this.trap(imm);
    if (r[13] < words.stackLow && k.stackCheck.isOutside(k.runner.running)) {
      k.runner.leave = true;
      return false;
    }
    const n = r[12];
    let result: CallResult;
    try {
      const handler = this.handlers[n] ?? this.resolve(n);
      result = handler(this.contexts[n] as never, r[0], r[1], r[2], r[3]);
    } catch (error) {
      k.faults.pend(error);
      return false;
    }
    if (typeof result === "number") r[0] = result | 0;
    else if (!this.goesOnWith(result)) return false;
    return words.quiet || this.goesOn();
  }

  private directCall(number: number): DirectCall | undefined {
    const name = this.nameOf(number);
    if (name === undefined || !this.look(name)) return undefined;
    const handler = this.handlers[number] ?? this.resolve(number);
    return directCall(name, handler, this.contexts[number], {
      other: (result) => {
        if (!this.goesOnWith(result)) this.words.need(Attention.Stop, true);
        return this.r[0];
      },
      failed: (error) => {
        this.k.faults.pend(error);
        this.words.need(Attention.Stop, true);
        return this.r[0];
      },
    });
  }

  /** Something needs attention behind a direct call: whether guest code goes on. */
  private behindDirect(): boolean {
    const { words } = this;
    if (words.has(Attention.Stop)) {
      words.need(Attention.Stop, false);
      return false;
    }
    return words.quiet || this.goesOn();
  }

  /** What is no number: the thread waits, or has a Task to do, or nothing is to be done. Whether guest code goes on, maybe of another one. */
  private goesOnWith(result: CallResult): boolean {
    const { runner } = this.k;
    if (typeof result !== "object") return true;
    return isSuspended(result)
      ? runner.suspend(result, this.toR0)
      : runner.begin(result, this.toR0);
  }

  /** Something needs attention: whether guest code goes on. */
  private goesOn(): boolean {
    const { runner, scheduler } = this.k;
    if (scheduler.requested && this.switches()) return runner.switchInCall();
    return !runner.leave;
  }

  /** rt_schedule: whether it picks another thread, or has to be asked again later. */
  private switches(): boolean {
    const { scheduler, runner } = this.k;
    if (scheduler.interruptNest > 0) return true;
    scheduler.pick();
    return runner.running?.thread !== scheduler.current || runner.running.dead;
  }

  private readonly toR0 = (value: unknown): void => {
    if (typeof value === "number") this.cpu.r[0] = value | 0;
  };

  private resolve(n: number): Handler {
    const name = this.nameOf(n);
    if (name === undefined) throw new SoftwareInterrupt();
    const bound = this.find(name);
    this.contexts[n] = bound.context;
    const { call, proto } = bound.row;
    const converts = this.k.five && RESULTS.test(proto);
    const handler: Handler = converts ? forFive(call) : call;
    const { hooks, options } = this.k;
    return (this.handlers[n] =
      isCancellationPoint(name) && !options.compat404
        ? cancellable(name, handler, () => hooks.cancellation)
        : handler);
  }

  private trap(imm: number): boolean {
    const { k, cpu } = this;
    if (((cpu.r[15] - 4) | 0) !== (k.trap(imm) | 0)) {
      k.faults.pend(new SoftwareInterrupt());
    } else if (imm === Trap.Return || imm === Trap.ReturnToCaller) {
      k.runner.guestReturned();
    } else if (imm === Trap.ThreadExit) {
      k.exitThread();
    }
    return false;
  }
}
