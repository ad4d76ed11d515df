/** What cpu/types.ts promises the kernel: supervisor calls, exclusive access. */
import { afterEach, describe, expect, test } from "bun:test";
import { SVC_UNITS } from "../../../src/cpu/mod.ts";
import { arm, t16, t32 } from "../assemble.ts";
import { CODE, DATA, disposeMachines, engines, Exit, newMachine } from "../machine.ts";
import { movs, svc, THUMB } from "./encodings.ts";

afterEach(disposeMachines);

describe.each([...engines])("%s", (engine) => {
  describe("supervisor calls", () => {
    test("the hook sees registers, flags and the pc behind, and may change registers", () => {
      const m = newMachine(engine);
      const seen: number[] = [];
      m.cpu.onSvc = (imm) => {
        seen.push(imm, m.cpu.r[0], m.cpu.r[15], m.cpu.cpsr >>> 28, m.cpu.units);
        m.cpu.r[0] += 100;
        return imm !== 0;
      };
      // movs r0,#0 (Z); svc #5; adds r0,#1; svc #0
      m.put(CODE, movs(0, 0), svc(5), t16("add_imm8", { d: 0, i: 1 }), svc());
      expect(m.run(THUMB, 50)).toBe(Exit.Stop);
      expect(seen).toEqual([
        ...[5, 0, CODE + 4, 0b0100, 50 - SVC_UNITS],
        ...[0, 101, CODE + 8, 0b0000, 50 - 2 * SVC_UNITS],
      ]);
      expect(m.cpu.r[0]).toBe(201);
      expect(m.cpu.stats.svcs).toBe(2);
    });

    test("the hook may go on elsewhere, in the other instruction set", () => {
      const m = newMachine(engine);
      m.cpu.onSvc = (imm) => {
        if (imm === 5) m.cpu.jump(CODE + 0x100);
        return imm === 5;
      };
      m.put(CODE, svc(5), movs(0, 1), svc());
      m.put(CODE + 0x100, arm("mov_imm", { S: 0, d: 0, i: 77 }), arm("svc", { i: 0x123456 }));
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect(m.cpu.r[0]).toBe(77);
      expect(m.cpu.r[15]).toBe(CODE + 0x108);
      expect(m.cpu.cpsr & 0x20).toBe(0);
    });

    test("a hook that takes the units away ends the slice behind the call", () => {
      const m = newMachine(engine);
      m.cpu.onSvc = () => {
        m.cpu.units = 0;
        return true;
      };
      m.put(CODE, svc(1), movs(0, 1), svc());
      expect(m.run(THUMB)).toBe(Exit.Slice);
      expect([m.cpu.r[0], m.cpu.r[15]]).toEqual([0, CODE + 2]);
    });

    test("a hook that rewrites the code behind the call is obeyed", () => {
      const m = newMachine(engine);
      m.cpu.onSvc = (imm) => {
        if (imm === 5) m.put(CODE + 2, movs(0, 9));
        return imm !== 0;
      };
      m.put(CODE, svc(5), movs(0, 1), svc());
      m.run(THUMB);
      expect(m.cpu.r[0]).toBe(9);
    });

    test("inside an IT block: ITSTATE goes on behind the call", () => {
      const m = newMachine(engine);
      let its = 0;
      m.cpu.onSvc = (imm) => {
        if (imm === 5) its = ((m.cpu.cpsr >>> 25) & 3) | ((m.cpu.cpsr >>> 8) & 0xfc);
        return imm !== 0;
      };
      // cmp r0,#0; ITTE EQ; svceq #5; moveq r1,#1; movne r2,#2; svc #0
      m.put(
        CODE,
        t16("cmp_imm8", { n: 0, i: 0 }),
        t16("it", { f: 0, k: 0b0110 }),
        svc(5),
        movs(1, 1),
        movs(2, 2),
        svc(),
      );
      m.run(THUMB);
      expect(its).toBe(0b0000_1100);
      expect([m.cpu.r[1], m.cpu.r[2]]).toEqual([1, 0]);

      // The same state given back after a context switch: only what is left of the IT block runs.
      const cpsr = m.cpu.cpsr;
      m.cpu.r[1] = m.cpu.r[2] = 0;
      m.cpu.jump((CODE + 6) | 1);
      m.cpu.cpsr = (cpsr & ~0x0600fc00) | ((0b1100 & 0xfc) << 8);
      m.cpu.units = 100;
      expect(m.cpu.run()).toBe(Exit.Stop);
      expect([m.cpu.r[1], m.cpu.r[2]]).toEqual([1, 0]);
    });
  });

  describe("exclusive access", () => {
    test("a store succeeds once after its load, and not after a context switch", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = DATA;
      m.cpu.onSvc = (imm) => {
        if (imm === 1) m.cpu.clearExclusive();
        return imm !== 0;
      };
      const ldrex = t32("ldrex", { n: 1, t: 0, i: 0 });
      const strex = (d: number) => t32("strex", { n: 1, t: 7, d, i: 0 });
      m.cpu.r[7] = 5;
      m.put(CODE, ldrex, strex(2), strex(3), ldrex, svc(1), strex(4), svc());
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect([m.cpu.r[2], m.cpu.r[3], m.cpu.r[4]]).toEqual([0, 1, 1]);
      expect(m.memory.ld32(DATA)).toBe(5);
    });
  });
});
