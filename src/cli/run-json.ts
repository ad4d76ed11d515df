import type { Verdict } from "../machine/driver.ts";
import { Observer } from "../smoke/observer.ts";
import { writeAll } from "./output.ts";

export function newObserver(): Observer {
  return new Observer();
}

/** How a run came to its end. */
interface RunEnd {
  readonly verdict?: Verdict;
  /** Exit code of the signal that ended it before. */
  readonly endedBy?: number;
  readonly module: string;
  /** Host milliseconds. */
  readonly wall: number;
  /** Files that --out copied. */
  readonly saved: readonly string[];
}

/** `run --json`: one object on stdout, with what the guest printed in it; times in nanoseconds unless they say otherwise. */
export function printRunReport(
  observer: Observer,
  { verdict = "done", endedBy, module, wall, saved }: RunEnd,
): number {
  const reached = observer.figures(verdict);
  observer.explain(verdict);
  const figures =
    endedBy === undefined
      ? reached
      : { ...reached, result: "signal", exitCode: endedBy, value: null };
  const report = {
    module,
    result: figures.result,
    exitCode: figures.exitCode,
    value: figures.value,
    simulatedNanoseconds: figures.ran,
    wallMilliseconds: Number(wall.toFixed(3)),
    instructions: figures.instructions,
    heap: {
      before: figures.heapBefore,
      maximum: figures.heapMaximum,
    },
    stacks: figures.stacks,
    leaks: figures.leaks,
    faults: figures.faults,
    output: observer.since(),
    messages: observer.messages,
    saved,
  };
  writeAll(1, new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
  return figures.exitCode;
}
