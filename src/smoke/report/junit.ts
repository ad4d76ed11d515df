import type { SuiteResult, TestResult, Unit } from "../result.ts";
import { failureText, folderOf, millis } from "./common.ts";

/**
 * JUnit XML as Jenkins' junit-10.xsd, GitHub actions and GitLab read it: a suite for each folder, a case for each test and for each
 * unit of utest. `time` is simulated, or the host's under --wall. No date and no host name: equal inputs make equal reports.
 */
export function junitReport(suite: SuiteResult): string {
  const folders = Map.groupBy(suite.tests, ({ id }) => folderOf(id));
  const suites = [...folders].map(([folder, tests]) => suiteElement(folder, tests));
  const all = totals(suite.tests);
  const { endedBy } = suite;
  if (endedBy !== undefined) suites.push(endElement(endedBy));
  const ends = Number(endedBy !== undefined);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rtt-sim" tests="${all.tests + ends}" failures="${all.failures}" errors="${all.errors + ends}" time="${all.time}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

/** A run that was ended is not one that passed: a case of its own says so, as there is no attribute for it. */
function endElement(signal: string): string {
  const what = quoted(`ended by ${signal}`);
  return [
    '  <testsuite name="rtt-sim" tests="1" failures="0" errors="1" skipped="0" time="0.000000">',
    '    <testcase classname="rtt-sim" name="the run" time="0.000000">',
    `      <error type="signal" message=${what}/>`,
    "    </testcase>",
    "  </testsuite>",
  ].join("\n");
}

interface Totals {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly time: string;
}

function totals(tests: readonly TestResult[]): Totals {
  const units = tests.flatMap((test) => test.units);
  const of = (list: readonly { status: string }[], status: string): number =>
    list.filter((entry) => entry.status === status).length;
  const errors = tests.filter(isError).length;
  return {
    tests: tests.length + units.length,
    failures: of(tests, "failed") + of(units, "failed") - errors,
    errors,
    skipped: of(tests, "skipped") + of(units, "skipped"),
    time: seconds(tests.reduce((sum, test) => sum + millis(test), 0)),
  };
}

/** A defect of the simulator is no verdict about the test. */
function isError({ failures: [first] }: TestResult): boolean {
  return first?.kind === "internal";
}

function attributes({ tests, failures, errors, skipped, time }: Totals): string {
  return `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${time}"`;
}

function suiteElement(folder: string, tests: readonly TestResult[]): string {
  return [
    `  <testsuite name=${quoted(folder)} ${attributes(totals(tests))}>`,
    ...tests.flatMap((test) => [
      ...test.units.map((unit) => unitElement(test, unit)),
      testElement(test),
    ]),
    "  </testsuite>",
  ].join("\n");
}

function testElement(test: TestResult): string {
  const lines = [
    `    <testcase classname=${quoted(test.id)} name=${quoted(test.name)} time="${seconds(millis(test))}">`,
  ];
  if (test.status === "skipped")
    lines.push(`      <skipped message=${quoted(test.reason ?? "")}/>`);
  if (test.status === "failed") {
    const [first] = test.failures;
    const element = isError(test) ? "error" : "failure";
    lines.push(
      `      <${element} type=${quoted(first.kind)} message=${quoted(first.message)}>${escaped(
        test.failures.map((failure) => failureText(failure, test.id)).join("\n"),
      )}</${element}>`,
    );
  }
  if (test.output !== "") lines.push(`      <system-out>${escaped(test.output)}</system-out>`);
  if (test.messages !== "") lines.push(`      <system-err>${escaped(test.messages)}</system-err>`);
  lines.push("    </testcase>");
  return lines.join("\n");
}

function unitElement(test: TestResult, { name, status, messages }: Unit): string {
  const head = `    <testcase classname=${quoted(test.id)} name=${quoted(name)} time="0.000000">`;
  if (status === "passed") return head.replace(/>$/, "/>");
  const inner =
    status === "skipped"
      ? "      <skipped/>"
      : `      <failure type="unit" message=${quoted(messages[0] ?? "failed")}>${escaped(messages.join("\n"))}</failure>`;
  return `${head}\n${inner}\n    </testcase>`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(6);

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text of an element; characters that XML 1.0 (2.2) does not have are shown as a replacement character. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter])
    .replace(/\r/g, "&#13;")
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/gu, "\ufffd");
}

/** An attribute with its quotes. */
function quoted(text: string): string {
  return `"${escaped(text).replace(/\n/g, "&#10;").replace(/\t/g, "&#9;")}"`;
}
