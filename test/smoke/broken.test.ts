/** A defect of the simulator in one test, and reports that would destroy what the tests need. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/cli/exit-codes.ts";
import { codeOf } from "../../src/cli/test.ts";
import { execute, load, type TestSettings } from "../../src/cli/test-run.ts";
import { junitReport } from "../../src/smoke/mod.ts";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const FIRMWARE = join(ROOT, "src/firmware/prebuilt/firmware.elf");
const SETTINGS = {
  timeout: 1000,
  wallTimeout: 0,
  update: false,
  explore: 0,
  retry: 0,
  wall: false,
  again: [],
};

/** Runs hello.mo with something that throws where the test's disk is made. */
function withError(error: Error, settings: Partial<TestSettings> = {}, first = 0) {
  const ref = { id: "hello.mo", kind: "module", file: HELLO } as const;
  const test = load(ref, readFileSync(FIRMWARE));
  const { disk } = test.files;
  let disks = 0;
  test.files.disk = (name) => {
    if (disks++ < first) return disk.call(test.files, name);
    throw error;
  };
  return execute(test, { ...SETTINGS, ...settings });
}

test("a defect of the simulator fails the test that met it, and asks for a report", () => {
  const { status, failures } = withError(new RangeError("something is out of range"));
  expect(status).toBe("failed");
  expect(failures).toMatchObject([
    { kind: "internal", message: expect.stringContaining("RangeError: something is out of range") },
  ]);
  expect(failures[0].details).toContain("please report it");
});

test("it says under which schedule it came, is an error for JUnit, and ends with the code of a defect", () => {
  // The board's own and schedule 1 pass.
  const result = withError(new RangeError("out"), { explore: 5 }, 2);
  expect(result.seed).toBe(2);
  expect(result.failures[0].details).toContain("rtt-sim test --seed 2 hello.mo");
  expect(result.failures[0].details).not.toContain("    at ");
  const xml = junitReport({ tests: [result], version: "1" });
  expect(xml).toContain('tests="1" failures="0" errors="1"');
  expect(xml).toContain(
    '<error type="internal" message="internal error of rtt-sim: RangeError: out">',
  );
  expect(codeOf({ tests: [result] })).toBe(125);
});

test("RTT_SIM_DEBUG tells where", () => {
  const before = process.env.RTT_SIM_DEBUG;
  process.env.RTT_SIM_DEBUG = "1";
  try {
    expect(withError(new RangeError("out")).failures[0].details).toContain("    at ");
  } finally {
    if (before === undefined) delete process.env.RTT_SIM_DEBUG;
    else process.env.RTT_SIM_DEBUG = before;
  }
});

test("what is wrong with the command line is no defect", () => {
  expect(() => withError(new UserError(66, "no such image"))).toThrow("no such image");
});

test("a report does not go over a file that the tests need", () => {
  using dir = scratch();
  mkdirSync(dir.path("tests"));
  copyFileSync(HELLO, dir.path("tests/a.mo"));
  const scenario = 'run = "a.mo"\nexpect.transcript = "a.txt"\n';
  writeFileSync(dir.path("tests/a.smoke.toml"), scenario);
  writeFileSync(dir.path("tests/a.txt"), "Hello, world\n");
  for (const file of ["tests/a.smoke.toml", "tests/a.txt", "./tests/../tests/a.mo"]) {
    const run = rttSim(["test", "--reporter", `tap:${file}`, "."], "", dir.path("."));
    expect(run.err).toContain(`--reporter: ${file} is read by this run`);
    expect(run.code).toBe(2);
  }
  expect(readFileSync(dir.path("tests/a.smoke.toml"), "utf8")).toBe(scenario);
  expect(readFileSync(dir.path("tests/a.mo")).equals(readFileSync(HELLO))).toBe(true);
  const fine = rttSim(["test", "--reporter", "tap:tests/r.tap", "."], "", dir.path("."));
  expect(fine.code).toBe(0);
});

test("a filter that tries too many ways is given up in time; one that only looks so is not", () => {
  using dir = scratch();
  const name = "a".repeat(60);
  copyFileSync(HELLO, dir.path("one.mo"));
  writeFileSync(dir.path("two.smoke.toml"), `run = "one.mo"\nname = "${name}!"\n`);
  const run = (filter: string) => rttSim(["test", "--filter", filter, "."], "", dir.path("."));
  const started = performance.now();
  const bad = run("/^(a+)+$/");
  expect(bad.err).toContain("--filter /^(a+)+$/ was given up: it tries too many ways");
  expect(bad.code).toBe(2);
  expect(performance.now() - started).toBeLessThan(20_000);
  // Without a repetition.
  for (const part of ["(a|a)", "a?"]) {
    const slow = run(`/^${part.repeat(48)}c$/`);
    expect(slow.err).toContain("was given up: it tries too many ways");
    expect(slow.code).toBe(2);
  }
  expect(run("/^(t|w)+o\\.smoke/").out).toContain("1 passed, 0 failed");
  expect(run("/^(aa)+!$/").out).toContain("1 passed, 0 failed");
});
