/** What cpu/types.ts promises the kernel: units and slices. */
import { afterEach, describe, expect, test } from "bun:test";
import { SVC_UNITS } from "../../../src/cpu/mod.ts";
import { t16, t32 } from "../assemble.ts";
import { CODE, disposeMachines, engines, Exit, newMachine } from "../machine.ts";
import { b, bcond, movs, NE, svc, THUMB } from "./encodings.ts";

afterEach(disposeMachines);

describe.each([...engines])("%s", (engine) => {
  test("the other branch of ITE AL, which is UNPREDICTABLE, is always taken, as under QEMU", () => {
    const m = newMachine(engine);
    // ite al; movs r0, #1; movs r1, #2: both; again, with a branch to the svc: movs r2, #3 is not reached.
    const iteAl = [0xbfec];
    m.put(CODE, iteAl, movs(0, 1), movs(1, 2), iteAl, movs(3, 4), b(0), movs(2, 3), svc());
    expect(m.run(THUMB)).toBe(Exit.Stop);
    expect([...m.cpu.r.subarray(0, 4)]).toEqual([1, 2, 0, 4]);
  });

  describe("units", () => {
    test("a loop costs one unit for each branch back", () => {
      const m = newMachine(engine);
      // movs r0, #5; 1: subs r0, #1; bne 1b; svc #0
      m.put(CODE, movs(0, 5), t16("sub_imm8", { d: 0, i: 1 }), bcond(NE, -3), svc());
      expect(m.run(THUMB, 100)).toBe(Exit.Stop);
      expect(m.cpu.units).toBe(100 - 4 - SVC_UNITS);
      expect(m.cpu.stats.instructions).toBe(1 + 5 * 2 + 1);
    });

    test("a branch to itself leaves with Slice at its own address", () => {
      const m = newMachine(engine);
      m.put(CODE, b(-2));
      expect(m.run(THUMB, 7)).toBe(Exit.Slice);
      expect(m.cpu.units).toBe(0);
      expect(m.cpu.r[15]).toBe(CODE);
      expect(m.cpu.cpsr & 0x20).toBe(0x20);
      expect(m.cpu.stats.instructions).toBe(7);
    });

    test("branches forward cost nothing, whether direct, indirect or a table", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = CODE + 16 + 1;
      // b +4; nop; bx r1 at CODE+8
      m.put(CODE, b(2), t16("nop", {}), t16("nop", {}), t16("nop", {}), t16("bx", { m: 1 }));
      // tbb [pc, r2] with r2 = 0, table right behind: entry 4 -> CODE + 20 + 8
      m.put(CODE + 16, t32("tbb", { n: 15, m: 2 }), [4], [0], [0], [0]);
      m.put(CODE + 28, svc());
      expect(m.run(THUMB, 10)).toBe(Exit.Stop);
      expect(m.cpu.units).toBe(10 - SVC_UNITS);
    });

    test("a return to a lower address costs one, a call to a higher one nothing", () => {
      const m = newMachine(engine);
      // bl CODE+16; svc #0   ...   CODE+16: bx lr
      m.put(CODE, t32("bl", { S: 0, j: 1, k: 1, i: 6 }), svc());
      m.put(CODE + 16, t16("bx", { m: 14 }));
      expect(m.run(THUMB, 10)).toBe(Exit.Stop);
      expect(m.cpu.units).toBe(10 - 1 - SVC_UNITS);
    });

    test("no units, nothing happens", () => {
      const m = newMachine(engine);
      m.put(CODE, movs(0, 1), svc());
      expect(m.run(THUMB, 0)).toBe(Exit.Slice);
      expect(m.cpu.r[0]).toBe(0);
      expect(m.cpu.r[15]).toBe(CODE);
    });

    test("cutting a loop into slices of one unit changes neither result nor flags", () => {
      // movs r0,#0; movs r1,#20; 1: adds r0,r0,r1; subs r1,#1; bne 1b; svc #0
      const code = [
        movs(0, 0),
        movs(1, 20),
        t16("add_reg", { d: 0, n: 0, m: 1 }),
        t16("sub_imm8", { d: 1, i: 1 }),
        bcond(NE, -4),
        svc(),
      ];
      const m = newMachine(engine);
      m.put(CODE, ...code);
      let slices = 0;
      m.cpu.jump(THUMB);
      for (;;) {
        m.cpu.units = 1;
        if (m.cpu.run() !== Exit.Slice) break;
        slices++;
      }
      expect(slices).toBe(19);
      expect(m.cpu.r[0]).toBe(210);
      expect(m.cpu.cpsr >>> 28).toBe(0b0110);
      expect(m.cpu.stats.instructions).toBe(2 + 20 * 3 + 1);
    });
  });
});
