/** What "auto" finds hot: threads that block all the time too. */
import { expect, test } from "bun:test";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

const CODE = 0x60010000;

/** 1: mov r1, #20; 2: add r0, r0, r1; subs r1, r1, #1; bne 2b; svc #0; b 1b */
const PROGRAM = [0xe3a01014, 0xe0800001, 0xe2511001, 0x1afffffc, 0xef000000, 0xeafffff9];

test("a thread that blocks after twenty iterations is translated like one that never does", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, 0);
  PROGRAM.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => false;
  cpu.jump(CODE);
  for (let n = 1; n <= 1000; n++) {
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
    // Twenty iterations, the branch around but for the first time, and the call.
    expect(100_000 - cpu.units).toBe(19 + (n > 1 ? 1 : 0) + 4);
  }
  expect(cpu.r[0]).toBe(210_000);
  expect(cpu.stats.instructions).toBe(1000 * (1 + 60 + 1) + 999);
  expect(cpu.regions.has(CODE + 4)).toBe(true);
  memory.dispose();
});

test("what the kernel takes from a thread at its calls is not counted as work", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, 0);
  PROGRAM.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => {
    cpu.units = 0;
    return false;
  };
  cpu.jump(CODE);
  // 24 units each time: two samples, not twenty, which would make it hot.
  for (let n = 0; n < 20; n++) {
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
  }
  expect(cpu.regions.has(CODE + 4)).toBe(false);
  memory.dispose();
});
