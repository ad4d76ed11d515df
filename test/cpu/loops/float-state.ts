/** Floating-point registers and memory in which loops have something to do. */
import { pair, status } from "../qemu/float-generate.ts";
import type { Random } from "../qemu/random.ts";

/** Words of a thread's floating-point state: 64 of registers, the FPSCR last. */
export const FLOAT_WORDS = 73;

/** Registers as programs have them, or with anything in them; an FPSCR that mostly asks for nothing. */
export function randomFloats(random: Random): Int32Array {
  const context = new Int32Array(FLOAT_WORDS);
  for (let k = 0; k < 64; k += 2) context.set(ordinary(random), k);
  context[FLOAT_WORDS - 1] = random.once(3) ? status(random) | 0 : random.pick([0, 0x10]);
  return context;
}
const numbers = new DataView(new ArrayBuffer(8));
/** Two words: numbers that stay normal for a while, sometimes others. */
export function ordinary(random: Random): readonly [number, number] {
  if (random.once(8)) return pair(random) as [number, number];
  const value = (random.below(4000) - 1000) / random.pick([1, 1, 2, 16, 7]);
  if (random.once(2)) numbers.setFloat64(0, value, true);
  else {
    numbers.setFloat32(0, value, true);
    numbers.setFloat32(4, random.below(100), true);
  }
  return [numbers.getInt32(0, true), numbers.getInt32(4, true)];
}
