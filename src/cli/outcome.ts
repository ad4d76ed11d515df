import type { Machine } from "../machine.ts";
import { codeOf, explanation } from "../machine/verdict.ts";
import type { Verdict } from "./driver.ts";
import { writeAll } from "./output.ts";
import { visibleLines } from "../text/mod.ts";

/** A message of the simulator itself; guest output never goes through here. */
export function message(text: string): void {
  say(`rtt-sim: ${visibleLines(text)}\n`);
}

function say(text: string): void {
  try {
    writeAll(2, new TextEncoder().encode(text));
  } catch {
    // Nobody reads our stderr: the exit code has to say it alone.
  }
}

/** Exit code of a headless run, with a message on stderr where the code needs one. */
export function exitCodeOf(verdict: Verdict, machine: Machine): number {
  const text = explanation(verdict, machine);
  if (text !== undefined) message(text);
  return codeOf(verdict, machine);
}

/** `--stats`. */
export function printStats(machine: Machine): void {
  const lines = Object.entries(machine.counters()).map(
    ([name, value]) => `  ${name.padEnd(26)}${value}\n`,
  );
  const { translation } = machine.cpu.stats;
  // The only figure that is not the same in every run.
  if (translation?.regions)
    lines.push(`  ${"translation".padEnd(26)}${translation.milliseconds.toFixed(1)} ms\n`);
  say(`rtt-sim: counters\n${lines.join("")}`);
}
