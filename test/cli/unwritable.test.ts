/** Outputs that cannot be written, and inputs that never end or never begin: said at once, with the exit code of the table. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, scratch } from "./binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const FAULT = join(ROOT, "test/fixtures/transcripts/t_fault.mo");
const LINUX = process.platform === "linux" && existsSync("/dev/full");

/** A line of sh, in which `$R` is the binary, `$H` the module that says hello, `$F` one that faults. */
function sh(line: string): { code: number; out: string; err: string } {
  const run = Bun.spawnSync(["bash", "-c", line], {
    env: { ...process.env, R: BINARY, H: HELLO, F: FAULT },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 30_000,
  });
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() };
}

const CLOSED = "it is closed, or open for reading only";
const FULL = "no space is left on the device";

for (const [line, why] of [
  ["$R run $H >&-", CLOSED],
  ["$R run --json $H >&-", CLOSED],
  ["$R run $H 1</dev/null", CLOSED],
  ["$R run $H >/dev/full", FULL],
  ["$R -c hello >&-", CLOSED],
  ["$R -c hello >/dev/full", FULL],
  ["echo hello | $R >&-", CLOSED],
  ["echo hello | $R >/dev/full", FULL],
  ["$R test $H >&-", CLOSED],
  ["$R test $H $F >/dev/full", FULL],
  ["$R test --json $H >/dev/full", FULL],
  ["$R check $H >/dev/full", FULL],
  ["$R symbols >&-", CLOSED],
  ["$R version >&-", CLOSED],
] as const)
  test.skipIf(!LINUX)(`${line}: 74, and why`, () => {
    const { code, err } = sh(line);
    expect(err).toMatch(/^rtt-sim: cannot write the (output|report to stdout): /);
    expect(err).toContain(why);
    expect(err.split("\n").length).toBe(2);
    expect(code).toBe(74);
  });

test.skipIf(!LINUX)("/dev/null is written to, however it is opened", () => {
  for (const to of [">/dev/null", "1<>/dev/null"]) expect(sh(`$R run $H ${to}`).code).toBe(0);
});

test.skipIf(!LINUX)("who prints nothing has no use for a standard output", () => {
  expect(sh("$R -c 'cd /' >&-")).toEqual({ code: 0, out: "", err: "" });
});

test.skipIf(!LINUX)("a standard error that cannot be written changes no verdict", () => {
  for (const to of ["2>&-", "2>/dev/full", "2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}"])
    expect(sh(`$R run $F ${to}`).code).toBe(139);
});

test.skipIf(!LINUX)("a reader that has seen enough ends a program quietly", () => {
  const { err, code } = sh("$R run $H | true; exit ${PIPESTATUS[0]}");
  expect(err).toBe("");
  expect(code).toBe(0);
});

test.skipIf(!LINUX)("the tests go on for the other reports when standard output is lost", () => {
  using dir = scratch();
  const run = sh(`$R test --reporter text --reporter tap:${dir.path("r")} $H $F >/dev/full`);
  expect(run.code).toBe(74);
  const tap = sh(`cat ${dir.path("r")}`).out;
  expect(tap).toContain("\nok 1 - ");
  expect(tap).toContain("\nnot ok 2 - ");
});

for (const [what, line, code, says] of [
  ["module", "$R run pipe", 66, "pipe is a pipe that nobody writes to"],
  ["--with", "$R run --with pipe:/x $H", 66, "pipe is a pipe that nobody writes to"],
  ["--disk", "$R run --disk pipe $H", 66, "not a regular file"],
  ["--mount", "$R run --mount pipe:/m $H", 66, "not a regular file"],
  ["--firmware", "$R run --firmware pipe $H", 66, "nobody writes to"],
  ["test", "$R test pipe", 2, "pipe is not a test"],
  ["report", "$R test --reporter junit:pipe $H", 74, "nobody reads that pipe"],
  ["check", "$R check pipe", 66, "nobody writes to"],
  ["folder as module", "$R run .", 66, "is a directory"],
  ["folder as --with", "$R run --with . $H", 66, "is a directory"],
  ["device without end", "$R run /dev/zero", 65, "it is a device, not a file"],
] as const)
  test.skipIf(!LINUX)(`not waited for: a pipe or device as ${what}`, () => {
    using dir = scratch();
    const run = sh(`cd ${dir.path(".")} && mkfifo pipe && exec ${line}`);
    expect(run.out + run.err).toContain(says);
    expect(run.code).toBe(code);
  });

test.skipIf(!LINUX)("a pipe that somebody writes to is read to its end", () => {
  for (const line of [
    "$R run <(sleep 0.2; cat $H)",
    "cat $H | $R run /dev/stdin",
    "$R run --with <(echo hi):/x $H",
  ])
    expect(sh(line)).toEqual({ code: 0, out: "Hello, world\n", err: "" });
});
