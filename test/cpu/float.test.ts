/** Floating-point state and faults as the kernel sees them. What instructions compute: qemu/float.test.ts. */
import { afterAll, describe, expect, test } from "bun:test";
import { CODE, DATA, disposeMachines, engines, Exit, newMachine } from "./machine.ts";

afterAll(disposeMachines);

/** A32 words as halfwords. */
const words = (...all: number[]): number[] => all.flatMap((w) => [w & 0xffff, w >>> 16]);
const SVC = 0xef000000;

describe.each([...engines])("%s", (engine) => {
  test("VLDR and VLDM need addresses that are multiples of 4, and load nothing when they fault", () => {
    for (const load of [0xed900b00 /* vldr d0, [r0] */, 0xecb00b04 /* vldmia r0!, {d0-d1} */]) {
      const { cpu, put, run } = newMachine(engine);
      put(CODE, words(load, SVC));
      cpu.r[0] = DATA + 2;
      expect(run(CODE)).toBe(Exit.Fault);
      expect(cpu.fault).toMatchObject({
        kind: "data abort",
        pc: CODE,
        address: DATA + 2,
        access: "read",
      });
      expect(cpu.fault!.why).toMatch(/align/);
      expect(cpu.r[0] >>> 0).toBe(DATA + 2);
      cpu.r[0] = DATA + 4;
      expect(run(CODE)).toBe(Exit.Stop);
    }
  });

  test("a store of several registers across the end of memory stores none", () => {
    const { cpu, memory, put, run } = newMachine(engine);
    put(CODE, words(0xeca00b04 /* vstmia r0!, {d0-d1} */, SVC));
    const end = CODE - 0x1000 + 0x10000;
    memory.st32(end - 8, 0x1234);
    cpu.r[0] = end - 8;
    expect(run(CODE)).toBe(Exit.Fault);
    expect(cpu.fault).toMatchObject({ kind: "data abort", access: "write" });
    expect(memory.ldu32(end - 8)).toBe(0x1234);
    expect(cpu.r[0] >>> 0).toBe(end - 8);
  });

  test("a context is there once something was used, and comes back", () => {
    const { cpu, put, run } = newMachine(engine);
    put(CODE, words(0xe3a01007 /* mov r1, #7 */, SVC));
    expect(run(CODE)).toBe(Exit.Stop);
    expect(cpu.floatContext).toBeUndefined();

    // vmov s5, r1; vmov.f64 d3, #1.0; vcmp.f64 d3, d3
    put(CODE + 0x100, words(0xee021a90, 0xeeb73b00, 0xeeb43b43, SVC));
    expect(run(CODE + 0x100)).toBe(Exit.Stop);
    const context = cpu.floatContext;
    expect(context).toBeDefined();

    // vmov r2, s5; vmov r3, r4, d3; vmrs r5, fpscr
    put(CODE + 0x200, words(0xee122a90, 0xec543b13, 0xeef15a10, SVC));
    cpu.floatContext = undefined;
    expect(run(CODE + 0x200)).toBe(Exit.Stop);
    expect([...cpu.r.subarray(2, 6)]).toEqual([0, 0, 0, 0]);
    cpu.floatContext = context;
    expect(run(CODE + 0x200)).toBe(Exit.Stop);
    expect([...cpu.r.subarray(2, 6)]).toEqual([7, 0, 0x3ff00000, 0x60000000]);
  });
});
