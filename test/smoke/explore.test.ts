/** Other legal schedules: what they find in programs with races, and that they find nothing in one without. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../src/embed.ts";
import { rttSim } from "../cli/binary.ts";

setDefaultTimeout(250_000);

const FULL = process.env.RTT_SIM_FULL === "1";
const path = (name: string): string => join(import.meta.dir, "../fixtures/smoke", `${name}.mo`);
const SCHEDULES = 1000;

/** What a program came to under a schedule. */
function under(name: string, schedule: number): string {
  using machine = Machine.boot({ schedule });
  const { verdict, exitCode, output, instructions } = machine.run(readFileSync(path(name)), {
    name,
  });
  return `${verdict} ${exitCode} ${output.trim()} ${instructions}`;
}

interface Report {
  readonly tests: readonly {
    readonly status: string;
    readonly seed: number;
    readonly schedules: number;
    readonly output: string;
    readonly failures: readonly { readonly kind: string; readonly details: string }[];
  }[];
}

/** A thousand schedules are half a minute of work for a processor that has others, too. */
const LIMIT_MS = FULL ? 240_000 : undefined;

const explore = (name: string, ...argv: string[]) => {
  const { out } = rttSim(["test", "--json", ...argv, path(name)], "", undefined, LIMIT_MS);
  return (JSON.parse(out) as Report).tests[0];
};

test("the board's own schedule hides the lost update and the deadlock", () => {
  expect(explore("race").status).toBe("passed");
  expect(explore("embrace").status).toBe("passed");
});

test("a lost update is found, and its seed replays it exactly", () => {
  const found = explore("race", "--explore", `${SCHEDULES}`);
  expect(found.status).toBe("failed");
  expect(found.failures.map(({ kind }) => kind)).toEqual(["schedule", "exit"]);
  // Fewer than two times fifty additions arrived.
  expect(Number(/counter (\d+)/.exec(found.output)![1])).toBeLessThan(100);
  expect(found.schedules).toBe(found.seed);
  expect(found.failures[0].details).toContain(`rtt-sim test --seed ${found.seed} `);
  const replayed = explore("race", "--seed", `${found.seed}`);
  expect(replayed.output).toBe(found.output);
  expect(replayed).toMatchObject({ status: "failed", seed: found.seed });
});

test("a deadlock is found, with who waits for what, held by whom, since when", () => {
  const found = explore("embrace", "--explore", `${SCHEDULES}`);
  const details = found.failures.find(({ kind }) => kind === "deadlock")!.details;
  expect(details).toMatch(
    /thread forwards \(priority 25\) waits for mutex right, held by thread backward, since \d+\.\d+ ms/,
  );
  expect(details).toMatch(
    /thread backward \(priority 25\) waits for mutex left, held by thread forwards, since \d/,
  );
  expect(details).toContain("they wait for each other: ");
  expect(explore("embrace", "--seed", `${found.seed}`).failures[0].details).toBe(details);
});

test("several processes find what one finds", () => {
  const report = (jobs: string): string =>
    rttSim(["test", "--json", "--jobs", jobs, "--explore", "120", path("embrace"), path("race")])
      .out;
  const one = report("1");
  expect(one).toContain("is the first that fails, of ");
  expect(report("3")).toBe(one);
});

for (const name of ["locked", "crew"])
  test(`nothing is found in ${name}.c, which is correct, in ${FULL ? SCHEDULES : 100} schedules`, () => {
    const found = explore(name, "--explore", `${FULL ? SCHEDULES : 100}`);
    expect(found).toMatchObject({ status: "passed", schedules: FULL ? SCHEDULES : 100 });
  });

test("a seed is the same schedule whatever --engine says, alone or among others", () => {
  const reports = ["interp", "auto", "jit"].map((engine) => {
    const argv = ["test", "--json", "--engine", engine, "--seed", "7"];
    return rttSim([...argv, path("race"), path("crew"), path("embrace"), path("locked")]).out;
  });
  expect(reports[1]).toBe(reports[0]);
  expect(reports[2]).toBe(reports[0]);
  const { tests } = JSON.parse(reports[0]);
  for (const test of tests) {
    const name = /(\w+)\.mo$/.exec(test.id)![1];
    expect(explore(name, "--seed", "7")).toEqual(test);
  }
});

test("schedules differ from each other, and each is the same every time", () => {
  const seeds = Array.from({ length: 20 }, (_, n) => n + 1);
  const first = seeds.map((seed) => under("race", seed));
  const second = seeds.map((seed) => under("race", seed));
  expect(second).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(7);
});

test("programs whose threads have priorities, queues and time-outs of their own stay correct", () => {
  const expected: Record<string, RegExp> = {
    "disk/prebuilt/a9/threads.mo": /consumer: 16, sum 30\nboth threads have ended\n$/,
    "disk/prebuilt/thumb/threads.mo": /consumer: 16, sum 30\nboth threads have ended\n$/,
    "disk/prebuilt/a9/cxx.mo": /^1 0 A::a = 100\n$|^\d+ 0 A::a = 100\n$/,
  };
  for (const [file, pattern] of Object.entries(expected)) {
    const bytes = readFileSync(join(import.meta.dir, "../..", file));
    for (let schedule = 1; schedule <= 20; schedule++) {
      using machine = Machine.boot({ schedule });
      const { output, exitCode } = machine.run(bytes);
      expect(`${schedule} ${exitCode} ${output}`).toMatch(pattern);
      expect(exitCode).toBe(0);
    }
  }
});
