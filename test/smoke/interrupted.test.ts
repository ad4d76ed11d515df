/** A run that is ended by a signal, or by --bail: what its reports say of the tests that it did not come to. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { constants, copyFileSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "tap-parser";
import { validateXML } from "xmllint-wasm";
import { BINARY, ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(120_000);

const WINDOWS = process.platform === "win32";
const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const FAULT = join(ROOT, "test/fixtures/transcripts/t_fault.mo");
const ENDLESS = join(ROOT, "test/fixtures/smoke/starve.mo");
const SCHEMA = readFileSync(join(import.meta.dir, "junit.xsd"), "utf8");

async function expectJunit(xml: string): Promise<void> {
  const { errors } = await validateXML({
    xml: [{ fileName: "r.xml", contents: xml }],
    schema: [{ fileName: "junit.xsd", contents: SCHEMA }],
  });
  expect(errors).toEqual([]);
}

/** Waits for a line of the progress, so that the signal comes in the middle of the endless test. */
async function until(
  reader: { read(): Promise<{ done: boolean; value?: Uint8Array }> },
  text: string,
): Promise<string> {
  let all = "";
  const decoder = new TextDecoder();
  while (!all.includes(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    all += decoder.decode(value, { stream: true });
  }
  return all;
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  for (const jobs of ["1", "3"])
    test.skipIf(WINDOWS)(
      `${signal} to ${jobs}: all reports are whole, and name what was not run`,
      async () => {
        using dir = scratch();
        copyFileSync(HELLO, dir.path("a.mo"));
        copyFileSync(ENDLESS, dir.path("b.mo"));
        copyFileSync(ENDLESS, dir.path("c.mo"));
        copyFileSync(ENDLESS, dir.path("d.mo"));
        writeFileSync(dir.path("r.xml"), "<testsuites/>");
        const reports = ["xml", "tap", "json", "github"].map(
          (name) => `${name === "xml" ? "junit" : name}:${dir.path(`r.${name}`)}`,
        );
        const argv = [
          "--jobs",
          jobs,
          "--timeout",
          "0",
          ...reports.flatMap((r) => ["--reporter", r]),
        ];
        const child = Bun.spawn([BINARY, "test", ...argv, "--reporter", "text", "."], {
          cwd: dir.path("."),
          stdout: "pipe",
          stderr: "pipe",
        });
        const reader = child.stdout.getReader();
        await until(reader, "ok    a.mo");
        child.kill(signal);
        expect(await until(reader, "\0")).toContain(
          `\n1 passed, 0 failed, 3 not run, ended by ${signal}\n`,
        );
        expect(await child.exited).toBe(code);
        expect(await child.stderr.text()).toBe(
          `rtt-sim: ended by ${signal}: 3 of 4 tests not run\n`,
        );

        const xml = readFileSync(dir.path("r.xml"), "utf8");
        await expectJunit(xml);
        expect(xml.match(/<skipped message="not run: ended by /g)?.length).toBe(3);
        expect(xml).toContain(`<error type="signal" message="ended by ${signal}"/>`);
        expect(xml).toContain('tests="5" failures="0" errors="1"');

        const parser = new Parser({ strict: true });
        const end = Promise.withResolvers<unknown>();
        parser.on("complete", end.resolve);
        parser.end(readFileSync(dir.path("r.tap"), "utf8"));
        expect(await end.promise).toMatchObject({
          ok: false,
          bailout: `ended by ${signal}`,
          pass: 4,
          skip: 3,
          fail: 0,
          plan: { start: 1, end: 4 },
        });

        const json = JSON.parse(readFileSync(dir.path("r.json"), "utf8"));
        expect(json.endedBy).toBe(signal);
        expect(json.summary).toMatchObject({
          tests: 4,
          passed: 1,
          failed: 0,
          skipped: 3,
          notRun: 3,
        });
        expect(json.tests.map((one: { notRun?: boolean }) => one.notRun ?? false)).toEqual([
          false,
          true,
          true,
          true,
        ]);
        expect(readFileSync(dir.path("r.github"), "utf8")).toBe(
          `::error title=rtt-sim test::1 passed, 0 failed, 0 skipped, 3 not run, ended by ${signal}\n`,
        );
      },
    );

test.skipIf(WINDOWS || Bun.which("mkfifo") === null)(
  "a second signal does not wait for the reports",
  async () => {
    using dir = scratch();
    // A report that nobody takes: more than a pipe holds.
    writeFileSync(
      dir.path("a.smoke.toml"),
      `msh = "echo ${"x".repeat(70)}"\n${"#".repeat(10)}\nname = "${"n".repeat(200_000)}"\n`,
    );
    copyFileSync(ENDLESS, dir.path("b.mo"));
    Bun.spawnSync(["mkfifo", dir.path("pipe")]);
    openSync(dir.path("pipe"), constants.O_RDWR);
    const reports = ["--reporter", "text", "--reporter", `tap:${dir.path("pipe")}`];
    const argv = ["--timeout", "0", "--jobs", "1", ...reports];
    const child = Bun.spawn([BINARY, "test", ...argv, "."], {
      cwd: dir.path("."),
      stdout: "pipe",
      stderr: "pipe",
    });
    const reader = child.stdout.getReader();
    await until(reader, "ok    a.smoke.toml");
    child.kill("SIGINT");
    await until(reader, "not run");
    expect(child.exitCode).toBe(null);
    child.kill("SIGINT");
    await child.exited;
    expect(child.signalCode).toBe("SIGINT");
  },
);

test.skipIf(WINDOWS)("--watch ends when a signal ends a run in it", async () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("a.mo"));
  copyFileSync(ENDLESS, dir.path("b.mo"));
  const argv = ["--watch", "--timeout", "0", "--jobs", "1"];
  const child = Bun.spawn([BINARY, "test", ...argv, "."], {
    cwd: dir.path("."),
    stdout: "pipe",
    stderr: "pipe",
  });
  await until(child.stdout.getReader(), "ok    a.mo");
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect(await child.stderr.text()).toContain("1 of 2 tests not run");
});

test("--bail: what comes after the first failure is in the reports as not run", async () => {
  using dir = scratch();
  for (const name of ["a", "c", "e"]) copyFileSync(HELLO, dir.path(`${name}.mo`));
  for (const name of ["b", "d"]) copyFileSync(FAULT, dir.path(`${name}.mo`));
  const cwd = dir.path(".");
  const argv = ["test", "--bail", "."];
  for (const jobs of ["1", "3"]) {
    const run = (reporter: string) =>
      rttSim([...argv, "--jobs", jobs, "--reporter", reporter], "", cwd);
    const xml = run("junit").out;
    await expectJunit(xml);
    expect(xml.match(/<skipped message="not run: --bail, and b\.mo failed"\/>/g)?.length).toBe(3);
    expect(xml).toContain('tests="5" failures="1" errors="0"');
    const tap = run("tap").out;
    const parser = new Parser({ strict: true });
    const end = Promise.withResolvers<unknown>();
    parser.on("complete", end.resolve);
    parser.end(tap);
    expect(await end.promise).toMatchObject({ ok: false, bailout: false, fail: 1, skip: 3 });
    const text = run("text");
    expect(text.out).toEndWith("\n1 passed, 1 failed, 3 not run\n");
    expect(text.out).not.toContain("c.mo");
    expect(text.code).toBe(1);
    expect(JSON.parse(run("json").out).endedBy).toBeUndefined();
  }
});

test.skipIf(WINDOWS)(
  "a reader that goes away takes neither verdict nor other reports along",
  () => {
    using dir = scratch();
    for (let n = 0; n < 5; n++) copyFileSync(HELLO, dir.path(`a${n}.mo`));
    copyFileSync(FAULT, dir.path("b.mo"));
    const line = '("$0" test --reporter text --reporter json:r.json . ; echo $? >&2) | true';
    const run = Bun.spawnSync(["sh", "-c", line, BINARY], { cwd: dir.path("."), stderr: "pipe" });
    expect(run.stderr.toString()).toBe("1\n");
    const { summary } = JSON.parse(readFileSync(dir.path("r.json"), "utf8"));
    expect(summary).toMatchObject({ passed: 5, failed: 1 });
  },
);

/** Processes that this one started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

async function firstChild(pid: number): Promise<number> {
  for (;;) {
    const [child] = childrenOf(pid);
    if (child !== undefined) return child;
    await Bun.sleep(5);
  }
}

const LINUX = process.platform === "linux";

test.skipIf(!LINUX)(
  "--bail: what a process had that broke down is run all the same, when it comes before the failure",
  async () => {
    using dir = scratch();
    copyFileSync(ENDLESS, dir.path("a.mo"));
    // As many as a process is given ahead; the failure is met by the other one.
    for (const name of "bcd") copyFileSync(HELLO, dir.path(`${name}.mo`));
    copyFileSync(FAULT, dir.path("e.mo"));
    const argv = ["--bail", "--json", "--jobs", "2", "--timeout", "0", "--wall-timeout", "2s"];
    const run = Bun.spawn([BINARY, "test", ...argv, "."], { cwd: dir.path("."), stdout: "pipe" });
    const helper = await firstChild(run.pid);
    // The other one fails meanwhile.
    await Bun.sleep(1000);
    process.kill(helper, "SIGKILL");
    const { tests } = JSON.parse(await run.stdout.text());
    expect(tests.map(({ status }: { status: string }) => status)).toEqual([
      "failed",
      ...Array<string>(4).fill("skipped"),
    ]);
    expect(tests[4].reason).toBe("not run: --bail, and a.mo failed");
  },
);

test.skipIf(!LINUX)("Ctrl-C while an expression is tried is no verdict about it", async () => {
  using dir = scratch();
  const slow = `[[files]]\npath = "/x"\ntext = "${"a".repeat(60)}"\n[expect]\nmatches = "(a+)+b$"\n`;
  writeFileSync(dir.path("a.smoke.toml"), `msh = "cat /x"\n${slow}`);
  // As a terminal does it: to all processes of the group.
  const run = Bun.spawn([BINARY, "test", "--json", "."], {
    cwd: dir.path("."),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  await firstChild(run.pid);
  process.kill(-run.pid, "SIGINT");
  const report = JSON.parse(await run.stdout.text());
  expect(report.tests[0]).toMatchObject({ status: "skipped", reason: "not run: ended by SIGINT" });
  expect(await run.exited).toBe(130);
});
