import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { ROOT, rttSim, scratch } from "./binary.ts";

const fixture = (name: string) => join(ROOT, "test/fixtures", name);

test.each([
  ["transcripts/t_fault.mo", 139, "write at 0x00000000"],
  ["transcripts/t_nullcal.mo", 139, "function pointer is NULL"],
  ["transcripts/t_undins.mo", 139, "undefined instruction"],
  ["dl/deep.mo", 139, "stack overflow"],
  ["dl/init_fault.mo", 139, "module_init"],
  ["transcripts/t_assert.mo", 134, "argc == 99"],
  ["dl/forever.mo", 140, "waits for semaphore never"],
] as [string, number, string][])(
  "run %s: exit code %d and a report on stderr",
  (file, code, says) => {
    const run = rttSim(["run", fixture(file)]);
    expect(run.code).toBe(code);
    expect(run.err).toContain(says);
    expect(run.err).toStartWith("rtt-sim: ");
  },
);

test.each([
  ["interp", ["4"], 0],
  ["interp", ["20"], 139],
  ["interp", ["v", "20000"], 0],
  ["interp", ["v", "100000"], 139],
  ["jit", ["4"], 0],
  ["jit", ["20"], 139],
  ["jit", ["v", "100000"], 139],
] as [string, string[], number][])(
  "%s: frames %j, which could step over the guard below the stack: exit code %d",
  (engine, args, code) => {
    const run = rttSim(["run", "--engine", engine, fixture("dl/frames.mo"), ...args]);
    expect(run.code).toBe(code);
    if (code !== 0) expect(run.err).toContain("stack overflow in thread frames");
  },
);

test("one overflow is one report", () => {
  const { err } = rttSim(["run", fixture("dl/deep.mo")]);
  expect(err.match(/stack overflow in thread/g)?.length).toBe(1);
});

test("exit(3) gives 3", () => {
  expect(rttSim(["run", fixture("transcripts/t_exit.mo")]).code).toBe(3);
});

test.each(["t_fault", "t_nullcal", "t_undins", "t_assert"])(
  "the shell lives on after %s, and nothing stays loaded",
  (name) => {
    using dir = scratch();
    const image = dir.path("disk.img");
    writeFileSync(image, readFileSync(join(ROOT, "disk/disk.img")));
    const bytes = readFileSync(fixture(`transcripts/${name}.mo`));
    const bad = FatVolume.mount(new RamDevice(64 << 20, readFileSync(image)));
    bad.writeFile("/bad.mo", bytes);
    bad.unmount();
    writeFileSync(image, (bad.device as RamDevice).image());
    const { out } = rttSim([image], "free\nbad\nlist_module\nfree\nhello\n");
    const used = [...out.matchAll(/used memory : (\d+)/g)].map((match) => match[1]);
    expect(used.length).toBe(2);
    expect(used[1]).toBe(used[0]);
    expect(out).not.toMatch(/^bad +\d+ +0x/m);
    expect(out).toContain("Hello, world");
  },
);

test("a spinning module ends at the simulated time-out, and at the wall time-out", () => {
  const spin = fixture("transcripts/t_spin.mo");
  const simulated = rttSim(["run", "--timeout", "2s", spin]);
  expect(simulated.code).toBe(124);
  expect(simulated.err).toContain("running: t_spin");
  expect(rttSim(["run", "--timeout", "0", "--wall-timeout", "300ms", spin]).code).toBe(124);
});

test("sleeping costs nothing in virtual time", () => {
  const { code, out } = rttSim(["run", fixture("transcripts/t_sleep.mo")]);
  expect(code).toBe(0);
  expect(out).toContain("bg tick 5\nbg done\n");
});

test("every program of the default disk runs", () => {
  const { code, out, err } = rttSim([
    ...[
      "hello",
      "dltest",
      "threads",
      "cxx",
      "md5 text.txt",
      "bench",
      "thumb/hello",
      "m0/hello",
    ].flatMap((line) => ["-c", line]),
  ]);
  expect(err).toBe("");
  expect(code).toBe(0);
  for (const text of [
    "Hello, world",
    "add_func(3, 4) = 7",
    "both threads have ended",
    "A::a = 100",
    "correct",
  ]) {
    expect(out).toContain(text);
  }
});

test("arguments, console input and changes to the disk", () => {
  const echo = rttSim(["-c", 'echo "some text" /new.txt', "-c", "cat /new.txt"]);
  expect(echo.out).toBe("some text\n");
});
