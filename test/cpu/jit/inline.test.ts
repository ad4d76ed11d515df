/** Small functions that are part of the regions which call them: what is seen of them is what is seen of others. */
import { expect, test } from "bun:test";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const STACK = 0x60300000;
/** Addresses of functions: entry i is one of the first i + 1, or the stub. */
const TABLE = AREA + 64;
const STUB = CODE + 0x800;
/** Thumb: movw ip, #5; svc #0; bx lr. */
const STUB_CODE = [0xf240, 0x0c05, 0xdf00, 0x4770];
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const FULL = process.env.RTT_SIM_FULL === "1";

// A32.
const NE = 0x1;
const LT = 0xb;
const AL = 0xe;
const SVC = 0xef000000;
const BX_LR = 0x012fff1e;
const POP_PC = 0x08bd8070; // pop {r4-r6, pc}
const PUSH = 0xe92d4070; // push {r4-r6, lr}
const SUBS_R7 = 0xe2577001;
/** movw r10, #low; movt r10, #high: of TABLE. */
const TABLE_IN_R10 = [0xe300a040, 0xe346a020];
const MOV_R12_0 = 0xe3a0c000;
const on = (cond: number, word: number): number => ((cond << 28) | (word & 0xfffffff)) >>> 0;
const branch = (from: number, to: number, link: boolean, cond = AL): number =>
  on(cond, (link ? 0x0b000000 : 0x0a000000) | (((to - from - 8) >> 2) & 0xffffff));

function write(sides: readonly Side[], at: number, words: readonly number[]): void {
  for (const { memory } of sides) words.forEach((word, k) => memory.st32(at + 4 * k, word));
}

/** ldr r9, [r10, #4 * entry]; blx r9 */
const callThrough = (entry: number): number[] => [0xe59a9000 | (4 * entry), 0xe12fff39];

/** One instruction on r0-r3, r8 (an address that may be wrong) and the flags. */
function anything(random: Random): number {
  const [d, n, m] = [random.below(4), random.below(4), random.below(4)];
  const cond = random.once(3) ? random.below(14) : AL;
  return on(
    cond,
    random.pick([
      0x00800000 | (n << 16) | (d << 12) | m, // add
      0x00900000 | (n << 16) | (d << 12) | m, // adds
      0x00b00000 | (n << 16) | (d << 12) | m, // adcs
      0x00500000 | (n << 16) | (d << 12) | m, // subs
      0x02900000 | (n << 16) | (d << 12) | 0x4ff, // adds #0xff000000
      0x01500000 | (n << 16) | m, // cmp
      0x03500000 | (n << 16) | random.below(3), // cmp #
      0x01b00080 | (d << 12) | m, // lsls #1
      0x00110000 | (n << 16) | (d << 12) | m, // ands
      0x05980000 | (d << 12) | (4 * random.below(4)), // ldr [r8]
      0x05880000 | (d << 12) | (4 * random.below(4)), // str [r8]
    ]),
  );
}

/**
 * A function: a frame or none, returns on conditions, and at most: a branch forward over some of it, a call of another, an address
 * of return that is moved on by an instruction.
 */
function makeFunction(random: Random, at: number, others: readonly number[]): number[] {
  const framed = random.once(2);
  const words: number[] = random.once(3) ? [anything(random)] : [];
  if (framed) words.push(PUSH);
  const length = random.between(1, 8);
  for (let k = 0; k < length; k++) {
    words.push(anything(random));
    const here = at + 4 * words.length;
    if (random.once(6)) words.push(on(random.below(14), framed ? POP_PC : BX_LR));
    else if (framed && others.length > 0 && random.once(4))
      words.push(branch(here, random.pick(others), true, random.once(3) ? random.below(14) : AL));
    else if (framed && random.once(6)) words.push(branch(here, at, true, random.below(14)));
    else if (framed && others.length > 0 && random.once(4))
      words.push(...callThrough(random.below(others.length)));
    else if (random.once(5)) {
      words.push(branch(here, here + 12, false, random.below(14)));
      words.push(anything(random), anything(random));
    } else if (random.once(4)) {
      // Two comparisons for one branch.
      const [first, then] = [random.below(14), random.below(14)];
      words.push(0xe1500001, on(first, 0x01520003), branch(here + 8, here + 20, false, then));
      words.push(anything(random), anything(random));
    }
  }
  // add lr, lr, #4: the instruction behind the call is left out.
  if (!framed && random.once(5)) words.push(on(random.below(14), 0x028ee004));
  words.push(on(AL, framed ? POP_PC : BX_LR));
  return words;
}

const sidesOf = (): Side[] => [newSide("interp"), newSide("jit"), newSide("auto")];

test("random functions, in slices of any length, with faults, other returns and code that changes: in step", () => {
  const random = new Random(SEED);
  const exits = new Set<Exit>();
  let instructions = 0;
  for (let round = 0; round < (FULL ? 1500 : 30); round++) {
    const sides = sidesOf();
    const functions: number[] = [];
    for (let k = 0, at = CODE + 0x1000; k < 4; k++) {
      const words = makeFunction(random, at, functions);
      write(sides, at, words);
      functions.push(at);
      at += 4 * words.length + (random.once(2) ? 256 : 0);
    }
    const setTable = (): void => {
      for (let k = 0; k < 4; k++) {
        const address = random.once(5) ? STUB | 1 : functions[random.below(k + 1)];
        for (const { memory } of sides) memory.st32(TABLE + 4 * k, address);
      }
    };
    setTable();
    for (const { memory, cpu, svcs } of sides) {
      STUB_CODE.forEach((word, k) => memory.st16(STUB + 2 * k, word));
      cpu.onSvc = (imm) => {
        svcs.push(`${imm} ${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
        cpu.r[0] ^= 0x55;
        return cpu.r[12] === 5;
      };
    }
    const main: number[] = random.once(2) ? [...TABLE_IN_R10] : [];
    for (let k = random.between(1, 4); k > 0; k--) {
      if (random.once(2)) main.push(anything(random));
      if (random.once(2)) main.push(...callThrough(random.below(4)));
      else main.push(branch(CODE + 4 * main.length, random.pick(functions), true));
      // Left out by a return that is moved on.
      main.push(anything(random));
    }
    main.push(SUBS_R7, branch(CODE + 4 * (main.length + 1), CODE, false, NE), MOV_R12_0, SVC);
    write(sides, CODE, main);
    for (let run = 0; run < 6; run++) {
      const start = [...Array(4)].map(() =>
        random.pick([0, 1, 2, 0x7fffffff, -1, random.below(99)]),
      );
      const r8 = random.once(5)
        ? random.pick([0, 0x607ffff8, AREA + 2, AREA + 60, TABLE - 4, functions[1]])
        : AREA;
      const r7 = random.between(1, 120);
      const sp = random.once(6) ? random.pick([0x60000008, 0x7fff0000, STACK + 2]) : STACK;
      const flags = random.below(16) << 28;
      const changed = functions[0] + 4 * random.below(3);
      const word = anything(random);
      const below = 4 * random.between(2, 64);
      const overwrites = random.once(2);
      if (run > 1 && random.once(3)) setTable();
      for (const { memory, cpu } of sides) {
        cpu.r.set([...start, 4, 5, 6, r7, r8, 9, TABLE, 11, 12, sp, 14]);
        cpu.cpsr = 0x13 | flags;
        cpu.jump(CODE);
        if (run === 3) memory.addGuard(AREA + 8, AREA + 12, round);
        if (run === 5) memory.addGuard(STACK - below, STACK - below + 8, round);
        if (run === 4 && overwrites) memory.st32(changed, word);
      }
      const at = { seed: SEED, round, run, main: main.map((w) => w.toString(16)) };
      const units = (): number => random.pick([1, 2, 3, 7, 500]);
      for (const { exit } of runInStep(sides, at, 60, units, [
        [AREA, 128],
        [STACK - 256, 256],
      ]))
        exits.add(exit);
    }
    instructions += sides[1].cpu.stats.instructions;
    for (const { memory } of sides) memory.dispose();
  }
  expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
  expect(instructions).toBeGreaterThan(3000);
}, 600_000);

/** 1: bl f; subs r7, #1; bne 1b; svc -- f: cmp r0, #9; addne r0, #1; bxne lr; mov r0, #0; bx lr */
const F = CODE + 0x1000;
const MAIN = [branch(CODE, F, true), SUBS_R7, branch(CODE + 8, CODE, false, NE), SVC];
const FUNCTION = [0xe3500009, 0x12800001, on(NE, BX_LR), 0xe3a00000, on(AL, BX_LR)];

/** A core that translates everything, with these programs. */
function eager(): { cpu: TieredCore; memory: GuestMemory; run: (times: number) => Exit } {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  MAIN.forEach((word, k) => memory.st32(CODE + 4 * k, word));
  FUNCTION.forEach((word, k) => memory.st32(F + 4 * k, word));
  const cpu = new TieredCore(memory, true);
  cpu.onSvc = () => false;
  const run = (times: number): Exit => {
    cpu.r[0] = 0;
    cpu.r[7] = times;
    cpu.jump(CODE);
    cpu.units = 1_000_000;
    return cpu.run();
  };
  return { cpu, memory, run };
}

test("the function has no region of its own, and one that calls it goes when it is written over", () => {
  const { cpu, memory, run } = eager();
  expect(run(25)).toBe(Exit.Stop);
  expect(cpu.r[0]).toBe(5);
  expect(cpu.regions.has(F)).toBe(false);
  expect(cpu.regions.has(CODE)).toBe(true);
  memory.st32(F + 12, 0xe3a00003);
  expect(cpu.regions.has(CODE)).toBe(false);
  run(25);
  // 0 ... 9, 3 ... 9, 3 ... 9, 3
  expect(cpu.r[0]).toBe(4);
  memory.dispose();
});

test("a conditional call changes flags: the same condition behind it is asked again", () => {
  // cmp r0, #0; bleq f; moveq r1, #7; svc -- f: cmp lr, #0; bx lr
  const sides = sidesOf();
  write(sides, CODE, [0xe3500000, branch(CODE + 4, F, true, 0), 0x03a01007, SVC]);
  write(sides, F, [0xe35e0000, on(AL, BX_LR)]);
  // The function is translated when it has been called.
  for (const zero of [0, 1, 1, 1])
    for (const { cpu } of sides) {
      cpu.r[0] = 1 - zero;
      cpu.r[1] = 3;
      cpu.jump(CODE);
      cpu.units = 100;
      expect(cpu.run()).toBe(Exit.Stop);
      expect(cpu.r[1]).toBe(3);
    }
  for (const { memory } of sides) memory.dispose();
});

test("thousands of conditional calls in a row are translated in parts", () => {
  const sides = [newSide("interp"), newSide("jit")];
  // Each stores the registers: adds r0, r0, #0 and so on.
  const words = Array.from({ length: 6000 }, (_, k) =>
    k % 3 ? branch(CODE + 4 * k, AREA, true, LT) : (0xe2900000 | ((k % 12) * 0x11000)) >>> 0,
  );
  write(sides, CODE, [...words, SVC]);
  for (const { cpu } of sides) cpu.jump(CODE);
  expect(runInStep(sides, "in a row", 8, () => 1000, []).at(-1)?.exit).toBe(Exit.Stop);
  // As many as one region may have are more than a module can hold.
  const { regions } = sides[1].cpu.stats.translation!;
  expect(regions).toBeGreaterThan(8);
  expect(regions).toBeLessThan(60);
  for (const { memory } of sides) memory.dispose();
});

test("where blocks are counted, the function has a region of its own", () => {
  const { cpu, memory, run } = eager();
  cpu.countingPlan = () => undefined;
  run(25);
  expect(cpu.regions.has(F)).toBe(true);
  // 25 times 3 of main; of the function 3 each, twice 5; and the call of the host.
  expect(cpu.stats.instructions).toBe(25 * 3 + 23 * 3 + 2 * 5 + 1);
  memory.dispose();
});

test("what a table of addresses leads to may change: another address, another stub at it, no stub", () => {
  const { cpu, memory } = eager();
  const main = [...TABLE_IN_R10, ...callThrough(0), MOV_R12_0, SVC];
  main.forEach((word, k) => memory.st32(CODE + 4 * k, word));
  const thumb = (at: number, code: readonly number[]): void =>
    code.forEach((word, k) => memory.st16(at + 2 * k, word));
  const numbers: number[] = [];
  cpu.onSvc = () => {
    numbers.push(cpu.r[12]);
    return cpu.r[12] !== 0;
  };
  const run = (): void => {
    for (let k = 0; k < 3; k++) {
      cpu.r[0] = 0;
      cpu.jump(CODE);
      cpu.units = 1000;
      expect(cpu.run()).toBe(Exit.Stop);
    }
  };
  thumb(STUB, STUB_CODE);
  memory.st32(TABLE, STUB | 1);
  run();
  expect(numbers.splice(0)).toEqual([5, 0, 5, 0, 5, 0]);
  thumb(STUB, STUB_CODE.with(1, 0x0c06));
  run();
  expect(numbers.splice(0)).toEqual([6, 0, 6, 0, 6, 0]);
  // movs r0, #9; bx lr
  thumb(STUB, [0x2009, 0x4770]);
  run();
  expect([...numbers.splice(0), cpu.r[0]]).toEqual([0, 0, 0, 9]);
  memory.st32(TABLE, F);
  run();
  expect([...numbers.splice(0), cpu.r[0]]).toEqual([0, 0, 0, 1]);
  memory.dispose();
});
