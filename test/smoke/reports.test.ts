/** The reports: files in golden/ that were read by people, and parsers that others wrote. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Parser, type Result } from "tap-parser";
import { validateXML } from "xmllint-wasm";
import {
  type Figures,
  githubReport,
  jsonReport,
  junitReport,
  type SuiteResult,
  tapReport,
  type TestResult,
  textReport,
} from "../../src/smoke/mod.ts";

setDefaultTimeout(60_000);

const golden = (name: string): string =>
  readFileSync(join(import.meta.dir, "golden", name), "utf8");
const SCHEMA = readFileSync(join(import.meta.dir, "junit.xsd"), "utf8");

const figures: Figures = {
  verdict: "done",
  result: "returned",
  exitCode: 0,
  value: 0,
  nanoseconds: 5_000_000,
  ran: 1_234_500,
  instructions: 4321,
  heapMaximum: 50_000,
  heapBefore: 12_876,
  stacks: [{ thread: "app", used: 232, size: 32_768 }],
  leaks: [],
  faults: [],
  outputBytes: 13,
};
const nothing: Omit<TestResult, "id" | "name" | "status"> = {
  tags: [],
  failures: [],
  units: [],
  output: "",
  messages: "",
};

/** One test of each kind, with all that is difficult in texts. */
const SUITE: SuiteResult = {
  version: "1.2.3",
  tests: [
    {
      ...nothing,
      id: "tests/app.mo",
      name: "tests/app.mo",
      status: "passed",
      output: "Hello, world\n",
      figures,
    },
    {
      ...nothing,
      id: "tests/bad.smoke.toml",
      name: 'says <"&"> #1',
      status: "failed",
      seed: 5,
      tags: ["fast"],
      failures: [
        {
          kind: "output",
          message: 'the output does not contain "a,b: 100%"',
          line: 7,
        },
        {
          kind: "leak",
          message: "1 thing left behind, 0 allowed",
          details: "/bad.mo: 1 heap block",
        },
      ],
      output: "\x1b[31mred\x1b[0m\0 ]]> & caf\u00e9\r\nnext",
      messages: "data abort in thread bad",
      // As after a fault: main did not return.
      figures: { ...figures, ran: 2_000_000, result: "fault", exitCode: 139, value: null },
    },
    {
      ...nothing,
      id: "tests/later.smoke.toml",
      name: "tests/later.smoke.toml",
      status: "skipped",
      reason: "needs # a board",
    },
    {
      ...nothing,
      id: "disk.img:/tests/units.mo",
      name: "disk.img:/tests/units.mo",
      status: "failed",
      failures: [{ kind: "unit", message: "a: two failed", details: "msg: (1 == 2)" }],
      units: [
        { name: "a: one", status: "passed", messages: [] },
        { name: "a: two", status: "failed", messages: ["msg: (1 == 2)"] },
        { name: "a: three", status: "skipped", messages: [] },
      ],
      figures: { ...figures, ran: 500_000 },
    },
  ],
};

test("junit", async () => {
  const xml = junitReport(SUITE);
  expect(xml).toBe(golden("report.xml"));
  const { valid, errors } = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [{ fileName: "junit.xsd", contents: SCHEMA }],
  });
  expect(errors).toEqual([]);
  expect(valid).toBe(true);
});

test("the schema refuses what is no JUnit", async () => {
  const wrong = junitReport(SUITE).replace("<skipped ", "<left-out ");
  const { valid } = await validateXML({
    xml: [{ fileName: "report.xml", contents: wrong }],
    schema: [{ fileName: "junit.xsd", contents: SCHEMA }],
  });
  expect(valid).toBe(false);
});

test("tap", () => {
  const tap = tapReport(SUITE);
  expect(tap).toBe(golden("report.tap"));
  const points: Result[] = [];
  const units: Result[] = [];
  const parser = new Parser({ strict: true }, (results) => {
    expect(results).toMatchObject({ ok: false, count: 4, pass: 2, fail: 2, skip: 1 });
    expect(results.failures.filter(({ tapError }) => tapError)).toEqual([]);
  });
  parser.on("assert", (point: Result) => points.push(point));
  parser.on("child", (child: Parser) => child.on("assert", (unit: Result) => units.push(unit)));
  parser.end(tap);
  expect(points.map(({ name }) => name)).toEqual([
    "tests/app.mo",
    'tests/bad.smoke.toml: says <"&"> #1',
    "tests/later.smoke.toml",
    "disk.img:/tests/units.mo",
  ]);
  expect(points[0].diag).toMatchObject({ output: "Hello, world\n" });
  expect(points[1].diag).toMatchObject({
    seed: 5,
    output: SUITE.tests[1].output,
    failures: SUITE.tests[1].failures,
  });
  expect(points[2].skip).toBe("needs # a board");
  expect(units.map(({ ok, name }) => `${ok} ${name}`)).toEqual([
    "true a: one",
    "false a: two",
    "true a: three",
  ]);
});

test("json", () => {
  const json = jsonReport(SUITE);
  expect(json).toBe(golden("report.json.golden"));
  const report = JSON.parse(json);
  expect(report.summary).toEqual({ tests: 4, passed: 1, failed: 2, skipped: 1, units: 3 });
  expect(report.tests).toEqual(JSON.parse(JSON.stringify(SUITE.tests)));
});

/** What the runner of GitHub Actions makes of a line, by its documentation of workflow commands. */
function command(line: string) {
  const [, name, properties, data] = /^::(\w+) (.*?)::(.*)$/.exec(line)!;
  const unescape = (text: string): string =>
    text
      .replace(/%0D/g, "\r")
      .replace(/%0A/g, "\n")
      .replace(/%3A/g, ":")
      .replace(/%2C/g, ",")
      .replace(/%25/g, "%");
  const pairs = properties.split(",").map((pair) => {
    const [key, ...value] = pair.split("=");
    return [key, unescape(value.join("="))];
  });
  return { name, data: unescape(data), ...Object.fromEntries(pairs) };
}

test("github", () => {
  const text = githubReport(SUITE);
  expect(text).toBe(golden("report.github"));
  const commands = text.trimEnd().split("\n").map(command);
  expect(commands[0]).toEqual({
    name: "error",
    file: "tests/bad.smoke.toml",
    line: "7",
    title: 'says <"&"> #1',
    data: 'the output does not contain "a,b: 100%"',
  });
  expect(commands[1].data).toBe("1 thing left behind, 0 allowed\n  /bad.mo: 1 heap block");
  expect(commands[2].file).toBe("disk.img");
  expect(commands.at(-1)).toEqual({
    name: "error",
    title: "rtt-sim test",
    data: "1 passed, 2 failed, 1 skipped",
  });
});

test("text", () => {
  expect(textReport(SUITE)).toBe(golden("report.txt"));
});
