/** Reports about what went wrong in the guest. */
import type { CpuFault } from "../cpu/types.ts";
import { type Kernel, nameText } from "../kernel/mod.ts";
import { callbackOf } from "./callback.ts";
import { makeReport } from "./fault-report.ts";
import { viewOf } from "./machine-view.ts";
import type { MachineView, ReportParts, ThreadView } from "./view.ts";
import type { Report } from "./report.ts";

export { backtrace, type Frame } from "./backtrace.ts";
export { makeReport } from "./fault-report.ts";
export { viewOf } from "./machine-view.ts";
export type { MachineView, ReportParts } from "./view.ts";
export type { Incident, Report } from "./report.ts";
export { busyReport, deadlockReport } from "./standstill.ts";
export { reportObject } from "./json.ts";
export { standstillObject, threadTraces } from "./thread-traces.ts";
export { callsOf } from "./callback.ts";
export { CALLERS, CALLERS_OFFSET, withTraps } from "./trap-symbols.ts";
export { collectWaits, waiting, type Waits } from "./waits.ts";

/** A stack pointer this far below the stack came there by using it up; farther away it was overwritten. */
const OVERRUN_MAX = 0x100000;

/** A CPU fault in a thread; call it from KernelHooks.fault, while the registers are those of the fault. */
export function faultReport(parts: ReportParts, fault: CpuFault, thread: number): Report {
  const view = viewOf(parts);
  const current = whatRuns(parts, view, thread);
  const guarded = guardedThread(fault);
  const sp = view.registers[13];
  const below = sp < current.stackStart && sp > current.stackStart - OVERRUN_MAX;
  if (guarded === thread || below)
    return makeReport(view, { kind: "stack overflow", fault }, current);
  const guard: ThreadView | undefined = guarded ? view.thread(guarded) : undefined;
  return makeReport(view, { kind: "fault", fault, guard }, current);
}

/** A stack overflow that the kernel found at a switch. */
export function overflowReport(parts: ReportParts, thread: number): Report {
  const view = viewOf(parts);
  return makeReport(view, { kind: "stack overflow" }, view.thread(thread));
}

/** RT_ASSERT failed. */
export function assertionReport(
  parts: ReportParts,
  failed: { expression: string; fn: string; line: number },
  thread: number,
): Report {
  const view = viewOf(parts);
  return makeReport(view, { kind: "assertion", ...failed }, whatRuns(parts, view, thread));
}

/** The function `by` of the kernel met a header of the heap that was overwritten. */
export function heapReport(parts: ReportParts, header: number, by: string, thread: number): Report {
  const view = viewOf(parts);
  const incident = { kind: "heap corruption", header, by } as const;
  return makeReport(view, incident, whatRuns(parts, view, thread));
}

/** The kernel met data of its own that was overwritten. */
export function kernelReport(parts: ReportParts, message: string, thread: number): Report {
  const view = viewOf(parts);
  return makeReport(view, { kind: "kernel corruption", message }, whatRuns(parts, view, thread));
}

/** abort() was called. */
export function abortReport(parts: ReportParts, thread: number): Report {
  const view = viewOf(parts);
  return makeReport(view, { kind: "abort" }, whatRuns(parts, view, thread));
}

/** The thread, or the callback that runs instead of it. */
function whatRuns(parts: ReportParts, view: MachineView, thread: number): ThreadView {
  const own = view.thread(thread);
  const callback = callbackOf(parts.kernel as Kernel, thread);
  if (!callback) return own;
  const { owner, code, stack, text } = callback;
  const module = parts.loader.module(owner);
  const at = module ?? parts.loader.whereIs(code & ~1);
  const runs = module?.name ?? (at && "module" in at ? at.module : undefined);
  const used = stack ? stack.stackStart + stack.stackSize - view.registers[13] : own.stackMax;
  return {
    address: thread,
    name: own.name,
    stackStart: own.stackStart,
    stackSize: own.stackSize,
    ...stack,
    stackMax: Math.max(0, used),
    module: runs === undefined ? undefined : nameText(runs),
    modulePath: at && nameText(at.path),
    isMain: stack ? false : own.isMain,
    callback: { text, interrupt: stack !== undefined },
  };
}

/** The thread whose stack guard was hit. */
function guardedThread({ guard }: CpuFault): number | undefined {
  return (guard as { thread?: number } | undefined)?.thread;
}
