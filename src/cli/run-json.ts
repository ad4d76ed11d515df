import type { Verdict } from "../machine/driver.ts";
import { Observer } from "../smoke/observer.ts";
import { writeAll } from "./output.ts";

export function newObserver(): Observer {
  return new Observer();
}

/** `run --json`: one object on stdout, with what the guest printed in it; times in nanoseconds unless they say otherwise. */
export function printRunReport(
  observer: Observer,
  verdict: Verdict,
  module: string,
  wallMs: number,
  saved: readonly string[],
): number {
  const figures = observer.figures(verdict);
  observer.explain(verdict);
  const report = {
    module,
    result: figures.result,
    exitCode: figures.exitCode,
    value: figures.value,
    simulatedNanoseconds: figures.ran,
    wallMilliseconds: Number(wallMs.toFixed(3)),
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
