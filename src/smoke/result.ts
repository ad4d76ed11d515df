import type { Verdict } from "../machine/mod.ts";

/** Why a test failed. */
export type FailureKind =
  | "exit"
  | "output"
  | "message"
  | "file"
  | "transcript"
  | "budget"
  | "leak"
  | "unit"
  | "deadlock"
  | "timeout"
  | "schedule"
  | "flaky"
  | "scenario"
  | "disk"
  | "internal";

export interface Failure {
  readonly kind: FailureKind;
  /** One line. */
  readonly message: string;
  /** Further lines, for instance a report. */
  readonly details?: string;
  /** Where in the scenario, counted from 1. */
  readonly line?: number;
}

/** A unit of RT-Thread's utest inside a test. */
export interface Unit {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** What its assertions said. */
  readonly messages: readonly string[];
}

/** One thread; several may have one name. */
export interface StackUse {
  readonly thread: string;
  /** Bytes at the worst moment. */
  readonly used: number;
  readonly size: number;
}

export interface Leak {
  readonly module: string;
  readonly things: readonly string[];
}

/** What went wrong, with all that is known of it (debug/json.ts): plain data. */
export interface Incident extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly title: string;
  /** As it is on stderr. */
  readonly text: string;
}

/** What a run of a machine came to; all of it the same on every computer, but `wall`. */
export interface Figures {
  readonly verdict: Verdict;
  /** How the last program ended: returned, exit, fault, refused... */
  readonly result: string;
  readonly exitCode: number;
  /** What `main` returned, exit() was given, or the line for msh came to; null: it came to neither. */
  readonly value: number | null;
  /** Simulated nanoseconds from boot, and from the start of the first program. */
  readonly nanoseconds: number;
  readonly ran: number;
  readonly instructions: number;
  /** Bytes: highest use since boot, and use before the first program. */
  readonly heapMaximum: number;
  readonly heapBefore: number;
  readonly stacks: readonly StackUse[];
  readonly leaks: readonly Leak[];
  readonly faults: readonly Incident[];
  readonly outputBytes: number;
}

export interface TestResult {
  /** Path of the file as it was given, with what is inside a disk image after a colon. */
  readonly id: string;
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  readonly reason?: string;
  /** Nobody wanted it skipped: the run ended before its turn, or in the middle of it. */
  readonly notRun?: boolean;
  readonly tags: readonly string[];
  readonly failures: readonly Failure[];
  readonly units: readonly Unit[];
  /** What the guest printed, and what the simulator said. */
  readonly output: string;
  readonly messages: string;
  readonly figures?: Figures;
  /** The schedule it failed under, when that is not the board's. */
  readonly seed?: number;
  /** How many schedules were tried. */
  readonly schedules?: number;
  /** New contents of transcripts by path, under --update. */
  readonly recorded?: readonly { readonly path: string; readonly text: string }[];
  /** Host milliseconds; only when asked for. */
  readonly wall?: number;
}

export interface SuiteResult {
  readonly tests: readonly TestResult[];
  readonly version: string;
  readonly seed?: number;
  readonly shard?: string;
  /** The signal that ended the run before all tests were done. */
  readonly endedBy?: string;
  /** Host milliseconds; only when asked for. */
  readonly wall?: number;
}

/** Tests that the run did not come to; `count` has them among the skipped. */
export function countNotRun(tests: readonly TestResult[]): number {
  return tests.filter(({ notRun }) => notRun).length;
}

export function count(tests: readonly TestResult[], status: TestResult["status"]): number {
  return tests.filter((test) => test.status === status).length;
}
