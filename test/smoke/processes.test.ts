/** Processes that run tests together, and what becomes of a run when one of them, or the reader, goes away. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(120_000);

const LINUX = process.platform === "linux";
const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const LOCKED = join(ROOT, "test/fixtures/smoke/locked.mo");

function folder(tests: number): ReturnType<typeof scratch> {
  const dir = scratch();
  for (let n = 0; n < tests; n++) copyFileSync(HELLO, dir.path(`test${n}.mo`));
  return dir;
}

/** Processes that have this one as their parent. */
function children(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

test("the report is the same for any number of processes and every engine", () => {
  using dir = folder(12);
  const report = (...argv: string[]): string =>
    rttSim(["test", "--reporter", "junit", ...argv, "test/smoke/suite"]).out;
  const one = report("--jobs", "1", dir.path("."));
  expect(one).toContain('tests="');
  for (const jobs of ["2", "4"]) expect(report("--jobs", jobs, dir.path("."))).toBe(one);
  const suite = report();
  for (const engine of ["interp", "jit"]) expect(report("--engine", engine)).toBe(suite);
});

test.skipIf(!LINUX)(
  "a process that is killed leaves its tests to the others (seen on Linux)",
  async () => {
    const argv = ["test", "--json", "--jobs", "2", "--explore", "150", LOCKED];
    const child = Bun.spawn([BINARY, ...argv], { stdout: "pipe", stderr: "pipe" });
    const out = child.stdout.text();
    let helpers: number[] = [];
    while (helpers.length === 0 && child.exitCode === null) {
      await Bun.sleep(20);
      helpers = children(child.pid);
    }
    await Bun.sleep(300);
    for (const pid of helpers) process.kill(pid, "SIGKILL");
    expect(helpers.length).toBe(1);
    expect(await child.exited).toBe(0);
    expect(await child.stderr.text()).toBe("");
    expect(JSON.parse(await out).tests[0]).toMatchObject({ status: "passed", schedules: 150 });
  },
);

test.skipIf(!LINUX)(
  "no process outlives a run that was ended by a signal (seen on Linux)",
  async () => {
    using dir = scratch();
    for (const name of ["a", "b", "c"])
      copyFileSync(join(ROOT, "test/fixtures/smoke/starve.mo"), dir.path(`${name}.mo`));
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
      ["SIGKILL", 137],
    ] as const) {
      // What an earlier run reported must not be taken for this one's.
      writeFileSync(dir.path("r.xml"), "<testsuites/>");
      const report = ["--reporter", `junit:${dir.path("r.xml")}`];
      const argv = ["test", "--jobs", "3", "--timeout", "0", ...report, dir.path(".")];
      const child = Bun.spawn([BINARY, ...argv], { stdout: "ignore", stderr: "ignore" });
      let helpers: number[] = [];
      while (helpers.length < 2 && child.exitCode === null) {
        await Bun.sleep(20);
        helpers = children(child.pid);
      }
      // They are in the endless loop by then.
      await Bun.sleep(800);
      child.kill(signal);
      await child.exited;
      expect(child.signalCode ?? child.exitCode).toBe(child.signalCode ? signal : code);
      expect(helpers.length).toBe(2);
      const alive = (): number[] => helpers.filter((pid) => existsSync(`/proc/${pid}`));
      for (let n = 0; n < 100 && alive().length > 0; n++) await Bun.sleep(50);
      expect(alive()).toEqual([]);
      const xml = readFileSync(dir.path("r.xml"), "utf8");
      // Nothing can be written by a process that is killed.
      if (signal === "SIGKILL") expect(xml).toBe("");
      else expect(xml.match(/<skipped message="not run: ended by /g)?.length).toBe(3);
    }
  },
);

test("a variable of the environment does not turn tests off", () => {
  const argv = [BINARY, "test", LOCKED, join(ROOT, "test/fixtures/transcripts/t_fault.mo")];
  const env = { ...process.env, RTT_SIM_TEST_WORKER: "1" };
  const run = Bun.spawnSync(argv, { env, stdin: "ignore", stdout: "pipe" });
  expect(run.stdout.toString()).toContain("1 passed, 1 failed");
  expect(run.exitCode).toBe(1);
});

test("a reader that goes away is no defect", async () => {
  using dir = folder(60);
  for (const jobs of ["1", "3"]) {
    const child = Bun.spawn(
      ["sh", "-c", '"$0" test --jobs "$1" "$2" | head -n 1', BINARY, jobs, dir.path(".")],
      { stdout: "pipe", stderr: "pipe" },
    );
    expect(await child.stdout.text()).toContain("ok    ");
    expect(await child.stderr.text()).toBe("");
    await child.exited;
  }
});

test.skipIf(!LINUX)("there are no more processes than tests (seen on Linux)", async () => {
  using dir = folder(3);
  const child = Bun.spawn([BINARY, "test", "--jobs", "200", dir.path(".")], { stdout: "pipe" });
  let most = 0;
  while (child.exitCode === null) {
    most = Math.max(most, children(child.pid).length);
    await Bun.sleep(5);
  }
  expect(await child.stdout.text()).toContain("3 passed, 0 failed");
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(3);
});

test("few tests are run beside each other, when there are as many processes", () => {
  using dir = scratch();
  for (const name of "abcd")
    copyFileSync(join(ROOT, "test/fixtures/smoke/starve.mo"), dir.path(`${name}.mo`));
  const argv = ["test", "--jobs", "4", "--timeout", "0", "--wall-timeout", "3s", "."];
  const started = performance.now();
  expect(rttSim(argv, "", dir.path(".")).out).toContain("0 passed, 4 failed");
  // One after the other they take 12 s.
  expect(performance.now() - started).toBeLessThan(9000);
});
