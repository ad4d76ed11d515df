import {
  type Attempts,
  base,
  ScenarioError,
  type Scenario,
  type TestResult,
  testSteps,
} from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { active } from "./instruments.ts";
import { replayLine } from "./test-replay.ts";
import { TestFiles } from "./test-host.ts";
import type { TestRef } from "./test-discover.ts";

/** What decides how tests are run; goes to the other processes as JSON. */
export interface TestSettings extends Omit<Attempts, "replay" | "pause" | "begins"> {
  readonly wall: boolean;
  /** Options of the command line that decide how a test goes, for the line that repeats it. */
  readonly again: readonly string[];
}

/** A test that was read, or why it cannot be. */
export interface Loaded {
  readonly ref: TestRef;
  readonly scenario: Scenario | undefined;
  readonly files: TestFiles;
  readonly problem?: TestResult;
}

export function load(ref: TestRef, firmware: Uint8Array): Loaded {
  const files = new TestFiles(ref, firmware);
  if (ref.damaged !== undefined)
    return { ref, files, scenario: undefined, problem: unusable(ref, damagedImage(ref.damaged)) };
  try {
    return { ref, files, scenario: files.scenario() };
  } catch (error) {
    if (!(error instanceof ScenarioError || error instanceof UserError)) throw error;
    return { ref, files, scenario: undefined, problem: unusable(ref, error) };
  }
}

function damagedImage(why: string): UserError {
  const fix =
    "rtt-sim disk fsck says what is wrong; an image that is a scenario's disk has no tests";
  return new UserError(ExitCode.BadData, `the tests of this image cannot be read: ${why}`, fix);
}

function unusable(ref: TestRef, error: ScenarioError | UserError): TestResult {
  const problems =
    error instanceof ScenarioError
      ? error.problems.map(({ line, column, message, fix }) => ({
          kind: "scenario" as const,
          line,
          message: `${ref.id}:${line}:${column}: ${message}`,
          details: fix ? `fix: ${fix}` : undefined,
        }))
      : [{ kind: "scenario" as const, message: error.message, details: error.hint }];
  return { ...base(ref.id, undefined), status: "failed", failures: problems };
}

/** Runs a test in this process. */
export function execute(test: Loaded, settings: TestSettings): TestResult {
  const steps = executeSteps(test, settings);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, giving way where `pause` says. */
export function* executeSteps(
  test: Loaded,
  settings: TestSettings,
  pause?: () => boolean,
): Generator<void, TestResult> {
  const { ref, scenario, files, problem } = test;
  if (scenario === undefined) return problem!;
  const started = performance.now();
  let result: TestResult;
  let schedule: number | undefined;
  const begins = (seed: number | undefined): void => void (schedule = seed);
  try {
    const options = { ...attempts(test, settings), pause, begins };
    result = yield* testSteps(ref.id, scenario, files, options);
  } catch (error) {
    result = broken(test, error, schedule, settings);
  }
  const wall = Number((performance.now() - started).toFixed(3));
  return settings.wall ? { ...result, wall } : result;
}

/** Names of errors that are not the test's: a firmware that cannot be used, and a debugger that ends the run or begins it again. */
const PASSING = new Set(["FirmwareError", "Leave"]);

/** A defect of ours fails the test that met it, and takes neither the others nor the reports along. Throws what is no defect. */
function broken(
  { ref, scenario }: Loaded,
  error: unknown,
  seed: number | undefined,
  { again }: TestSettings,
): TestResult {
  const ours = error instanceof Error && !(error instanceof UserError);
  if (!ours || PASSING.has(error.name)) throw error;
  const details = ["this is a defect of rtt-sim, not of the test; please report it with the files"];
  if (seed !== undefined) details.push(`to replay it exactly: ${replayLine(ref, seed, again)}`);
  if (process.env.RTT_SIM_DEBUG) details.push(error.stack ?? "");
  const failure = {
    kind: "internal" as const,
    message: `internal error of rtt-sim: ${error.name}: ${error.message}`,
    details: details.join("\n"),
  };
  return { ...base(ref.id, scenario), status: "failed", failures: [failure], seed };
}

function attempts({ ref }: Loaded, settings: TestSettings): Omit<Attempts, "pause" | "begins"> {
  const replay = (_: string, seed: number): string => replayLine(ref, seed, settings.again);
  return { ...settings, instrument: active.instrument, replay };
}
