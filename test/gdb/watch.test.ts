/** Watchpoints: every store and load, none is missed, whatever follows it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebugCore } from "../../src/gdb/mod.ts";
import { CODE, DATA, disposeMachines, Exit, newMachine } from "../cpu/machine.ts";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

const skip = !gcc || !gdb;
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(skip)(`watchpoints of gdb-multiarch${why}`, () => {
  for (const target of ["a9", "thumb"] as const) {
    const build = () =>
      compile(join(PROGRAMS, "stores.c"), join(dir, `${target}.mo`), {
        target,
        flags: ["-g", "-O2"],
      });

    test(`${target}: stores one behind the other`, async () => {
      const { gdb: said, out } = await debug(
        ["run", build()],
        ["watch x", "continue", "continue", "continue", "continue", "continue"],
      );
      const seen = [...said.matchAll(/Old value = (\d)\nNew value = (\d)\n/g)];
      expect(seen.map(([, from, to]) => `${from}->${to}`)).toEqual([
        "0->1",
        "1->2",
        "2->3",
        "3->4",
      ]);
      expect(said).toContain("exited normally");
      expect(out).toBe("done 4 6\n");
    }, 60_000);

    test(`${target}: loads, and the store behind them`, async () => {
      const { gdb: said, out } = await debug(
        ["run", build()],
        [
          "awatch y",
          "continue",
          "continue",
          "continue",
          "delete",
          "rwatch y",
          "continue",
          "continue",
        ],
      );
      expect(
        said.match(/Hardware access \(read\/write\) watchpoint 1: y\n\nValue = 3\n/g),
      ).toHaveLength(2);
      expect(said).toMatch(/watchpoint 1: y\n\nOld value = 3\nNew value = 6\n/);
      expect(said.match(/Hardware read watchpoint 2: y\n\nValue = 6\n/g)).toHaveLength(1);
      expect(said).toContain("exited normally");
      expect(out).toBe("done 4 6\n");
    }, 60_000);
  }
});

test("stores to bytes whose loads are watched: code stays translated, and the guards are there behind them", () => {
  const { cpu, memory } = newMachine("jit");
  const rounds = 300;
  // add r1, r1, #1; str r1, [r0]; subs r2, r2, #1; bne -16; svc #0
  const code = [0xe2811001, 0xe5801000, 0xe2522001, 0x1afffffb, 0xef000000];
  code.forEach((word, k) => memory.st32(CODE + 4 * k, word));
  cpu.r.set([DATA, 0, rounds]);
  const core = new DebugCore(cpu);
  core.attached = true;
  expect(core.watchpoints.insert("rwatch", DATA, 4)).toBe(true);
  cpu.jump(CODE);
  cpu.units = 10 * rounds;
  expect(core.run()).toBe(Exit.Stop);
  expect(core.stop).toBeUndefined();
  expect(memory.ld32(DATA)).toBe(rounds);
  expect(cpu.stats.translation!.regions).toBeLessThan(10);
  expect(() => memory.checkAccess(DATA, 4, "read")).toThrow();
  core.detach();
  expect(() => memory.checkAccess(DATA, 4, "read")).not.toThrow();
  disposeMachines();
});
