/**
 * Advanced SIMD in translated code against the interpreter, which test/cpu/qemu/float compares with qemu-arm: the same registers, status and
 * memory, in and out of loops, whatever the operands are.
 */
import { expect, test } from "bun:test";
import { createCpu, Exit } from "../../../src/cpu/mod.ts";
import { tables } from "../qemu/encodings.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { needsInterpreter } from "../../../src/cpu/jit/shapes.ts";
import { Op, opNames } from "../../../src/cpu/ir/ops.ts";
import { liftBlock } from "../../../src/cpu/lift/mod.ts";
import { nameOf } from "../../../src/cpu/simd/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";

const CODE = 0x60010000;
const DATA = 0x60020000;
const WINDOW = 256;
const END = 0x60100000;
const SVC = 0xef000000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const CASES = process.env.RTT_SIM_FULL === "1" ? 4000 : 400;

const VECTORS = new Set<number>([Op.simd, Op.vldn, Op.vstn, Op.vgetl, Op.vputl, Op.vdupr]);

/** A word that is an instruction of Advanced SIMD, and whether translated code does it itself. */
function instruction(random: Random): { word: number; name: string; translated: boolean } {
  for (;;) {
    const row = tables.neon[random.below(tables.neon.length)];
    const bits = [...row.pattern].map((c) => (c === "0" || c === "1" ? c : random.below(2)));
    const word = parseInt(bits.join(""), 2);
    const block = liftBlock((a) => (a & 2 ? word >>> 16 : word & 0xffff), 0, false, 0, 1);
    if ("address" in block || !block.insts.some((x) => VECTORS.has(x.op))) continue;
    const { insts } = block;
    // Not the stack pointer, the link register or the pc.
    if (insts.some((x) => x.d > 12 && x.d < 16) || insts.some((x) => x.a > 12 && x.a < 16))
      continue;
    const translated = !needsInterpreter(insts, 0, insts.length);
    const { op, i } = insts.find((x) => VECTORS.has(x.op))!;
    return { word, name: op === Op.simd ? nameOf(i) : opNames[op], translated };
  }
}

/** The same instruction in the Thumb instruction set (A7.4, A7.7). */
function inThumb(word: number): number {
  if (word >>> 24 === 0xf4) return (word & 0xffffff) | 0xf9000000;
  return word >>> 25 === 0x79
    ? (word & 0xffffff) | (word & 0x1000000 ? 0xff000000 : 0xef000000)
    : word;
}

const bits = new DataView(new ArrayBuffer(4));
/** Numbers, small ones, powers of two, denormals, NaNs. */
function operand(random: Random): number {
  const x = random.u32() | 0;
  switch (random.below(8)) {
    case 0:
      return x & 0x807fffff;
    case 1:
      return [0, 0x80000000, 0x3f800000, 0x7f800000, 0x7fc00000, 0x00800000][random.below(6)] | 0;
    case 2:
      return (x & 0x83ffffff) | 0x3c000000;
    case 3:
    case 4:
      // A small number of quarters, whose sums and products are exact.
      bits.setFloat32(0, ((x >> 20) & 255) / 4 - 16);
      return bits.getInt32(0);
    default:
      return x;
  }
}

function side(engine: "interp" | "jit") {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });
  const cpu = engine === "jit" ? new TieredCore(memory, true) : createCpu(memory, engine);
  cpu.onSvc = () => false;
  return { memory, cpu };
}

test(`${CASES} random sequences: translated code and interpreter in step`, () => {
  const random = new Random(SEED);
  const sides = [side("interp"), side("jit")];
  const rows = new Map<string, number>();
  for (let k = 0; k < CASES; k++) {
    const sequence = Array.from({ length: 6 }, () => instruction(random));
    for (const { name, translated } of sequence)
      if (translated) rows.set(name, (rows.get(name) ?? 0) + 1);
    const thumb = random.below(2);
    const words = sequence.map(({ word }) => word);
    // subs r12, r12, #1; bne to the beginning: a loop of three.
    const code = thumb
      ? [...words.map(inThumb), 0xf1bc0c01, 0xd1f0df00].map((word) => (word >>> 16) | (word << 16))
      : [...words, 0xe25cc001, 0x1afffff7, SVC];
    const context = new Int32Array(73);
    for (let n = 0; n < 64; n++) context[n] = operand(random);
    // Rounding mode, FZ and DN in one case of four.
    context[72] = (random.below(2) << 4) | (random.below(4) ? 0 : random.below(16) << 22);
    const window = Array.from({ length: WINDOW / 4 }, () => operand(random));
    // Aligned or not; some where memory ends.
    const core = Array.from({ length: 13 }, () =>
      random.below(16) ? DATA + random.below(WINDOW - 64) : END - random.below(80),
    );
    const [a, b] = sides.map(({ memory, cpu }) => {
      code.forEach((word, n) => memory.st32(CODE + n * 4, word));
      window.forEach((word, n) => memory.st32(DATA + n * 4, word));
      cpu.r.set(core);
      cpu.r[12] = 3;
      cpu.floatContext = context.slice();
      cpu.cpsr = 0x13;
      cpu.jump(CODE | thumb);
      cpu.units = 1000;
      const exit = cpu.run();
      const state = cpu.floatContext;
      return {
        exit,
        instructions: cpu.stats.instructions,
        fault: exit === Exit.Fault ? cpu.fault : undefined,
        r: [...cpu.r],
        cpsr: cpu.cpsr,
        float: [...state!.subarray(0, 64), state![72]],
        memory: Buffer.from(memory.read(DATA, WINDOW)).toString("hex"),
        last: Buffer.from(memory.read(END - 80, 80)).toString("hex"),
      };
    });
    const at = { seed: SEED, case: k, sequence: sequence.map(({ name }) => name) };
    expect({ at, ...b }).toEqual({ at, ...a });
  }
  // Most of what compilers emit is translated.
  const wanted =
    "vadd vsub vmul vmla vmls vand vorr veor vmull vmlal vmovn vshr vshl vshll vext vzip vuzp vtrn vdup vdupr vldn vstn vmlaF vaddF vmulF";
  for (const name of wanted.split(" "))
    expect({ name, n: rows.get(name) ?? 0 }).not.toEqual({ name, n: 0 });
  for (const { memory } of sides) memory.dispose();
}, 300_000);

test("an address that is not aligned costs translated code nothing", () => {
  // vld1.8 {d16-d17}, [r0]!; vld1.32 {d18}, [r1]; vst1.8 {d16-d17}, [r2]!; subs r3, r3, #1; bne to the beginning; svc
  const code = [0xf4600a0d, 0xf461278f, 0xf4420a0d, 0xe2533001, 0x1afffffa, SVC];
  const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });
  const cpu = new TieredCore(memory, true);
  cpu.onSvc = () => false;
  code.forEach((word, n) => memory.st32(CODE + n * 4, word));
  // The last bytes that there are.
  const bytes = Uint8Array.from({ length: 16 * 1000 }, (_, k) => k * 7);
  memory.write(END - bytes.length, bytes);
  cpu.r.set([END - bytes.length, END - 9, DATA + 3, 1000]);
  let steps = 0;
  const { core } = cpu as unknown as { core: { step: () => unknown } };
  const { step } = core;
  core.step = () => (steps++, step.call(core));
  cpu.jump(CODE);
  cpu.units = 10_000;
  expect(cpu.run()).toBe(Exit.Stop);
  expect(Buffer.from(memory.read(DATA + 3, bytes.length))).toEqual(Buffer.from(bytes));
  // A store beside the one place where two granules of different rights meet is the interpreter's.
  expect(steps).toBeLessThan(4);
  memory.dispose();
});
