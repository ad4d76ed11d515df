/** Frames whose size is not known: ADD and SUB of sp and a register that is shifted, as the ARM ARM has them (A8.8.10, A8.8.226). */
import { afterEach, expect, test } from "bun:test";
import { CODE, disposeMachines, engines, Exit, newMachine, STACK } from "./machine.ts";

afterEach(disposeMachines);

const half = (word: number): number[] => [word & 0xffff, word >>> 16];
const swapped = (word: number): number[] => [word >>> 16, word & 0xffff];
const shifts: Readonly<Record<string, (x: number, n: number) => number>> = {
  LSL: (x, n) => x << n,
  LSR: (x, n) => x >>> n,
  ASR: (x, n) => x >> n,
};
const SIZES = [0, 8, 0x123, 0x80000400 | 0, -64];

for (const engine of engines)
  test(`sp by a register, shifted, ${engine}`, () => {
    for (const subtracts of [false, true])
      for (const [k, [name, shift]] of Object.entries(shifts).entries())
        for (const amount of [1, 2, 3, 6])
          for (const size of SIZES) {
            const way = shift(size, amount);
            const expected = subtracts ? STACK - way : STACK + way;
            const fields = (amount << 7) | (k << 5) | 1;
            // add/sub sp, sp, r1, SHIFT #amount; svc #1
            const a32 = half((subtracts ? 0xe04dd000 : 0xe08dd000) | fields);
            const codes: [number, number[]][] = [[CODE, [...a32, ...half(0xef000001)]]];
            const parts = ((amount >> 2) << 12) | ((amount & 3) << 6) | (k << 4) | 1;
            // Thumb has LSL by up to 3 for sp.
            if (k === 0 && amount <= 3) {
              const t32 = swapped((subtracts ? 0xebad0d00 : 0xeb0d0d00) | parts);
              codes.push([CODE | 1, [...t32, 0xdf01]]);
            }
            for (const [at, code] of codes) {
              const { cpu, put, run } = newMachine(engine);
              put(CODE, code);
              cpu.r[1] = size;
              const exit = run(at);
              const where = { name, amount, size, subtracts, at };
              const got = { exit, sp: cpu.r[13], r1: cpu.r[1] };
              expect({ ...where, ...got }).toEqual({
                ...{ ...where, exit: Exit.Stop },
                ...{ sp: expected | 0, r1: size },
              });
              disposeMachines();
            }
          }
  });
