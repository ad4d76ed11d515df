/** What cpu/types.ts promises the kernel: precise faults. */
import { afterEach, describe, expect, test } from "bun:test";
import { READ } from "../../../src/memory/mod.ts";
import { arm, t16, t32 } from "../assemble.ts";
import { BASE, CODE, DATA, disposeMachines, engines, Exit, newMachine, STACK } from "../machine.ts";
import { movs, svc, THUMB } from "./encodings.ts";

afterEach(disposeMachines);

describe.each([...engines])("%s", (engine) => {
  describe("faults", () => {
    test("a load from nowhere: registers, flags and base as before the instruction", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = 0x1000;
      // movs r0,#0 (Z); ldr r2,[r1],#4
      m.put(CODE, movs(0, 0), t32("ldr_post", { n: 1, t: 2, U: 1, i: 4 }), movs(0, 3));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({
        kind: "data abort",
        pc: CODE + 2,
        address: 0x1000,
        access: "read",
        why: "unmapped",
      });
      expect([m.cpu.r[0], m.cpu.r[1], m.cpu.r[2], m.cpu.r[15]]).toEqual([0, 0x1000, 0, CODE + 2]);
      expect(m.cpu.cpsr >>> 28).toBe(0b0100);
      expect(m.cpu.stats.instructions).toBe(1);
    });

    test("a store multiple that runs out of memory stores nothing and keeps its base", () => {
      const m = newMachine(engine);
      const end = BASE + 0x10000;
      m.cpu.r[0] = 1;
      m.cpu.r[1] = end - 4;
      // stmia r1!, {r0, r2}
      m.put(CODE, t16("stm", { n: 1, r: 0b101 }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "data abort", access: "write", why: "unmapped" });
      expect(m.cpu.r[1]).toBe(end - 4);
      expect(m.memory.ld32(end - 4)).toBe(0);
    });

    test("read-only memory, guards and their tags, alignment", () => {
      const m = newMachine(engine);
      const tag = { thread: "main" };
      m.memory.protect(DATA, DATA + 64, READ);
      m.memory.addGuard(DATA + 0x100, DATA + 0x104, tag);
      const str = t16("str_imm", { t: 0, n: 1, i: 0 });
      m.put(CODE, str);
      m.cpu.r[1] = DATA;
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ address: DATA, access: "write", why: "read-only" });
      m.cpu.r[1] = DATA + 0x100;
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ why: "guard", guard: tag });
      // The guard's neighbour in the same granule is ordinary memory.
      m.put(CODE + 4, str, svc());
      m.cpu.r[0] = 42;
      m.cpu.r[1] = DATA + 0x104;
      expect(m.run((CODE + 4) | 1)).toBe(Exit.Stop);
      expect(m.memory.ld32(DATA + 0x104)).toBe(42);
      // ldrd r2, r3, [r1] at an address that is not a multiple of 4
      m.put(CODE + 8, t32("ldrd_imm", { U: 1, n: 1, t: 2, u: 3, i: 0 }));
      m.cpu.r[1] = DATA + 0x202;
      expect(m.run((CODE + 8) | 1)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "data abort", why: "alignment" });
    });

    test("a frame that steps over a guard faults when it is made; a stack pointer that goes nowhere does not", () => {
      const m = newMachine(engine);
      // add sp, r7: what qemu-arm does with it, wherever it leads.
      m.put(CODE, t16("add_reg_high", { d: 13, m: 7 }), svc());
      for (const sp of [BASE - 0x100, BASE - 0x10000000, DATA]) {
        m.cpu.r[13] = STACK;
        m.cpu.r[7] = sp - STACK;
        expect(m.run(THUMB)).toBe(Exit.Stop);
        expect(m.cpu.r[13]).toBe(sp);
      }
      m.memory.addGuard(STACK - 0x2000, STACK - 0x1000, "below");
      m.cpu.r[13] = STACK;
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ pc: CODE, access: "write", guard: "below" });
      expect(m.cpu.r[13]).toBe(STACK);
      // However small it is, and wherever it lies.
      m.memory.removeGuard(STACK - 0x2000);
      m.cpu.r[7] = -0xbb8;
      for (const start of [STACK - 0xbb8, STACK - 0x7fc, STACK - 0x10]) {
        m.memory.addGuard(start, start + 16, "small");
        expect(m.run(THUMB)).toBe(Exit.Fault);
        expect(m.cpu.fault).toMatchObject({ pc: CODE, access: "write", guard: "small" });
        expect(m.cpu.r[13]).toBe(STACK);
        m.memory.removeGuard(start);
      }
      m.memory.addGuard(STACK - 0xbb8 - 16, STACK - 0xbb8, "farther down");
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect(m.cpu.r[13]).toBe(STACK - 0xbb8);
    });

    test("unaligned words and halfwords are allowed, across granules too", () => {
      const m = newMachine(engine);
      m.cpu.r[0] = 0x11223344;
      m.cpu.r[1] = DATA + 61;
      m.put(
        CODE,
        t16("str_imm", { t: 0, n: 1, i: 0 }),
        t16("ldr_imm", { t: 2, n: 1, i: 0 }),
        t16("ldrh_imm", { t: 3, n: 1, i: 1 }),
        svc(),
      );
      expect(m.run(THUMB)).toBe(Exit.Stop);
      expect([m.cpu.r[2], m.cpu.r[3]]).toEqual([0x11223344, 0x1122]);
      expect([...m.memory.read(DATA + 61, 4)]).toEqual([0x44, 0x33, 0x22, 0x11]);
    });

    test("accesses that run over the end of the address space", () => {
      const m = newMachine(engine);
      m.cpu.r[1] = -2;
      m.put(CODE, t16("ldr_imm", { t: 0, n: 1, i: 0 }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "data abort", address: 0xfffffffe });
      m.cpu.r[1] = -4;
      m.put(CODE, t16("stm", { n: 1, r: 0b101 }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "data abort", address: 0xfffffffc });
      m.put(CODE, t16("bx", { m: 1 }));
      m.cpu.r[1] = -1;
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: 0xfffffffe });
    });

    test("a jump to nowhere is a prefetch abort there", () => {
      const m = newMachine(engine);
      m.put(CODE, t16("bx", { m: 3 }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: 0 });
      expect(m.cpu.r[15]).toBe(0);
      expect(m.cpu.cpsr & 0x20).toBe(0);
      // Running off the end of memory.
      const end = BASE + 0x10000;
      m.put(end - 2, movs(0, 7));
      expect(m.run((end - 2) | 1)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: end });
      expect(m.cpu.r[0]).toBe(7);
    });

    test("SETEND LE does nothing, SETEND BE is an undefined instruction that is named", () => {
      const m = newMachine(engine);
      m.put(CODE, t16("setend", { E: 0 }), t16("setend", { E: 1 }));
      m.put(CODE + 8, arm("setend", { E: 0 }), arm("setend", { E: 1 }));
      for (const [at, pc] of [
        [THUMB, CODE + 2],
        [CODE + 8, CODE + 12],
      ]) {
        expect(m.run(at)).toBe(Exit.Fault);
        const { kind, why } = m.cpu.fault!;
        expect({ kind, pc: m.cpu.fault!.pc }).toEqual({ kind: "undefined instruction", pc });
        expect(why).toContain("SETEND BE");
      }
    });

    test("undefined instruction and breakpoint", () => {
      const m = newMachine(engine);
      m.put(CODE, movs(0, 1), t16("udf", { i: 1 }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "undefined instruction", pc: CODE + 2 });
      m.put(CODE + 2, t16("bkpt", { i: 0xab }));
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "breakpoint", pc: CODE + 2 });
      expect(m.cpu.fault?.why).toContain("171");
    });

    test("a fault inside an IT block has its ITSTATE", () => {
      const m = newMachine(engine);
      // cmp r0,#0; ITT EQ; moveq r1,#1; ldreq r2,[r0]
      m.put(
        CODE,
        t16("cmp_imm8", { n: 0, i: 0 }),
        t16("it", { f: 0, k: 0b0100 }),
        movs(1, 1),
        t16("ldr_imm", { t: 2, n: 0, i: 0 }),
      );
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.cpu.fault?.pc).toBe(CODE + 6);
      expect(((m.cpu.cpsr >>> 25) & 3) | ((m.cpu.cpsr >>> 8) & 0xfc)).toBe(0b1000);
    });

    test("after a fault the core goes on where it is told to", () => {
      const m = newMachine(engine);
      m.put(CODE, t16("udf", { i: 0 }));
      m.put(CODE + 0x40, movs(0, 5), svc());
      expect(m.run(THUMB)).toBe(Exit.Fault);
      expect(m.run((CODE + 0x40) | 1)).toBe(Exit.Stop);
      expect(m.cpu.fault).toBeUndefined();
      expect(m.cpu.r[0]).toBe(5);
    });
  });
});
