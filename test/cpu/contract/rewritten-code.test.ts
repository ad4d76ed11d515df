/** What cpu/types.ts promises the kernel: rewritten code. */
import { afterEach, describe, expect, test } from "bun:test";
import { t16, t32 } from "../assemble.ts";
import { CODE, disposeMachines, engines, Exit, newMachine, STACK } from "../machine.ts";
import { b, bcond, movs, NE, svc, THUMB } from "./encodings.ts";

afterEach(disposeMachines);

describe.each([...engines])("%s", (engine) => {
  describe("rewritten code", () => {
    test("a block that overwrites what follows executes the new instruction", () => {
      const m = newMachine(engine);
      m.cpu.r[0] = movs(2, 9)[0];
      m.cpu.r[1] = CODE;
      // strh r0,[r1,#4]; movs r3,#3; movs r2,#1; svc #0
      m.put(CODE, t16("strh_imm", { t: 0, n: 1, i: 2 }), movs(3, 3), movs(2, 1), svc());
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect([m.cpu.r[2], m.cpu.r[3]]).toEqual([9, 3]);
      expect(m.cpu.stats.instructions).toBe(4);
    });

    test("also inside an IT block, behind a store with writeback", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = CODE + 12;
      m.cpu.r[4] = (movs(2, 9)[0] << 16) | movs(3, 3)[0];
      // cmp r0,#0; ITTT EQ; streq r4,[r1,#-4]!; moveq r3,#1; moveq r2,#1; svc #0
      m.put(
        CODE,
        t16("cmp_imm8", { n: 0, i: 0 }),
        t16("it", { f: 0, k: 0b0010 }),
        t32("str_pre", { n: 1, t: 4, U: 0, i: 4 }),
        movs(3, 1),
        movs(2, 1),
        svc(),
      );
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect([m.cpu.r[1], m.cpu.r[2], m.cpu.r[3]]).toEqual([CODE + 8, 9, 3]);
      expect(m.cpu.cpsr >>> 28).toBe(0b0110);
    });

    test("blocks that branch to rewritten code find the new one", () => {
      const m = newMachine(engine);
      const target = CODE + 0x200;
      m.put(CODE, t32("bl", { S: 0, j: 1, k: 1, i: 0xfe }), svc());
      m.put(target, movs(0, 1), t16("bx", { m: 14 }));
      for (const value of [1, 2, 3, 4]) {
        m.put(target, movs(0, value));
        m.run(THUMB);
        expect(m.cpu.r[0]).toBe(value);
      }
    });

    test("invalidate: code written behind the core's back", () => {
      const m = newMachine(engine);
      m.put(CODE, movs(0, 1), svc());
      m.run(THUMB);
      m.memory.u16[CODE >>> 1] = movs(0, 2)[0];
      m.cpu.invalidate(CODE, CODE + 2);
      m.run(THUMB);
      expect(m.cpu.r[0]).toBe(2);
    });

    test("a variable in the granule of its code does not throw the code away", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = CODE + 32;
      // 1: ldr r0,[r1]; adds r0,#1; str r0,[r1]; cmp r0,#200; bne 1b; svc
      m.put(
        CODE,
        t16("ldr_imm", { t: 0, n: 1, i: 0 }),
        t16("add_imm8", { d: 0, i: 1 }),
        t16("str_imm", { t: 0, n: 1, i: 0 }),
        t16("cmp_imm8", { n: 0, i: 200 }),
        bcond(NE, -6),
        svc(),
        b(-2),
      );
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect(m.memory.ld32(CODE + 32)).toBe(200);
      expect(m.cpu.stats.invalidations).toBe(0);
    });

    test("a trampoline on the stack", () => {
      const m = newMachine(engine);
      m.cpu.r[4] = STACK - 64;
      // strh r5,[r4]; strh r6,[r4,#2]; adds r4,#1; blx r4; svc
      m.put(
        CODE,
        t16("strh_imm", { t: 5, n: 4, i: 0 }),
        t16("strh_imm", { t: 6, n: 4, i: 1 }),
        t16("add_imm3", { d: 7, n: 4, i: 1 }),
        t16("blx_reg", { m: 7 }),
        svc(),
      );
      for (const value of [10, 20, 30]) {
        m.cpu.r[5] = movs(0, value)[0];
        m.cpu.r[6] = t16("bx", { m: 14 })[0];
        expect(m.run(THUMB)).toBe(Exit.Stop);
        expect(m.cpu.r[0]).toBe(value);
      }
    });
  });
});
