import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { BINARY, rttSim, scratch } from "./binary.ts";

const NEEDS = existsSync(BINARY) ? test : test.skip;

NEEDS("--pace TIME types each line after that much simulated silence", () => {
  const date = (pace: string) =>
    rttSim(["--pace", pace], "date\ndate\n").out.match(/08:00:(\d\d)/g);
  expect(date("10s")).toEqual(["08:00:10", "08:00:20"]);
  expect(date("20s")).toEqual(["08:00:20", "08:00:40"]);
});

NEEDS("--pace FILE has a row for each line, the last for all that follow", () => {
  using dir = scratch();
  writeFileSync(dir.path("pace"), "5s # after the boot\n\n1s 20s\n10s\n");
  const { out, code } = rttSim(["--pace", dir.path("pace")], "date\ndate\ndate\ndate\n");
  expect(out.match(/08:00:\d\d/g)).toEqual(["08:00:05", "08:00:25", "08:00:35", "08:00:45"]);
  expect(code).toBe(0);
});

NEEDS("a wrong pace is named", () => {
  using dir = scratch();
  writeFileSync(dir.path("pace"), "1s\nsoon\n");
  writeFileSync(dir.path("empty"), "# nothing\n");
  const bad = rttSim(["--pace", dir.path("pace")]);
  expect([bad.code, bad.err]).toEqual([
    65,
    expect.stringContaining("pace:2: 'soon' is not a pace"),
  ]);
  expect(rttSim(["--pace", dir.path("empty")]).err).toContain("no rows");
  const none = rttSim(["--pace", dir.path("none")]);
  expect([none.code, none.err]).toEqual([66, expect.stringContaining("none")]);
});
