/** What single instructions of a prologue do to the stack; encodings are those of the GNU assembler. */
import { expect, test } from "bun:test";
import { unwindPrologue } from "../../src/dwarf/mod.ts";

const CODE = 0x60010000;
const STACK = 0x60020000;

test.each([
  ["A32: strd r4, r5, [sp, #-8]!", false, [0xe16d40f8], 8, { 4: 0, 5: 1 }],
  ["A32: strd r6, r7, [sp, #-32]!", false, [0xe16d62f0], 32, { 6: 0, 7: 1 }],
  ["T32: pld [r0]; strd r4, r5, [sp, #-8]!", true, [0xf000f890, 0x4502e96d], 8, { 4: 0, 5: 1 }],
  ["T32: strd ip, lr, [sp, #-16]!", true, [0xce04e96d], 16, { 12: 0, 14: 1 }],
] as const)("%s", (_, thumb, code, size, saved) => {
  const word = (address: number): number | undefined => {
    if (address >= CODE && address < CODE + 4 * code.length) return code[(address - CODE) >> 2];
    const at = address - STACK;
    return at >= 0 && at < 64 ? 0x1000 + at / 4 : undefined;
  };
  const half = (address: number) => {
    const whole = word(address & ~3);
    return whole === undefined ? undefined : (whole >>> (8 * (address & 2))) & 0xffff;
  };
  const registers = Array.from({ length: 16 }, (_, n) => n);
  registers[13] = STACK;
  registers[14] = 0x60030001;
  registers[15] = CODE + 4 * code.length;
  const caller = unwindPrologue({ word, half }, CODE, thumb, registers);
  const expected = registers.slice();
  expected[13] = STACK + size;
  for (const [register, place] of Object.entries(saved))
    expected[Number(register)] = 0x1000 + place;
  expected[15] = expected[14];
  expect(caller).toEqual(expected);
});
