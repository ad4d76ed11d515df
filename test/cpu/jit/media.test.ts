/** Media, saturating and dual multiplication instructions at the edges of their operands: translated as interpreted. */
import { expect, test } from "bun:test";
import { decode } from "../../../src/cpu/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, seen } from "./side.ts";

const CODE = 0x60400000;
const LENGTH = 40;
const ROUNDS = 150;
const EDGES = [0, 1, -1, 0x7fffffff, -0x80000000, 0x8000, 0x7fff, 0xffff, 0x80008000, 0x7fff7fff];
const BYTES = [0, 1, 0x7f, 0x80, 0x81, 0xff];

/** Media instructions (A5.4), saturating addition (A5.2.6), halfword multiplication (A5.2.7). */
const rows = Object.entries(decode.a32()).filter(([name, [, pattern]]) => {
  if (/^cccc011/.test(pattern)) return pattern[27] === "1" && !/bf/.test(name);
  const last = pattern.slice(24, 28);
  return /^cccc00010..0/.test(pattern) && (last === "0101" || /^1..0$/.test(last));
});

function operand(random: Random): number {
  const kind = random.below(4);
  if (kind === 0) return EDGES[random.below(EDGES.length)];
  if (kind === 1) return random.u32() | 0;
  let word = 0;
  for (let k = 0; k < 4; k++) word = (word << 8) | BYTES[random.below(BYTES.length)];
  return word;
}

/** A word of the row with registers r0-r9, all of them different. */
function encode(pattern: string, random: Random): number {
  const used = new Set<number>();
  const fields = new Map<string, number>();
  let word = 0;
  const left = new Map<string, number>();
  for (const letter of pattern) left.set(letter, (left.get(letter) ?? 0) + 1);
  for (const letter of pattern) {
    if (!fields.has(letter)) {
      let value = random.below(2 ** left.get(letter)!);
      if (letter === "c") value = 14;
      else if (left.get(letter) === 4 && /[dnmahlst]/.test(letter)) {
        do value = random.below(10);
        while (used.has(value));
        used.add(value);
      }
      fields.set(letter, value);
    }
    const bits = left.get(letter)! - 1;
    left.set(letter, bits);
    const bit =
      letter === "0" || letter === "1" ? Number(letter) : (fields.get(letter)! >>> bits) & 1;
    word = (word << 1) | bit;
  }
  return word >>> 0;
}

test("every media instruction, in step", () => {
  const names = new Set(rows.map(([name]) => name));
  for (const name of [
    "uadd8",
    "usub8",
    "sel",
    "qdsub",
    "ssat_asr",
    "usat16",
    "smlald",
    "smmls",
    "usada8",
    "rbit",
  ])
    expect(names).toContain(name);
  const random = new Random(Number(process.env.RTT_SIM_SEED ?? 1));
  const [a, b] = [newSide("interp"), newSide("jit")];
  const seenNames = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const registers = Array.from({ length: 13 }, () => operand(random));
    const cpsr = 0x13 | ((random.u32() | 0) & 0xf80f0000);
    const code = Array.from({ length: LENGTH }, () => {
      const [name, [, pattern]] = rows[random.below(rows.length)];
      seenNames.add(name);
      return encode(pattern, random);
    });
    const states = [a, b].map((side) => {
      const { cpu, memory } = side;
      [...code, 0xef000000].forEach((word, k) => memory.st32(CODE + k * 4, word));
      cpu.r.set(registers);
      cpu.cpsr = cpsr;
      cpu.jump(CODE);
      cpu.units = 1000;
      return seen(side, cpu.run());
    });
    const at = { round, code: code.map((word) => word.toString(16)) };
    expect({ at, state: states[1] }).toEqual({ at, state: states[0] });
  }
  expect(seenNames.size).toBe(rows.length);
  for (const { memory } of [a, b]) memory.dispose();
}, 60_000);
