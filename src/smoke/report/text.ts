import { count, countNotRun, type SuiteResult, type TestResult } from "../result.ts";
import { failureText, harmless, harmlessLine, millis } from "./common.ts";

/** Lines of the output of a failed test that are shown. */
const OUTPUT_LINES = 20;
const LINE_CHARACTERS = 1000;

export interface Colours {
  readonly good: string;
  readonly bad: string;
  readonly dim: string;
  readonly off: string;
}
export const PLAIN: Colours = { good: "", bad: "", dim: "", off: "" };
export const ANSI: Colours = { good: "\x1b[32m", bad: "\x1b[31m", dim: "\x1b[2m", off: "\x1b[0m" };

/** For people: a line for each test, what failed below it, and a summary. */
export function textReport(suite: SuiteResult, colours: Colours = PLAIN): string {
  return suite.tests.map((test) => testText(test, colours)).join("") + summary(suite, colours);
}

/** One test as lines. */
export function testText(test: TestResult, { good, bad, dim, off }: Colours): string {
  const { status, units } = test;
  const [id, name, reason] = [test.id, test.name, test.reason ?? ""].map(harmlessLine);
  const label = name === id ? id : `${id}: ${name}`;
  const count = units.length > 0 ? `, ${counted(units.length, "unit")}` : "";
  const tried = test.schedules ? `, ${counted(test.schedules, "schedule")}` : "";
  const figures = `${dim}(${millis(test).toFixed(3)} ms${count}${tried})${off}`;
  // One line says it for all of them.
  if (test.notRun) return "";
  if (status === "skipped") return `${dim}skip  ${label}: ${reason}${off}\n`;
  if (status === "passed") return `${good}ok${off}    ${label} ${figures}\n`;
  const lines = [`${bad}FAIL${off}  ${label} ${figures}`];
  for (const failure of test.failures)
    lines.push(indented(harmless(failureText(failure, test.id))));
  if (test.output !== "") lines.push(...shown("output", test.output));
  if (test.messages !== "") lines.push(...shown("rtt-sim says", test.messages));
  return `${lines.join("\n")}\n`;
}

export function summary(
  { tests, shard, seed, endedBy, wall }: SuiteResult,
  colours: Colours,
): string {
  const failed = count(tests, "failed");
  const units = tests.reduce((sum, test) => sum + test.units.length, 0);
  const parts = [
    `${count(tests, "passed")} passed`,
    `${failed > 0 ? colours.bad : ""}${failed} failed${failed > 0 ? colours.off : ""}`,
  ];
  const notRun = countNotRun(tests);
  const skipped = count(tests, "skipped") - notRun;
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (notRun > 0) parts.push(`${notRun} not run`);
  if (units > 0) parts.push(`${counted(units, "unit")} of utest`);
  if (shard !== undefined) parts.push(`shard ${shard}`);
  if (seed !== undefined) parts.push(`schedule ${seed}`);
  if (endedBy !== undefined) parts.push(`ended by ${endedBy}`);
  if (wall !== undefined) parts.push(`${(wall / 1000).toFixed(2)} s`);
  return `\n${parts.join(", ")}\n`;
}

const indented = (text: string): string => text.replace(/^/gm, "      ");

function cut(line: string): string {
  const left = line.length - LINE_CHARACTERS;
  return left > 0 ? `${line.slice(0, LINE_CHARACTERS)}... ${left} more characters` : line;
}

function shown(title: string, text: string): string[] {
  const lines = harmless(text).replace(/\n$/, "").split("\n");
  const left = lines.length - OUTPUT_LINES;
  const some = left > 0 ? [`... ${left} lines before`, ...lines.slice(-OUTPUT_LINES)] : lines;
  return [`      ${title}:`, ...some.map((line) => `      | ${cut(line)}`)];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
