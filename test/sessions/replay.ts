import { type Difference, listed, type Mode } from "./differences.ts";
import { comparable, withoutDoubleEcho } from "./masks.ts";
import type { Session, Step } from "./sessions.ts";
import { Typist } from "./typist.ts";

export interface ReplayedStep {
  /** Number and typed text, as the list of differences names it. */
  readonly label: string;
  /** Recorded and received text, masked. */
  readonly recorded: string;
  readonly received: string;
  /** What the list says about it. */
  readonly difference: Difference | undefined;
}

/** Types a session at a machine. */
export function replay(session: Session, mode: Mode): ReplayedStep[] {
  const differences = listed(session.name, mode);
  const typist = new Typist(session.card(), { compat404: mode === "compat" });
  try {
    return session.steps.map((step, i) => {
      const received = i === 0 ? typist.boot(step.pace) : typist.type(step.typed, step.pace);
      const recorded =
        mode === "compat" ? step.received : withoutDoubleEcho(step.received, step.typed);
      const label = labelOf(step, i);
      return {
        label,
        recorded: comparable(recorded),
        received: comparable(received),
        difference: differences.get(label),
      };
    });
  } finally {
    typist.close();
  }
}

export function labelOf(step: Step, index: number): string {
  return `${index} ${JSON.stringify(step.typed.replace(/\r$/, "")).slice(1, -1)}`.trimEnd();
}
