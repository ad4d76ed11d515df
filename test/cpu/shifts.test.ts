/** Shifts with flags, by constants and registers: results and carries against Shift_C of the ARM ARM (A2.2.1), for both loops. */
import { describe, expect, test } from "bun:test";
import { Core } from "../../src/cpu/interp/core.ts";
import { Exit } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const CODE = 0x60010000;
const SVC = 0xef000000;
const KINDS = ["LSL", "LSR", "ASR"] as const;
const VALUES = [0, 1, -1, 0x7fffffff, -0x80000000, 0x12345678, -0x0edcba99];
const AMOUNTS = [0, 1, 2, 15, 30, 31, 32, 33, 64, 255, 256, 257, 0x1ff];

/** What the manual says of `x` shifted by `n`, with the carry before. */
function shifted(kind: (typeof KINDS)[number], x: number, n: number, carry: number) {
  if (n === 0) return { result: x, carry };
  const bits = BigInt(n);
  const wide = kind === "ASR" ? BigInt(x) : BigInt(x >>> 0);
  const result = kind === "LSL" ? wide << bits : wide >> bits;
  const out = kind === "LSL" ? wide >> (32n - bits) : wide >> (bits - 1n);
  const lost = kind === "LSL" && n > 32 ? 0n : out & 1n;
  return { result: Number(BigInt.asIntN(32, result)), carry: Number(lost) };
}

describe.each([
  ["in JavaScript", Infinity],
  ["as WebAssembly", 0],
])("the loop %s", (_, compileAfter) => {
  /** Runs one A32 instruction with r1 = x, r2 = n, r3 = y; r0 and NZC behind it. */
  const machine = () => {
    const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });
    const cpu = new Core(memory);
    cpu.compileAfter = compileAfter;
    cpu.onSvc = () => false;
    let at = CODE;
    const run = (word: number, x: number, n: number, y: number, carry: number) => {
      memory.st32(at, word);
      memory.st32(at + 4, SVC);
      cpu.jump(at);
      at += 8;
      cpu.r.set([0x5555, x, n, y]);
      cpu.cpsr = (cpu.cpsr & 0x0fffffff) | (carry << 29);
      cpu.units = 100;
      expect(cpu.run()).toBe(Exit.Stop);
      return { result: cpu.r[0], nzc: (cpu.cpsr >>> 29) & 7 };
    };
    return { run, memory };
  };
  const nzc = (result: number, carry: number): number =>
    (result < 0 ? 4 : 0) | (result === 0 ? 2 : 0) | carry;

  test.each(KINDS)("%s by a register: MOVS, and TEQ, of which the carry is the shift's", (kind) => {
    const { run, memory } = machine();
    const type = KINDS.indexOf(kind) << 5;
    for (const x of VALUES)
      for (const n of AMOUNTS)
        for (const before of [0, 1]) {
          const { result, carry } = shifted(kind, x, n & 255, before);
          expect([x, n, run(0xe1b00011 | type | (2 << 8), x, n, 0, before)]).toEqual([
            ...[x, n],
            { result, nzc: nzc(result, carry) },
          ]);
          expect(run(0xe1330011 | type | (2 << 8), x, n, 0x1234, before).nzc).toBe(
            nzc(result ^ 0x1234, carry),
          );
        }
    memory.dispose();
  });

  test.each(KINDS)("%s by a constant: MOVS, TEQ and MVNS", (kind) => {
    const { run, memory } = machine();
    const type = KINDS.indexOf(kind) << 5;
    for (const x of VALUES)
      for (const n of [1, 2, 15, 30, 31, 32])
        for (const before of [0, 1]) {
          // LSL by 32 is not a constant shift.
          if (kind === "LSL" && n === 32) continue;
          const shift = type | ((n & 31) << 7) | 1;
          const { result, carry } = shifted(kind, x, n, before);
          expect(run(0xe1b00000 | shift, x, 0, 0, before)).toEqual({
            result,
            nzc: nzc(result, carry),
          });
          expect(run(0xe1330000 | shift, x, 0, 0x1234, before).nzc).toBe(
            nzc(result ^ 0x1234, carry),
          );
          expect(run(0xe1f00000 | shift, x, 0, 0, before)).toEqual({
            result: ~result,
            nzc: nzc(~result, carry),
          });
        }
    memory.dispose();
  });

  test("RRX takes the carry in; ADD with the pc is 8 beyond", () => {
    const { run, memory } = machine();
    for (const x of VALUES)
      for (const before of [0, 1])
        // mov r0, r1, rrx
        expect(run(0xe1a00061, x, 0, 0, before).result).toBe((before << 31) | (x >>> 1));
    // add r0, pc, r1: the 15th instruction with its call.
    expect(run(0xe08f0001, 16, 0, 0, 0).result).toBe(CODE + VALUES.length * 2 * 8 + 8 + 16);
    memory.dispose();
  });
});
