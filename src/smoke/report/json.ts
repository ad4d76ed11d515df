import { count, countNotRun, type SuiteResult } from "../result.ts";

/** Of the format, raised when a field changes its meaning. */
const FORMAT = 1;

/** Everything that is known, one object. */
export function jsonReport({ tests, version, seed, shard, endedBy, wall }: SuiteResult): string {
  const report = {
    format: FORMAT,
    tool: "rtt-sim",
    version,
    seed,
    shard,
    endedBy,
    wall,
    summary: {
      tests: tests.length,
      passed: count(tests, "passed"),
      failed: count(tests, "failed"),
      skipped: count(tests, "skipped"),
      // Among the skipped; only when there are any.
      notRun: countNotRun(tests) || undefined,
      units: tests.reduce((sum, { units }) => sum + units.length, 0),
    },
    tests: tests.map(({ recorded: _, ...test }) => test),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
