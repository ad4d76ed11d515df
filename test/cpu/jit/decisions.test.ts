/** Branches that a comparison long before them decides: in step with the interpreter, also where something else has a say. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { decisionOf } from "../../../src/cpu/jit/decisions.ts";
import { liftBlock } from "../../../src/cpu/lift/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const VALUES = [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff];

/** Without their conditions: r6 and r7 become small numbers; the last ones bring in others, or move what is compared. */
const OPS = [
  0x03a06000, // mov r6, #0
  0x03a06001, // mov r6, #1
  0x03e06000, // mvn r6, #0
  0x02666000, // rsb r6, r6, #0
  0x02866001, // add r6, r6, #1
  0x02066001, // and r6, r6, #1
  0x01a07006, // mov r7, r6
  0x01b07006, // movs r7, r6
  0x00666007, // rsb r6, r6, r7
  0x01a06002, // mov r6, r2
  0x02800001, // add r0, r0, #1
  0x02811001, // add r1, r1, #1
  0x0128f002, // msr cpsr_f, r2
];
const SMALL = 9;
const MOV_R6 = [0x03a06000, 0x03a06001, 0x03e06000];
const CMP_R0_R1 = 0xe1500001;
/** cmp r0, r1; r0, r2; r1, r0; r6, #1; r6, r7; r0, r2, lsl r3; r0, #1 */
const COMPARES = [
  0x01500001, 0x01500001, 0x01500002, 0x01510000, 0x03560001, 0x01560007, 0x01500312, 0x03500001,
];
const UNSIGNED = [0, 1, 2, 3, 8, 9];
const SIGNED = [0, 1, 10, 11, 12, 13];

const on = (cond: number, op: number): number => (op | (cond << 28)) >>> 0;

/** cmp r0, r1; r6 becomes one of two numbers; more of the sort; cmp r6, #, mostly; add r5, r5, #1 or not by a branch; cmp r5, r8; bcc back; svc */
function code(random: Random): number[] {
  const conditions = random.once(8) ? [...UNSIGNED, 4, 7, 10] : random.pick([UNSIGNED, SIGNED]);
  const cond = random.pick(conditions);
  const words = [CMP_R0_R1, on(cond, random.pick(MOV_R6)), on(cond ^ 1, random.pick(MOV_R6))];
  for (let k = random.below(5); k > 0; k--) {
    const op = OPS[random.below(random.once(3) ? OPS.length : SMALL)];
    if (random.once(3))
      words.push(on(random.once(4) ? random.pick(conditions) : 14, random.pick(COMPARES)));
    words.push(on(random.once(4) ? 14 : random.pick(conditions), op));
  }
  if (!random.once(4)) words.push((0xe3560000 | random.below(3)) >>> 0);
  words.push(on(random.pick(conditions), 0x0a000000));
  words.push(0xe2855001, 0xe2899001, 0xe1590008);
  return [...words, (0x3affffff - (words.length + 1)) >>> 0, 0xef000000];
}

test("branches that a comparison decides, and others, in slices of any length", () => {
  const random = new Random(SEED);
  const sides = (["interp", "jit"] as Engine[]).map(newSide);
  let decided = 0;
  for (let k = 0; k < 600; k++) {
    const words = code(random);
    const start = CODE + k * 128;
    const block = liftBlock((at) => words[at >>> 2] >>> ((at & 2) * 8), 0, false, 0);
    if (!("insts" in block)) throw new Error("no block");
    const { insts } = block;
    if (insts.some((_, j) => decisionOf(insts, j))) decided++;
    for (const { memory } of sides) words.forEach((word, at) => memory.st32(start + at * 4, word));
    for (let round = 0; round < 6; round++) {
      const numbers = Array.from({ length: 3 }, () => random.pick(VALUES));
      for (const { cpu } of sides) {
        cpu.r.set([...numbers, 0, 0, 0, 0, 0, 1 + (round % 3), 0]);
        cpu.cpsr = 0x13 | ((round & 15) << 28);
        cpu.onSvc = () => false;
        cpu.jump(start);
      }
      const at = { seed: SEED, words: words.map((x) => x.toString(16)), numbers };
      const ends = runInStep(sides, at, 40, () => random.pick([1, 2, 500]), []);
      expect(ends.at(-1)?.exit).toBe(Exit.Stop);
    }
  }
  for (const { memory } of sides) memory.dispose();
  expect(decided).toBeGreaterThan(70);
}, 60_000);
