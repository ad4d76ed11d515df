import { masked, withoutDoubleEcho } from "./masks.ts";
import type { Session, Step } from "./sessions.ts";
import { Typist } from "./typist.ts";

export type Mode = "compat" | "default";

/** A step that came out differently. */
export interface DifferentStep {
  /** Number and typed text, as the list of differences names it. */
  readonly label: string;
  readonly expected: string;
  readonly received: string;
}

/** Types a session at a machine; the steps whose masked text differs. */
export function replay(session: Session, mode: Mode): DifferentStep[] {
  const typist = new Typist(session.card(), { compat404: mode === "compat" });
  try {
    return session.steps.flatMap((step, i) => {
      const received = i === 0 ? typist.boot(step.pace) : typist.type(step.typed, step.pace);
      const expected =
        mode === "compat" ? step.received : withoutDoubleEcho(step.received, step.typed);
      const same = masked(received) === masked(expected);
      return same ? [] : [{ label: labelOf(step, i), expected, received }];
    });
  } finally {
    typist.close();
  }
}

export function labelOf(step: Step, index: number): string {
  return `${index} ${JSON.stringify(step.typed.replace(/\r$/, "")).slice(1, -1)}`.trimEnd();
}
