/** What scripts are told of a fault: `run --json` and `test --reporter json`. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Driver, standstillOf } from "../../src/machine/mod.ts";
import { Machine } from "../../src/machine.ts";

const root = join(import.meta.dir, "../..");

function rttSim(...argv: string[]) {
  const { stdout } = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  return JSON.parse(stdout.toString());
}

const fixture = (name: string) => `test/fixtures/${name}.mo`;
const hex = /^0x[0-9a-f]{8}$/;

/** The registers as the board's dump on the console has them. */
function dumped(output: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of output.matchAll(
    /\b(r\d\d?|fp|ip|sp|lr|pc|cpsr) ?:0x([0-9a-f]{8})/g,
  ))
    found[name] = `0x${value}`;
  return found;
}

describe("run --json", () => {
  test("a data abort: what was refused, what was there, where, all registers, callers, code", () => {
    const { faults, output } = rttSim("run", "--json", fixture("transcripts/t_fault"));
    expect(faults.length).toBe(1);
    const [fault] = faults;
    expect(fault).toMatchObject({
      kind: "fault",
      thread: "t_fault",
      module: "t_fault",
      fault: { kind: "data abort", access: "write", address: "0x00000000", why: "unmapped" },
      there: { kind: "null" },
      at: { module: "t_fault", path: "/t_fault.mo", function: "main" },
      hint: expect.stringContaining("NULL"),
    });
    const { registers, backtrace, code, at, stack } = fault;
    expect(Object.keys(registers).length).toBe(16);
    const theirs = dumped(output);
    // The core's link register of a data abort is 8 ahead (ARM ARM B1.8.3), and the board prints that.
    theirs.pc = `0x${(Number(theirs.pc) - 8).toString(16)}`;
    expect(Object.keys(theirs).length).toBeGreaterThan(14);
    for (const [name, value] of Object.entries({ ...registers, cpsr: fault.cpsr }))
      if (theirs[name]) expect(`${name} ${value}`).toBe(`${name} ${theirs[name]}`);
    expect(registers.pc).toBe(fault.pc);
    expect(backtrace[0]).toMatchObject({ address: fault.pc, function: "main", certain: true });
    expect(code.filter(({ here }: { here?: boolean }) => here)).toEqual([
      { address: fault.pc, text: expect.stringMatching(/^str/), here: true },
    ]);
    expect(at.linkAddress).toMatch(hex);
    expect(at.offset).toBeGreaterThan(0);
    expect(stack.used).toBeLessThan(stack.size);
  });

  test("a failed assertion, an undefined instruction, a call of NULL", () => {
    const first = (name: string) =>
      rttSim("run", "--json", fixture(`transcripts/${name}`)).faults[0];
    expect(first("t_assert")).toMatchObject({
      kind: "assertion",
      assertion: { expression: expect.any(String), function: "main", line: expect.any(Number) },
      registers: { pc: expect.stringMatching(hex) },
    });
    expect(first("t_undins")).toMatchObject({
      kind: "fault",
      fault: { kind: "undefined instruction" },
      pc: expect.stringMatching(hex),
    });
    expect(first("t_nullcal")).toMatchObject({
      fault: { kind: "prefetch abort" },
      there: { kind: "null" },
      backtrace: [{ address: "0x00000000" }, { function: "main" }],
    });
  });

  test("a deadlock and a time-out: who waits for what, and where", () => {
    const dead = rttSim("run", "--json", fixture("dl/forever"));
    expect(dead).toMatchObject({ result: "deadlock", exitCode: 140 });
    expect(dead.faults).toMatchObject([
      {
        kind: "deadlock",
        threads: [
          { thread: "forever", state: "suspended", waits: expect.stringContaining("waits") },
        ],
        text: expect.stringContaining("nothing can ever run again"),
      },
    ]);
    const late = rttSim("run", "--json", "--timeout", "1s", fixture("transcripts/t_spin"));
    expect(late).toMatchObject({ result: "timeout", exitCode: 124 });
    const [{ kind, threads }] = late.faults;
    expect(kind).toBe("time-out");
    const running = threads.find(({ state }: { state: string }) => state === "running");
    expect(running.backtrace.length).toBeGreaterThan(0);
    expect(running.registers.pc).toMatch(hex);
  });
});

test("test --reporter json has the same objects", () => {
  const report = rttSim("test", "--reporter", "json", fixture("transcripts/t_fault"));
  const { figures } = report.tests[0];
  const { faults } = rttSim("run", "--json", fixture("transcripts/t_fault"));
  expect(figures.faults[0].fault).toEqual(faults[0].fault);
  expect(figures.faults[0].at).toEqual(faults[0].at);
  expect(Object.keys(figures.faults[0])).toEqual(Object.keys(faults[0]));
});

test("a machine that is asked in the middle of nothing has nothing to say", () => {
  const machine = new Machine({
    firmware: readFileSync(join(root, "src/firmware/prebuilt/firmware.elf")),
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
  });
  machine.boot("lines");
  const driver = new Driver(machine, { timeout: 100, wallTimeout: 0 });
  expect(standstillOf(driver.settle(), machine)).toBeUndefined();
  machine.close();
});
