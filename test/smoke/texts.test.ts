/** Regular expressions that backtrack without end, and files that are no text. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

test("a regular expression that would take years is given up, one that only looks so is not", () => {
  using dir = scratch();
  const scenario = (pattern: string): string =>
    `msh = "echo ${"a".repeat(48)}!"\n[expect]\nmatches = '${pattern}'\n`;
  writeFileSync(dir.path("a.smoke.toml"), scenario("^(a+)+$"));
  const started = performance.now();
  const run = rttSim(["test", dir.path("a.smoke.toml")]);
  expect(run.out).toContain("/^(a+)+$/ was given up: it tries too many ways to match the output");
  expect(run.code).toBe(1);
  expect(performance.now() - started).toBeLessThan(20_000);
  for (const [pattern, code] of [
    ["^(a+!?)+\\s*$", 0],
    ["^(a|b)+[?]$", 1],
  ] as const) {
    writeFileSync(dir.path("a.smoke.toml"), scenario(pattern));
    expect(rttSim(["test", dir.path("a.smoke.toml")]).code).toBe(code);
  }
});

test("a scenario that is not UTF-8 is refused with its line", () => {
  using dir = scratch();
  writeFileSync(dir.path("a.smoke.toml"), Buffer.from('msh = "ls"\nname = "caf\xe9"\n', "latin1"));
  const run = rttSim(["test", dir.path("a.smoke.toml")]);
  expect(run.out).toContain("a.smoke.toml:2:1: the line is not UTF-8");
  expect(run.code).toBe(65);
});
