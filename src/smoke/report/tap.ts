import type { SuiteResult, TestResult, Unit } from "../result.ts";
import { harmless, millis } from "./common.ts";

/** TAP version 14 (testanything.org): units of utest are subtests, what failed is a YAML block of JSON values. */
export function tapReport({ tests, endedBy }: SuiteResult): string {
  const lines = ["TAP version 14", `1..${tests.length}`];
  for (const [n, test] of tests.entries()) {
    if (test.units.length > 0) lines.push(...subtests(test));
    lines.push(...point(n + 1, test));
  }
  if (endedBy !== undefined) lines.push(`Bail out! ended by ${endedBy}`);
  return `${lines.join("\n")}\n`;
}

function subtests({ id, units }: TestResult): string[] {
  const lines = [`# Subtest: ${escaped(id)}`, `    1..${units.length}`];
  for (const [n, { name, status, messages }] of units.entries()) {
    lines.push(`    ${verdict(status)} ${n + 1} - ${escaped(name)}${skip(status)}`);
    if (messages.length > 0) lines.push(...yaml({ messages }, "      "));
  }
  return lines;
}

function point(number: number, test: TestResult): string[] {
  const { id, name, status, reason } = test;
  const label = name === id ? escaped(id) : `${escaped(id)}: ${escaped(name)}`;
  const lines = [`${verdict(status)} ${number} - ${label}${skip(status, reason)}`];
  if (status === "skipped") return lines;
  const info: Record<string, unknown> = { duration_ms: Number(millis(test).toFixed(3)) };
  if (test.seed !== undefined) info.seed = test.seed;
  if (status === "failed") info.failures = test.failures;
  if (test.output !== "") info.output = test.output;
  if (test.messages !== "") info.messages = test.messages;
  return [...lines, ...yaml(info, "  ")];
}

const verdict = (status: Unit["status"]): string => (status === "failed" ? "not ok" : "ok");

const skip = (status: string, reason = ""): string =>
  status === "skipped" ? ` # SKIP ${escaped(reason)}` : "";

/** JSON is YAML. */
function yaml(values: Record<string, unknown>, indent: string): string[] {
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return ["---", ...lines, "..."].map((line) => indent + line);
}

/** A description: one line, in which `\` and `#` mean themselves. */
function escaped(text: string): string {
  return harmless(text.replace(/\s+/g, " ")).replace(/[\\#]/g, "\\$&");
}
