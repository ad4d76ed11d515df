/** Loops that copy and fill, of which translated code does many iterations at once: in step with the interpreter whatever happens. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { moduleOf } from "../golden/wasm.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 0x10000;
const RAM_END = 0x60800000;
/** Where they may store. */
const PLACES = [
  [AREA - SIZE, 3 * SIZE],
  [RAM_END - SIZE, SIZE],
] as const;
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 600 : 60;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);

/** r1: from, r3: to, r12: where it ends, r2: what is stored. */
const LOOPS: Record<
  string,
  { code: number[]; step: number; end: "from" | "to" | "count" | "zero" }
> = {
  // ldrb r2, [r1], #1; strb r2, [r3], #1; cmp r1, r12; bne
  up: { code: [0xe4d12001, 0xe4c32001, 0xe151000c, 0x1afffffb], step: 1, end: "from" },
  // ldrb r2, [r1, #-1]!; strb r2, [r3, #-1]!; cmp r12, r1; bne
  down: { code: [0xe5712001, 0xe5632001, 0xe15c0001, 0x1afffffb], step: -1, end: "from" },
  // ldr r2, [r1], #4; str r2, [r3], #4; subs r12, r12, #1; bne
  words: { code: [0xe4912004, 0xe4832004, 0xe25cc001, 0x1afffffb], step: 4, end: "count" },
  // ldrh r2, [r1, #-2]!; strh r2, [r3, #-2]!; cmp r3, r12; bne
  halves: { code: [0xe17120b2, 0xe16320b2, 0xe153000c, 0x1afffffb], step: -2, end: "to" },
  // ldrb r2, [r1], #1; strb r2, [r3], #1; cmp r2, #0; bne
  text: { code: [0xe4d12001, 0xe4c32001, 0xe3520000, 0x1afffffb], step: 1, end: "zero" },
  // ldrb r2, [r1, #1]!; cmp r2, #0; bne
  length: { code: [0xe5f12001, 0xe3520000, 0x1afffffc], step: 1, end: "zero" },
  // strb r2, [r3], #1; cmp r3, r12; bne
  fill: { code: [0xe4c32001, 0xe153000c, 0x1afffffc], step: 1, end: "to" },
};

for (const [name, { code, step, end }] of Object.entries(LOOPS))
  test(`${name}: overlaps, guards, faults, code in the way, slices of any length`, () => {
    // memory.copy or memory.fill
    const module = Buffer.from(
      moduleOf({ code: new Uint8Array(new Uint32Array(code).buffer), thumb: false }),
    );
    if (name !== "length")
      expect(module.includes(Buffer.from([0xfc, name === "fill" ? 0x0b : 0x0a]))).toBe(true);
    const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
    for (const { memory } of sides)
      [...code, 0xef000000].forEach((word, k) => memory.st32(CODE + k * 4, word));
    const random = new Random(SEED);
    const exits = new Set<Exit>();
    for (let round = 0; round < ROUNDS; round++) {
      const length = random.pick([1, 2, 31, 33, 100, 1000, 5000, 9000]) + random.below(64);
      const distance = random.pick([0, 1, 3, 16, 64, 4096, 20000]) + random.below(3);
      const near = random.once(6) ? RAM_END - 3000 : AREA + SIZE / 4;
      const from = near + random.below(SIZE / 4);
      const to = random.once(2) ? from + distance : from - distance;
      // Sometimes it steps over its end, or never comes there.
      const skew = random.once(8) ? 1 : 0;
      const start = end === "from" ? from : to;
      const last =
        end === "count" ? length : start + length * step + (Math.abs(step) > 1 ? skew : 0);
      const guard = random.once(4) ? to + step * random.below(length) : undefined;
      const inCode = random.once(4) ? to + step * random.below(length) : undefined;
      const bytes = Uint8Array.from({ length: SIZE }, () => random.below(256));
      // Few zeros, or those where they should be only.
      if (end === "zero") {
        for (let k = 0; k < SIZE; k++) bytes[k] ||= random.once(40) ? 0 : 1;
        if (from + length < AREA + SIZE) {
          for (let k = from - AREA; k < from - AREA + length; k++) bytes[k] ||= 7;
          bytes[from - AREA + length] = 0;
        }
      }
      const tag = `round ${round}`;
      const value = random.u32() | 0;
      for (const { memory, cpu } of sides) {
        memory.write(AREA, bytes);
        cpu.r.set([0, from, value, to, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        cpu.cpsr = 0x13;
        cpu.jump(CODE);
        if (inCode !== undefined) memory.markCode(inCode, inCode + 1);
        if (guard !== undefined) memory.addGuard(guard, guard + 4, tag);
      }
      const at = { seed: SEED, round, from, to, length, guard, inCode };
      const units = () => random.pick([1, 7, 40, 500, 5000, 20_000]);
      for (const { exit } of runInStep(sides, at, 12, units, PLACES)) exits.add(exit);
      for (const { memory } of sides) if (guard !== undefined) memory.removeGuard(guard);
    }
    // It ends, is cut, and faults.
    expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
    for (const { memory } of sides) memory.dispose();
  }, 120_000);

test("the element before a load that faults is the one that was read, wherever the copy lies over it", () => {
  // ldr r2, [r1], #4; str r2, [r3], #4; subs r12, r12, #1; bne, and the same downwards
  const up = [0xe4912004, 0xe4832004, 0xe25cc001, 0x1afffffb];
  const down = [0xe4112004, 0xe4032004, 0xe25cc001, 0x1afffffb];
  const COUNT = 100;
  for (const [code, first, distances] of [
    [up, RAM_END - 4 * COUNT, [-1, -2, -3, -4, -8]],
    [down, 0x60000000 + 4 * (COUNT - 1), [1, 2, 3, 4, 8]],
  ] as const) {
    const sides = (["interp", "jit"] as Engine[]).map(newSide);
    for (const { memory } of sides)
      [...code, 0xef000000].forEach((word, k) => memory.st32(CODE + k * 4, word));
    for (const distance of distances)
      // The slice ends where what can be read does: iterations that are done at once are all there are.
      for (let units = COUNT - 2; units <= COUNT + 2; units++) {
        for (const { memory, cpu } of sides) {
          for (let k = -16; k < 4 * COUNT; k++) {
            const at = (code === up ? first : 0x60000000) + k;
            if (memory.contains(at)) memory.st8(at, k * 7);
          }
          cpu.r.set([0, first, 5, first + distance]);
          cpu.r[12] = 4 * COUNT;
          cpu.cpsr = 0x13;
          cpu.jump(CODE);
        }
        const range = [code === up ? first - 16 : 0x60000000, 4 * COUNT] as const;
        const ended = runInStep(sides, { code, distance, units }, 1, () => units, [range]);
        if (units > COUNT) expect(ended.at(-1)!.exit).toBe(Exit.Fault);
      }
    for (const { memory } of sides) memory.dispose();
  }
});
