import type { EndEvent, HowEnded, Loader } from "../dlmodule/mod.ts";

/** How the last program or command ended. */
export interface ModuleOutcome {
  readonly kind: HowEnded | "refused" | "not found" | "command" | "leaks" | "heap corruption";
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
    case "heap corruption":
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

/** Endings that are never taken for success, whichever module came to them. */
const BAD: ReadonlySet<ModuleOutcome["kind"]> = new Set([
  "abort",
  "assert",
  "heap corruption",
  "fault",
  "stack overflow",
  "leaks",
]);

/**
 * Follows the loader's events: the outcome is that of the program that the host or the shell started last, whatever programs that one
 * has started and files it could not load. A bad end of any other comes before a normal return of 0.
 */
export class Outcomes {
  private latest: ModuleOutcome = { kind: "command", name: "", value: 0 };
  private newest = 0;
  /** The first bad end of another module, or of a thread of none, since that program, or the line, began. */
  private bad: ModuleOutcome | undefined;

  constructor(
    loader: Loader,
    /** struct rt_dlmodule of the program whose thread runs; 0: a thread of the system. */
    private readonly caller: () => number,
    /** Called whenever the outcome may have changed. */
    private readonly changed: () => void,
    /** A program that leaves something behind has failed. */
    private readonly strict = false,
  ) {
    loader.onStart(({ address }) => {
      if (this.caller() === 0) this.newest = address;
    });
    loader.onEnd((event) => this.ended(event));
    loader.onRefused(({ path }) => {
      if (this.caller() === 0) this.setLast({ kind: "refused", name: path, value: -1 });
    });
  }

  get last(): ModuleOutcome {
    const { latest, bad } = this;
    const fine = !BAD.has(latest.kind) && exitCode(latest) === 0;
    return bad && fine ? bad : latest;
  }

  /** The outcome of something new. */
  set(outcome: ModuleOutcome): void {
    this.bad = undefined;
    this.newest = 0;
    this.setLast(outcome);
  }

  /** What came of a line that has started no program. */
  command(outcome: ModuleOutcome): void {
    if (this.latest.kind === "command") this.setLast(outcome);
  }

  setLast(outcome: ModuleOutcome): void {
    this.latest = outcome;
    this.changed();
  }

  /** Something that belongs to no module has come to a bad end: no event of the loader will tell. */
  failed(outcome: ModuleOutcome): void {
    this.bad ??= outcome;
    this.changed();
  }

  private ended({ how, name, address, code, left, damaged }: EndEvent): void {
    const worse = damaged ? "heap corruption" : this.strict && left > 0 ? "leaks" : how;
    const kind = damaged && BAD.has(how) ? how : worse;
    const outcome: ModuleOutcome = { kind, name, value: code };
    if (address === this.newest) this.latest = outcome;
    else if (BAD.has(kind)) this.bad ??= outcome;
    this.changed();
  }
}
