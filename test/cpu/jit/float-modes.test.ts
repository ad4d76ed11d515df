/** Arithmetic in the modes that are not the host's: in step with the interpreter, which is compared with qemu-arm elsewhere. */
import { expect, test } from "bun:test";
import { Random } from "../qemu/random.ts";
import { newSide, seen } from "./side.ts";

const CODE = 0x60010000;
const IXC = 16;
const DN = 1 << 25;
const FZ = 1 << 24;
const MODES = [0, 1 << 22, 2 << 22, 3 << 22, FZ, DN, FZ | DN | (1 << 22)];

/** s2 or d2 of s0 and s1, d0 and d1; VMLA and VFMA add to what is there. */
const programs: Readonly<Record<string, { word: number; double: boolean }>> = {
  "vadd.f32": { word: 0xee301a20, double: false },
  "vsub.f32": { word: 0xee301a60, double: false },
  "vmul.f32": { word: 0xee201a20, double: false },
  "vnmul.f32": { word: 0xee201a60, double: false },
  "vdiv.f32": { word: 0xee801a20, double: false },
  "vmla.f32": { word: 0xee001a20, double: false },
  "vfma.f32": { word: 0xeea01a20, double: false },
  "vsqrt.f32": { word: 0xeeb11ac0, double: false },
  "vcmp.f32": { word: 0xeeb40a60, double: false },
  "vcvt.f64.f32": { word: 0xeeb72ac0, double: false },
  "vadd.f64": { word: 0xee302b01, double: true },
  "vsub.f64": { word: 0xee302b41, double: true },
  "vmul.f64": { word: 0xee202b01, double: true },
  "vdiv.f64": { word: 0xee802b01, double: true },
  "vmla.f64": { word: 0xee002b01, double: true },
  "vsqrt.f64": { word: 0xeeb12bc0, double: true },
  "vcvt.f32.f64": { word: 0xeeb72bc0, double: true },
};

/** A number with all its bits, or one that a mode is about. */
function operand(random: Random, double: boolean): number {
  const special = random.below(12);
  const least = double ? 2 ** -1022 : 2 ** -126;
  if (special === 0) return Number.NaN;
  if (special === 1) return least * (random.below(1000) / 1000);
  if (special === 2) return least * (1 + random.below(1000) / 1000);
  const fraction = 1 + random.u32() / 2 ** 32 + random.u32() / 2 ** 60;
  return (random.once(2) ? -1 : 1) * fraction * 2 ** random.between(-8, 8);
}

for (const [name, { word, double }] of Object.entries(programs))
  test(`${name} in every mode, whether something was inexact before or not`, () => {
    const random = new Random(word);
    const sides = [newSide("interp"), newSide("jit")];
    for (const { memory } of sides)
      [word, 0xef000001].forEach((x, k) => memory.st32(CODE + k * 4, x));
    let inexact = 0;
    for (const mode of MODES)
      for (const before of [0, IXC])
        for (let k = 0; k < 40; k++) {
          const numbers = [1, 2, 3].map(() => operand(random, double));
          const [expected, got] = sides.map((side) => {
            const { cpu } = side;
            const context = new Int32Array(73);
            const view = double ? Float64Array : Float32Array;
            new view(context.buffer, 0, 3).set(numbers);
            context[72] = mode | before;
            cpu.floatContext = context;
            cpu.jump(CODE);
            cpu.units = 100;
            const state = seen(side, cpu.run()) as object;
            const float = [...cpu.floatContext!.subarray(0, 64), cpu.floatContext![72]];
            return { name, mode, numbers, ...state, float };
          });
          expect(got).toEqual(expected);
          inexact |= before === 0 ? expected.float[64] & IXC : 0;
        }
    if (!/vcmp|f64.f32/.test(name)) expect(inexact).toBe(IXC);
    for (const { memory } of sides) memory.dispose();
  });
