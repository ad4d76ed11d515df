import type { TestHost, TestOptions } from "./host.ts";
import { base, runOnce } from "./run-test.ts";
import type { Failure, TestResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";

export interface Attempts extends TestOptions {
  /** A schedule instead of the board's. */
  readonly seed?: number;
  /** How many schedules to try after the board's, and how many of the first were tried elsewhere. */
  readonly explore: number;
  readonly skip?: number;
  /** How often to run a failed test again: it must fail again in the same way. */
  readonly retry: number;
  /** Told before each run which schedule it has. */
  readonly begins?: (seed: number | undefined) => void;
  /** The command line that runs the same test under a schedule. */
  readonly replay: (id: string, seed: number) => string;
}

export const FIRST_SCHEDULE = 1;

type Running<T> = Generator<void, T>;
type Once = (seed: number | undefined) => Running<TestResult>;

/**
 * Runs a test as often as it is wanted; the result is that of the first run that failed, or of the last. Gives way where
 * `options.pause` says; a host that leaves it for good calls `return`.
 */
export function* testSteps(
  id: string,
  scenario: Scenario,
  host: TestHost,
  options: Attempts,
): Running<TestResult> {
  if (scenario.skip !== undefined)
    return { ...base(id, scenario), status: "skipped", reason: scenario.skip };
  const once: Once = (seed) => {
    options.begins?.(seed);
    return runOnce(id, scenario, host, options, seed);
  };
  const first = yield* once(options.seed);
  if (first.status === "failed") return yield* again(first, options.retry, once);
  if (options.explore > 0) return yield* explored(first, id, options, once);
  for (let n = 1; n < scenario.repeat; n++) {
    const next = yield* once(options.seed);
    const what = sameness(first, next);
    if (what !== undefined) return flaky(next, `repetition ${n + 1} of ${scenario.repeat}`, what);
  }
  return first;
}

/** A failure is a fact: repeated, it is the same. */
function* again(first: TestResult, times: number, once: Once): Running<TestResult> {
  for (let n = 0; n < times; n++) {
    const next = yield* once(first.seed);
    const what = sameness(first, next);
    if (what !== undefined) return flaky(first, `retry ${n + 1}`, what);
  }
  return first;
}

function* explored(
  board: TestResult,
  id: string,
  options: Attempts,
  once: Once,
): Running<TestResult> {
  const from = options.seed === undefined ? FIRST_SCHEDULE : options.seed + 1;
  const passes = options.seed === undefined ? "the board's own" : `schedule ${options.seed}`;
  const end = (options.skip ?? 0) + options.explore;
  for (let n = options.skip ?? 0; n < end; n++) {
    const seed = from + n;
    const result = yield* once(seed);
    if (result.status !== "failed") continue;
    const checked = yield* again(result, options.retry, once);
    const failure: Failure = {
      kind: "schedule",
      message: `schedule ${seed} is the first that fails, of ${n + 1} tried; ${passes} passes`,
      details: `to replay it exactly: ${options.replay(id, seed)}`,
    };
    return { ...checked, schedules: n + 1, failures: [failure, ...checked.failures] };
  }
  return { ...board, schedules: end };
}

/** What is different between two runs of one test; undefined: nothing, as it has to be. */
function sameness(a: TestResult, b: TestResult): string | undefined {
  if (a.output !== b.output) return "the output";
  if (JSON.stringify(a.failures) !== JSON.stringify(b.failures)) return "what failed";
  if (JSON.stringify(a.figures) !== JSON.stringify(b.figures)) return "the figures";
  return undefined;
}

function flaky(result: TestResult, which: string, what: string): TestResult {
  const failure: Failure = {
    kind: "flaky",
    message: `${which} differs in ${what} from the first run: this cannot be in virtual time`,
    details:
      "please report it with the test; --wall-timeout and --time real are the only known reasons",
  };
  return { ...result, status: "failed", failures: [failure, ...result.failures] };
}
