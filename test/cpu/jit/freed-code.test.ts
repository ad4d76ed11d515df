/** Memory in which code was, and is no longer, is ordinary memory: stores need not ask whose it is. */
import { expect, test } from "bun:test";
import { createCpu } from "../../../src/cpu/mod.ts";
import { Exit } from "../../../src/cpu/types.ts";
import { GRANULE_SHIFT, GuestMemory, WRITE } from "../../../src/memory/mod.ts";

const BASE = 0x60010000;
/** loop: subs r0, r0, #1; bne loop; svc #0 */
const LOOP = [0xe2500001, 0x1afffffd, 0xef000000];

test("a granule whose translations are gone can be written to, while there are others", () => {
  const memory = new GuestMemory();
  const cpu = createCpu(memory, "jit");
  cpu.onSvc = () => false;
  const run = (at: number) => {
    cpu.r[0] = 10;
    cpu.jump(at);
    cpu.units = 1000;
    expect(cpu.run()).toBe(Exit.Stop);
    expect(cpu.r[0]).toBe(0);
  };
  const canWrite = (at: number) => (memory.rights[at >>> GRANULE_SHIFT] & WRITE) !== 0;
  const [old, neighbour, other] = [BASE, BASE + 32, BASE + 0x1000];
  for (const at of [old, neighbour, other]) {
    LOOP.forEach((word, n) => memory.st32(at + 4 * n, word));
    run(at);
  }
  expect(canWrite(old)).toBeFalse();
  memory.st32(old, 0);
  // The neighbour's code is in the same granule, and stores there are still looked at.
  expect(canWrite(old)).toBeFalse();
  memory.st32(neighbour, 0xe3a00001); // mov r0, #1; bne loop; svc #0
  expect(canWrite(old)).toBeTrue();
  expect(canWrite(other)).toBeFalse();
  cpu.jump(neighbour);
  cpu.units = 100;
  expect(cpu.run()).toBe(Exit.Stop);
  expect(cpu.r[0]).toBe(1);
  memory.dispose();
});
