import { count, countNotRun, type SuiteResult, type TestResult } from "../result.ts";
import { failureText, harmless, harmlessLine } from "./common.ts";

/** Workflow commands of GitHub Actions: an annotation at the scenario's line for each failure, and one that sums up. */
export function githubReport({ tests, endedBy }: SuiteResult): string {
  const lines = tests.flatMap((test) => annotations(test));
  const failed = count(tests, "failed");
  const notRun = countNotRun(tests);
  const left = notRun > 0 ? `, ${notRun} not run` : "";
  const end = endedBy === undefined ? "" : `, ended by ${endedBy}`;
  const text = `${count(tests, "passed")} passed, ${failed} failed, ${count(tests, "skipped") - notRun} skipped${left}${end}`;
  lines.push(
    `::${failed > 0 || endedBy !== undefined ? "error" : "notice"} title=rtt-sim test::${data(text)}`,
  );
  return `${lines.join("\n")}\n`;
}

function annotations({ id, name, status, failures }: TestResult): string[] {
  if (status !== "failed") return [];
  // What is inside a disk image has no place in the repository.
  const file = id.replace(/:\/.*$/, "");
  return failures.map((failure) => {
    const line = failure.line === undefined ? "" : `,line=${failure.line}`;
    return `::error file=${property(file)}${line},title=${property(harmlessLine(name))}::${data(harmless(failureText(failure)))}`;
  });
}

const data = (text: string): string =>
  text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

const property = (text: string): string => data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
