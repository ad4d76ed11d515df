/** Reports about what went wrong in the guest. */
import type { CpuFault } from "../cpu/types.ts";
import { makeReport, type Report } from "./fault-report.ts";
import { type ReportParts, type ThreadView, viewOf } from "./machine-view.ts";

export { type Frame } from "./backtrace.ts";
export { type Incident, makeReport, type Report } from "./fault-report.ts";
export { type MachineView, type ReportParts, viewOf } from "./machine-view.ts";
export { waitReport } from "./wait-report.ts";

/** A CPU fault in a thread; call it from KernelHooks.fault, while the registers are those of the fault. */
export function faultReport(parts: ReportParts, fault: CpuFault, thread: number): Report {
  const view = viewOf(parts);
  const current = view.thread(thread);
  const guarded = (fault.guard as { kind?: string; thread?: number } | undefined)?.thread;
  if (guarded === thread) return makeReport(view, { kind: "stack overflow", fault }, current);
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
  return makeReport(view, { kind: "assertion", ...failed }, view.thread(thread));
}

/** abort() was called. */
export function abortReport(parts: ReportParts, thread: number): Report {
  const view = viewOf(parts);
  return makeReport(view, { kind: "abort" }, view.thread(thread));
}

/** One line when the thread ran into the guard of its own stack: KernelHooks.stackOverflow follows with the whole report. */
export function reportFault(parts: ReportParts, fault: CpuFault, thread: number): string {
  const { kind, title, text } = faultReport(parts, fault, thread);
  return kind === "stack overflow" ? title : text;
}
export const reportOverflow = (parts: ReportParts, thread: number): string =>
  overflowReport(parts, thread).text;
