import type { Machine } from "../machine.ts";
import type { Verdict } from "./driver.ts";
import { ExitCode } from "./exit-codes.ts";
import { writeAll } from "./output.ts";

/** A message of the simulator itself; guest output never goes through here. */
export function message(text: string, end = "\n"): void {
  writeAll(2, new TextEncoder().encode(`rtt-sim: ${text}${end}`));
}

/** Exit code of a headless run, with a message on stderr where the code needs one. */
export function exitCodeOf(verdict: Verdict, machine: Machine): number {
  switch (verdict) {
    case "timeout":
      message(
        `time-out: the run did not end within its simulated time (tick ${machine.kernel.tick})\n  running: ${running(machine)}\n  a longer limit: --timeout 10m`,
      );
      return ExitCode.Timeout;
    case "wall-timeout":
      message(
        `time-out: the run did not end within --wall-timeout\n  running: ${running(machine)}`,
      );
      return ExitCode.Timeout;
    case "deadlock":
      message(`deadlock: nothing can ever run again\n${machine.waitReport()}`);
      return ExitCode.Deadlock;
    case "halted":
      return machine.outcome.code === ExitCode.Fault ? ExitCode.Fault : ExitCode.Aborted;
    case "done":
      return machine.diskUsable ? machine.outcome.code : ExitCode.BadData;
  }
}

function running(machine: Machine): string {
  const names = machine.loader.modules().map((module) => module.name);
  return names.length > 0 ? names.join(", ") : "no module";
}

/** `--stats`. */
export function printStats(machine: Machine): void {
  const lines = Object.entries(machine.counters()).map(
    ([name, value]) => `  ${name.padEnd(26)}${value}\n`,
  );
  writeAll(2, new TextEncoder().encode(`rtt-sim: counters\n${lines.join("")}`));
}
