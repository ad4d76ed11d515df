/** What cpu/types.ts promises the kernel: units, slices, supervisor calls, precise faults, rewritten code. */
import { afterEach, describe, expect, test } from "bun:test";
import { SVC_UNITS } from "../../src/cpu/mod.ts";
import { READ } from "../../src/memory/mod.ts";
import { arm, t16, t32 } from "./assemble.ts";
import { BASE, CODE, DATA, disposeMachines, engines, Exit, newMachine, STACK } from "./machine.ts";

afterEach(disposeMachines);

const THUMB = CODE | 1;
const svc = (i = 0) => t16("svc", { i });
const movs = (d: number, i: number) => t16("mov_imm8", { d, i });
/** Branch by an offset in halfwords from the pc (this instruction + 4 bytes). */
const b = (halfwords: number) => t16("b", { i: halfwords & 0x7ff });
const bcond = (c: number, halfwords: number) => t16("b_cond", { c, i: halfwords & 0xff });
const NE = 1;

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
