/** What the interpreter's loop reads and writes keeps its shape in the host: else the host throws its translation of the loop away. */
import { expect, test } from "bun:test";
import { jscDescribe } from "bun:jsc";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";

const CODE = 0x60010000;
/** mov r1, #4096; 1: add r0, r0, r1; subs r1, r1, #1; bne 1b; svc #0 */
const PROGRAM = [0xe3a01a01, 0xe0800001, 0xe2511001, 0x1afffffc, 0xef000000];

function shapeOf(object: object): string {
  const shape = /StructureID: \d+/.exec(jscDescribe(object));
  if (!shape) throw new Error(`no shape in ${jscDescribe(object)}`);
  return shape[0];
}

test("the first translation does not change the shape of what the loop counts in", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, false, NO_BUDGET);
  PROGRAM.forEach((word, k) => memory.st32(CODE + k * 4, word));
  cpu.onSvc = () => false;
  const { stats } = cpu;
  const before = shapeOf(stats);
  expect(stats.translation).toBeUndefined();
  for (let n = 0; n < 4; n++) {
    cpu.jump(CODE);
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
  }
  expect(cpu.stats.translation!.regions).toBeGreaterThan(0);
  expect(shapeOf(stats)).toBe(before);
  memory.dispose();
});
