import { codeOf, type Machine, type Verdict } from "../machine/mod.ts";
import type { Failure } from "./result.ts";
import type { Step } from "./scenario.ts";

/** Exit codes of runs that did not end by themselves. */
const TIMED_OUT = 124;
const DEADLOCKED = 140;

/** Time-out, not loadable, abort, fault, deadlock: what no test expects that does not say so. */
const CRASHES = new Set([TIMED_OUT, 126, 134, 139, DEADLOCKED]);

/** How `what` ended, held against the exit code that is wanted; without one any will do that is no crash. */
export function judgeExit(
  machine: Machine,
  verdict: Verdict,
  wanted: Step["exit"],
  what: string,
): Failure[] {
  // A disk that is not usable is for the test to say.
  const code = verdict === "done" ? machine.outcome.code : codeOf(verdict, machine);
  const fine = wanted === undefined ? !CRASHES.has(code) : wanted === code;
  if (fine || wanted === "any") return [];
  const { reports, outcome } = machine;
  if (code === DEADLOCKED)
    return [
      {
        kind: "deadlock",
        message: `'${what}' never ends: nothing can ever run again`,
        details: withTraces(machine, reports.waiting()),
      },
    ];
  if (code === TIMED_OUT)
    return [
      {
        kind: "timeout",
        message: `'${what}' did not end in time`,
        details: withTraces(machine, reports.running()),
      },
    ];
  const { kind } = outcome;
  const how = kind === "returned" || kind === "exit" || kind === "command" ? "" : ` (${kind})`;
  return [
    {
      kind: "exit",
      message: `'${what}' ended with exit code ${code}${how}${wanted === undefined ? "" : `, not ${wanted}`}`,
    },
  ];
}

/** A report with where the threads of modules stand. */
function withTraces({ reports }: Machine, report: string): string {
  const traces = reports.threadTraces();
  return traces === "" ? report : `${report}\n${traces}`;
}
