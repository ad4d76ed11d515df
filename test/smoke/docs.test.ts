/** The examples of docs/smoke-tests.md are what they say. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rttSim } from "../cli/binary.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { parseScenario } from "../../src/smoke/mod.ts";

setDefaultTimeout(60_000);

const text = readFileSync(join(import.meta.dir, "../../docs/smoke-tests.md"), "utf8");
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, code]) => code);

test("scenarios can be read", () => {
  expect(blocks("toml").length).toBeGreaterThan(0);
  for (const code of blocks("toml")) parseScenario("example.smoke.toml", code);
});

test("command lines have only options that there are", () => {
  const lines = [...text.matchAll(/rtt-sim ((?:test|run) [^`\n]*)/g)].map(([, line]) => line);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) parseCommandLine(line.split(/\s+/));
});

test("the examples of GitHub and GitLab are YAML with a job that runs the tests", () => {
  const [github, gitlab] = blocks("yaml").map((code) => Bun.YAML.parse(code)) as [
    { jobs: { smoke: { steps: { run?: string }[] } } },
    { smoke: { script: string[]; artifacts: { reports: { junit: string } } } },
  ];
  const runs = (lines: (string | undefined)[]): boolean =>
    lines.some((line) => line?.includes("rtt-sim test"));
  expect(runs(github.jobs.smoke.steps.map(({ run }) => run))).toBe(true);
  expect(runs(gitlab.smoke.script)).toBe(true);
  expect(gitlab.smoke.artifacts.reports.junit).toBe("smoke.xml");
});

test("the example of --explore prints what is printed there", () => {
  const folder = join(ROOT, "test/fixtures/smoke");
  const { out } = rttSim(["test", "--explore", "1000", "race.mo"], "", folder);
  const shown = /\$ rtt-sim test --explore 1000 race\.mo\n(.*?)```/s.exec(text)![1];
  expect(out.startsWith(shown)).toBe(true);
});

test("the example of a deadlock prints what is printed there", () => {
  const folder = join(ROOT, "test/fixtures/smoke");
  const { out } = rttSim(["test", "--explore", "10", "embrace.mo"], "", folder);
  // The addresses of the traces are left out.
  const shown = /\$ rtt-sim test --explore 10 embrace\.mo\n(.*?) +\.\.\.\n```/s.exec(text)![1];
  expect(shown).toContain("held by thread");
  expect(out.startsWith(shown)).toBe(true);
});
