import type { Verdict } from "./driver.ts";
import type { Machine } from "./machine.ts";

const BAD_DATA = 65;
const TIMEOUT = 124;
const ABORTED = 134;
const FAULT = 139;
const DEADLOCK = 140;

/** Exit code of a headless run. */
export function codeOf(verdict: Verdict, machine: Machine): number {
  switch (verdict) {
    case "timeout":
    case "wall-timeout":
      return TIMEOUT;
    case "deadlock":
      return DEADLOCK;
    case "halted":
      return machine.outcome.code === FAULT ? FAULT : ABORTED;
    case "done":
      return machine.diskUsable ? machine.outcome.code : BAD_DATA;
  }
}

/** What there is to say about a run that did not end by itself, lines without a last line end. */
export function explanation(verdict: Verdict, machine: Machine): string | undefined {
  switch (verdict) {
    case "timeout":
      return `time-out: the run did not end within its simulated time (tick ${machine.kernel.tick})\n${machine.reports.running()}${traces(machine)}\n  a longer limit: --timeout 10m`;
    case "wall-timeout":
      return `time-out: the run did not end within --wall-timeout\n${machine.reports.running()}${traces(machine)}`;
    case "deadlock":
      return `deadlock: nothing can ever run again\n${machine.reports.waiting()}${traces(machine)}`;
    default:
      return undefined;
  }
}

/** The same as plain data (debug/json.ts). */
export function standstillOf(
  verdict: Verdict,
  machine: Machine,
): Record<string, unknown> | undefined {
  const text = explanation(verdict, machine);
  return text === undefined ? undefined : machine.reports.standstill(verdict, text);
}

/** A backtrace of each thread that a module has, on lines of its own. */
function traces(machine: Machine): string {
  const text = machine.reports.threadTraces();
  return text === "" ? "" : `\n${text}`;
}
