import { base, type TestResult } from "../smoke/mod.ts";
import type { Loaded } from "./test-run.ts";

/**
 * A result for every test. One that has none was not run, and with `bail` whatever comes after the first failure does not count: several
 * processes may have come further than one.
 */
export function withRest(
  tests: readonly Loaded[],
  results: readonly (TestResult | undefined)[],
  bail: boolean,
  endedBy: string | undefined,
): TestResult[] {
  const failed = bail ? results.findIndex((result) => result?.status === "failed") : -1;
  return tests.map(({ ref, scenario }, n) => {
    const result = results[n];
    const cut = failed >= 0 && n > failed;
    if (result !== undefined && !cut) return result;
    const why = cut ? `--bail, and ${tests[failed].ref.id} failed` : `ended by ${endedBy}`;
    return {
      ...base(ref.id, scenario),
      status: "skipped",
      reason: `not run: ${why}`,
      notRun: true,
    };
  });
}
