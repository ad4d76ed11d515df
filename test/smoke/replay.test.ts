/** The line that repeats a failure under its schedule, and what goes with schedules. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(120_000);

const RACE = join(ROOT, "test/fixtures/smoke/race.mo");

test("the line that is printed repeats the failure, whatever the file is called", () => {
  using dir = scratch();
  symlinkSync(BINARY, dir.path("rtt-sim"));
  const name = "it's a $HOME race.mo";
  copyFileSync(RACE, dir.path(name));
  const options = ["--ram", "16M", "--timeout", "5s", "--leaks", "ignore"];
  const argv = ["test", "--json", "--explore", "100", ...options, name];
  const [found] = JSON.parse(rttSim(argv, "", dir.path(".")).out).tests;
  expect(found.status).toBe("failed");
  expect(found.failures[0].message).toContain("the board's own passes");
  const line = found.failures[0].details.replace("to replay it exactly: rtt-sim", "./rtt-sim");
  for (const option of options) expect(line).toContain(option);
  const again = Bun.spawnSync(["sh", "-c", `${line} --json`], { cwd: dir.path(".") });
  const [repeated] = JSON.parse(again.stdout.toString()).tests;
  expect(repeated.failures).toEqual(found.failures.slice(1));
  expect(repeated.output).toBe(found.output);
  expect(repeated.figures ?? repeated.instructions).toEqual(found.figures ?? found.instructions);
});

test("--explore after --seed speaks of that schedule, --retry repeats what it found", () => {
  const first = (...argv: string[]) =>
    JSON.parse(rttSim(["test", "--json", "--explore", "200", ...argv, RACE]).out).tests[0];
  const { seed, output } = first();
  const from = first("--seed", String(seed - 1), "--retry", "2");
  expect(from).toMatchObject({ seed, output, schedules: 1 });
  expect(from.failures[0].message).toContain(`; schedule ${seed - 1} passes`);
  const text = rttSim(["test", "--explore", "1", "--seed", String(seed - 1), RACE]).out;
  expect(text).toContain("1 schedule)");
});

test("there is no schedule behind the last number", () => {
  const run = rttSim(["test", "--seed", "4294967295", "--explore", "1", RACE]);
  expect(run.err).toContain("the last schedule is 4294967295");
  expect(run.code).toBe(2);
});
