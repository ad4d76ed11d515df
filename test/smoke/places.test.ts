/** Every failure of a scenario names the line of the expectation that was not met: an annotation belongs there. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");

const SCENARIO = `[[step]]
run = "hello.mo"
exit = 3
[step.expect]
contains = "nowhere"
matches = '^x$'

[[step]]
msh = "echo hi /a"

[[step]]
msh = "echo hi /b"

[expect]
absent = [
  "Hello",
]
ordered = ["world", "never"]
transcript = "none.txt"

[[expect.file]]
path = "/none"

[[expect.file]]
path = "/a"
size = 77

[[expect.file]]
path = "/b"
equals = "ho"

[expect.messages]
contains = "nothing"

[budget]
instructions = 1
output = 1
`;

test("failures stand at the lines of their keys", () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("hello.mo"));
  writeFileSync(dir.path("a.smoke.toml"), SCENARIO);
  const run = rttSim(["test", "--json", "a.smoke.toml"], "", dir.path("."));
  const { failures } = JSON.parse(run.out).tests[0];
  const lines = SCENARIO.split("\n");
  const keys = failures.map(({ line }: { line: number }) => lines[line - 1].split(" ")[0]);
  expect(keys.toSorted()).toEqual(
    [
      ...["[[step]]", "contains", "matches", "absent", "ordered", "transcript", "path", "size"],
      ...["equals", "contains", "instructions", "output"],
    ].toSorted(),
  );
  const said = failures.map(({ message }: { message: string }) => message);
  expect(said).toContain('what the simulator says does not contain "nothing"');
  const github = rttSim(["test", "--reporter", "github", "a.smoke.toml"], "", dir.path(".")).out;
  for (const { line } of failures)
    expect(github).toContain(`::error file=a.smoke.toml,line=${line},`);
});

test("arguments that RT-Thread cannot pass are mistakes of the scenario", () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("hello.mo"));
  for (const args of ['["1","2","3","4","5","6","7","8"]', `['a "b']`]) {
    writeFileSync(dir.path("a.smoke.toml"), `run = "hello.mo"\nargs = ${args}\n`);
    const run = rttSim(["test", "a.smoke.toml"], "", dir.path("."));
    expect(run.out).toContain("a.smoke.toml:2:1: ");
    expect(run.out).toMatch(/RT-Thread (gives a program at most 7|has no way to pass)/);
    expect(run.code).toBe(65);
  }
});

test("sizes are suggested that are allowed", () => {
  using dir = scratch();
  writeFileSync(dir.path("a.smoke.toml"), 'msh = "ls"\nram = "64K"\nstack = "1"\n');
  const { out } = rttSim(["test", "a.smoke.toml"], "", dir.path("."));
  for (const [, line] of out.matchAll(/fix: write (.*)/g)) {
    writeFileSync(dir.path("b.smoke.toml"), `msh = "ls"\n${line}\n`);
    expect(rttSim(["test", "b.smoke.toml"], "", dir.path(".")).code).toBe(0);
  }
  expect(out.match(/fix: write/g)?.length).toBe(2);
});

test("a file for the guest cannot take the place of the module", () => {
  const run = rttSim(["run", "--with", `${join(ROOT, "README.md")}:/hello.mo`, HELLO]);
  expect(run.err).toContain("--with: /hello.mo is where the module itself goes");
  expect(run.code).toBe(2);
});
