import type { EndEvent, HowEnded, Loader } from "../dlmodule/mod.ts";

/** How the last program or command ended. */
export interface ModuleOutcome {
  readonly kind: HowEnded | "refused" | "not found" | "command" | "leaks";
  /** Name or path; empty before anything ran. */
  readonly name: string;
  /** What it returned or gave to exit(). */
  readonly value: number;
}

/** Codes with a meaning of their own; the same numbers as shells use for signals. */
const REFUSED = 126;
const NOT_FOUND = 127;
const ABORTED = 134;
const LEAKS = 138;
const FAULT = 139;

/** The exit code of a process that did what the outcome says. */
export function exitCode({ kind, value }: ModuleOutcome): number {
  switch (kind) {
    case "refused":
      return REFUSED;
    case "not found":
      return NOT_FOUND;
    case "abort":
    case "assert":
      return ABORTED;
    case "leaks":
      return LEAKS;
    case "fault":
    case "stack overflow":
      return FAULT;
    default:
      return value & 0xff;
  }
}

/** Follows the loader's events: the outcome is that of the program that was started last. */
export class Outcomes {
  last: ModuleOutcome = { kind: "command", name: "", value: 0 };
  private newest = 0;

  constructor(
    loader: Loader,
    /** Called whenever the outcome may have changed. */
    private readonly changed: () => void,
    /** A program that leaves something behind has failed. */
    private readonly strict = false,
  ) {
    loader.onStart(({ address }) => {
      this.newest = address;
    });
    loader.onEnd((event) => this.ended(event));
    loader.onRefused(({ path }) => this.set({ kind: "refused", name: path, value: -1 }));
  }

  set(outcome: ModuleOutcome): void {
    this.last = outcome;
    this.changed();
  }

  private ended({ how, name, address, code, left }: EndEvent): void {
    const kind = this.strict && left > 0 ? "leaks" : how;
    if (address === this.newest) this.last = { kind, name, value: code };
    this.changed();
  }
}
