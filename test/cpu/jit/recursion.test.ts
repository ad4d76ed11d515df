/** Functions that call themselves, which are one region without calls of the host: what is seen of them is what the interpreter does. */
import { expect, test } from "bun:test";
import { boundedLoop } from "../../../src/cpu/jit/bounded.ts";
import { countedLoop } from "../../../src/cpu/jit/counted.ts";
import { buildGraph } from "../../../src/cpu/jit/inline.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const CODE = 0x60010000;
const F = CODE + 0x1000;
const OTHER = CODE + 0x800;
const AREA = 0x60200000;
const STACK = 0x60300000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const FULL = process.env.RTT_SIM_FULL === "1";

// A32.
const NE = 0x1;
const LE = 0xd;
const AL = 0xe;
const SVC = 0xef000000;
const BX_LR = 0x012fff1e;
const PUSH = 0xe92d4070; // push {r4-r6, lr}
const POP_PC = 0x08bd8070; // pop {r4-r6, pc}
const MOV_R12_0 = 0xe3a0c000;
const on = (cond: number, word: number): number => ((cond << 28) | (word & 0xfffffff)) >>> 0;
const branch = (from: number, to: number, link: boolean, cond = AL): number =>
  on(cond, (link ? 0x0b000000 : 0x0a000000) | (((to - from - 8) >> 2) & 0xffffff));

function write(sides: readonly Side[], at: number, words: readonly number[]): void {
  for (const { memory } of sides) words.forEach((word, k) => memory.st32(at + 4 * k, word));
}

/** One instruction on r0-r3, r8 (an address that may be wrong) and the flags. */
function anything(random: Random): number {
  const [d, n, m] = [random.below(4), random.below(4), random.below(4)];
  return on(
    random.once(3) ? random.below(14) : AL,
    random.pick([
      0x00800000 | (n << 16) | (d << 12) | m, // add
      0x00900000 | (n << 16) | (d << 12) | m, // adds
      0x00b00000 | (n << 16) | (d << 12) | m, // adcs
      0x00500000 | (n << 16) | (d << 12) | m, // subs
      0x01500000 | (n << 16) | m, // cmp
      0x03500000 | (n << 16) | random.below(3), // cmp #
      0x01b00080 | (d << 12) | m, // lsls #1
      0x05980000 | (d << 12) | (4 * random.below(4)), // ldr [r8]
      0x05880000 | (d << 12) | (4 * random.below(4)), // str [r8]
    ]),
  );
}

/**
 * A function that counts r5 down and returns when there is nothing left of it, with or without a frame of its own there; behind that up
 * to three calls of itself, and calls of another function, branches forward and back, returns on conditions, returns to other addresses than
 * that of the call, returns to who called at first.
 */
function makeFunction(random: Random): number[] {
  const words: number[] = random.once(2) ? [anything(random)] : [];
  const early = random.once(2);
  // cmp r5, #0; bxle lr or pople
  if (early) words.push(0xe3550000, on(LE, BX_LR), PUSH);
  else words.push(PUSH, 0xe3550000, on(LE, POP_PC));
  // sub r5, r5, #1; mov r6, r0
  words.push(0xe2455001, 0xe1a06000);
  const here = (): number => F + 4 * words.length;
  let calls = random.between(1, 3);
  for (let k = random.between(calls, 10); k > 0; k--) {
    if (calls > 0 && random.once(2)) {
      calls--;
      words.push(branch(here(), F, true));
    } else if (random.once(6)) words.push(branch(here(), OTHER, true));
    else if (random.once(6)) words.push(on(random.below(14), POP_PC));
    else if (random.once(5)) {
      words.push(branch(here(), here() + 12, false, random.below(14)));
      words.push(anything(random), calls > 0 ? branch(here() + 4, F, true) : anything(random));
    } else if (random.once(6)) {
      // Two comparisons for one branch, and flags that are read where that leads, or where a return does.
      words.push(0xe1500001, on(random.below(14), 0x01520003));
      words.push(branch(here(), here() + 16, false, random.below(14)));
      words.push(anything(random), on(random.below(14), POP_PC), anything(random));
    } else if (random.once(8))
      // ldr r9, [sp, #12]; add or sub r9, r9, #4; str r9, [sp, #12], when the condition holds.
      for (const word of [0x059d900c, random.pick([0x02899004, 0x02499004]), 0x058d900c])
        words.push(on(NE, word));
    else if (random.once(10))
      // popne {r4-r6, lr}; bxne r9: a tail call, of OTHER more often than not.
      words.push(on(NE, 0x08bd4070), on(NE, 0x012fff19));
    else if (random.once(12))
      // movne sp, r11; popne {r4-r6, pc}: longjmp.
      words.push(on(NE, 0x01a0d00b), on(NE, POP_PC));
    else if (random.once(8))
      // subs r6, r6, #1; bcs to the instruction before: a loop.
      words.push(0xe2566001, branch(here() + 4, here() - 4, false, 0x2));
    else words.push(anything(random));
  }
  // add r0, r0, r6
  words.push(0xe0800006, on(AL, POP_PC));
  return words;
}

test("random functions that call themselves, in slices of any length, with faults, other returns and code that changes: in step", () => {
  const random = new Random(SEED);
  const exits = new Set<Exit>();
  let instructions = 0;
  for (let round = 0; round < (FULL ? 600 : 20); round++) {
    const sides: Side[] = [newSide("interp"), newSide("jit"), newSide("auto")];
    const words = makeFunction(random);
    write(sides, F, words);
    write(sides, OTHER, [anything(random), 0xe2800003, on(AL, BX_LR)]);
    // sub sp, sp, #16; mov r11, sp; add r14, pc, #8; str r14, [sp, #12]; mov r5, r10; bl f; add sp, sp, #16
    const main = [0xe24dd010, 0xe1a0b00d, 0xe28fe008, 0xe58de00c, 0xe1a0500a, 0, 0xe28dd010];
    main[5] = branch(CODE + 20, F, true);
    // mov sp, r12: wherever it came from; subs r7, r7, #1; bne
    main.push(0xe1a0d00c, 0xe2577001, branch(CODE + 36, CODE, false, NE), MOV_R12_0, SVC);
    write(sides, CODE, main);
    for (let run = 0; run < 8; run++) {
      const start = [...Array(4)].map(() => random.pick([0, 1, 2, -1, random.below(99)]));
      const r8 = random.once(5) ? random.pick([0, 0x607ffff8, AREA + 2, F + 8]) : AREA;
      const sp = random.once(6) ? random.pick([0x60000048, 0x7fff0000, STACK + 2]) : STACK;
      const deep = random.pick([1, 3, 5, 6]);
      const times = random.between(1, 20);
      const below = 4 * random.between(2, 40);
      const changed = F + 4 * random.below(words.length);
      const word = anything(random);
      const flags = random.below(16) << 28;
      for (const { memory, cpu } of sides) {
        cpu.r.set([...start, 4, 5, 6, times, r8, OTHER, deep, 11, sp, sp, 14]);
        cpu.cpsr = 0x13 | flags;
        cpu.jump(CODE);
        if (run === 6) memory.st32(changed, word);
        if (run === 7) memory.addGuard(STACK - below, STACK - below + 8, round);
      }
      const at = { seed: SEED, round, run, words: words.map((w) => w.toString(16)) };
      const units = (): number => random.pick([1, 2, 3, 7, 50, 500]);
      for (const { exit } of runInStep(sides, at, 60, units, [
        [AREA, 64],
        [STACK - 512, 512],
      ]))
        exits.add(exit);
      // A region of what has been executed up to now, and some of what it leaves for.
      const { regions } = sides[2].cpu as TieredCore;
      if (!regions.has(F)) regions.translate(F);
      for (let k = 0; k < 4; k++) regions.translate(F + 4 * random.below(words.length));
    }
    instructions += sides[1].cpu.stats.instructions;
    for (const { memory } of sides) memory.dispose();
  }
  expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
  expect(instructions).toBeGreaterThan(3000);
}, 600_000);

/** f: cmp r0, #1; push {r4-r6, lr}; pople {r4-r6, pc}; mov r4, r0; sub r0, #1; bl f; mov r5, r0; sub r0, r4, #2; bl f; add r0, r5; pop */
const FIBONACCI = [
  ...[0xe3500001, PUSH, on(LE, POP_PC), 0xe1a04000, 0xe2400001, branch(F + 20, F, true)],
  ...[0xe1a05000, 0xe2440002, branch(F + 32, F, true), 0xe0800005, on(AL, POP_PC)],
];

test("it is entered once however deep it is: translated code is not left", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, true);
  // f: cmp r0, #0; bxeq lr; push {r4, lr}; sub r0, r0, #1; bl f; add r0, r0, #2; pop {r4, pc}
  const f = [0xe3500000, on(0, BX_LR), 0xe92d4010, 0xe2400001, branch(F + 16, F, true)];
  [...f, 0xe2800002, 0xe8bd8010].forEach((word, k) => memory.st32(F + 4 * k, word));
  [branch(CODE, F, true), SVC].forEach((word, k) => memory.st32(CODE + 4 * k, word));
  cpu.onSvc = () => false;
  let entered = 0;
  const run = (depth: number): void => {
    cpu.r[0] = depth;
    cpu.r[13] = STACK + 0x100000;
    cpu.jump(CODE);
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
    expect(cpu.r[0]).toBe(2 * depth);
  };
  run(3);
  const own = cpu.regions.enter;
  cpu.regions.enter = (key, units) => {
    entered++;
    return own(key, units);
  };
  run(20_000);
  expect(entered).toBeLessThan(20);
  memory.dispose();
});

test("units and instructions of a function that calls itself twice are the interpreter's, wherever slices end", () => {
  for (const length of [1, 2, 5, 17, 1000]) {
    const sides: Side[] = [newSide("interp"), newSide("jit"), newSide("auto")];
    write(sides, F, FIBONACCI);
    write(sides, CODE, [branch(CODE, F, true), MOV_R12_0, SVC]);
    for (const { cpu } of sides) {
      cpu.r[0] = 12;
      cpu.r[13] = STACK;
      cpu.jump(CODE);
    }
    const ended = runInStep(sides, length, 5000, () => length, [[STACK - 512, 512]]);
    expect(ended.at(-1)!.exit).toBe(Exit.Stop);
    for (const { cpu, memory } of sides) {
      expect(cpu.r[0]).toBe(144);
      memory.dispose();
    }
  }
});

test("where the function is written over, it is what is there from then on", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = new TieredCore(memory, true);
  FIBONACCI.forEach((word, k) => memory.st32(F + 4 * k, word));
  [branch(CODE, F, true), SVC].forEach((word, k) => memory.st32(CODE + 4 * k, word));
  cpu.onSvc = () => false;
  const run = (): number => {
    cpu.r[0] = 10;
    cpu.r[13] = STACK;
    cpu.jump(CODE);
    cpu.units = 100_000;
    expect(cpu.run()).toBe(Exit.Stop);
    return cpu.r[0];
  };
  expect(run()).toBe(55);
  expect(cpu.regions.has(F)).toBe(true);
  // add r0, r0, r5, then 1 more.
  memory.st32(F + 36, 0xe0a00005);
  expect(cpu.regions.has(F)).toBe(false);
  expect(run()).not.toBe(55);
  memory.dispose();
});

test("what the region does not have is another region, which comes back behind any of the calls", () => {
  const COLD = F + 0x100;
  // f: push {r4-r6, lr}; cmp r5, #0; pople {r4-r6, pc}; sub r5, r5, #1; tst r5, r1; bne cold; add r0, r0, #1; bl f; eor r0, r0, r5; pop
  const f = [
    PUSH,
    0xe3550000,
    on(LE, POP_PC),
    0xe2455001,
    0xe1150001,
    branch(F + 20, COLD, false, NE),
  ];
  f.push(0xe2800001, branch(F + 28, F, true), 0xe0200005, on(AL, POP_PC));
  // cold: add r0, r0, #64; bl f; add r0, r0, r5; bl f; add r0, r0, r0; pop
  const cold = [0xe2800040, branch(COLD + 4, F, true), 0xe0800005, branch(COLD + 12, F, true)];
  cold.push(0xe0800000, on(AL, POP_PC));
  const sides: Side[] = [newSide("interp"), newSide("auto")];
  write(sides, F, f);
  write(sides, COLD, cold);
  write(sides, CODE, [branch(CODE, F, true), MOV_R12_0, SVC]);
  const results: number[] = [];
  const run = (mask: number): void => {
    for (const { cpu } of sides) {
      cpu.r[0] = 0;
      cpu.r[1] = mask;
      cpu.r[5] = 7;
      cpu.r[13] = STACK;
      cpu.jump(CODE);
    }
    const ended = runInStep(sides, mask, 9, () => 1000, [[STACK - 512, 512]]);
    expect(ended.at(-1)!.exit).toBe(Exit.Stop);
    results.push(sides[0].cpu.r[0]);
  };
  const { regions } = sides[1].cpu as TieredCore;
  run(0);
  expect(regions.translate(F)).toBe(true);
  run(1);
  expect(regions.translate(COLD)).toBe(true);
  for (const mask of [0, 1, 2, 4, 3, 5, 7]) run(mask);
  expect(new Set(results).size).toBeGreaterThan(6);
  for (const { memory } of sides) memory.dispose();
});

/**
 * f: push {r4-r6, lr}; cmp r5, #0; pople {r4-r6, pc}; sub r5, r5, #1; mov r6, #3; then, for r6 = 3 to 1, bl f when a bit of r7 is in it
 * (a return leads into the loop, whose code is there twice), add r1, r1, #5, and what `body` is; subs r6, r6, #1; bne; pop
 */
function withLoop(body: readonly number[]): number[] {
  const words = [PUSH, 0xe3550000, on(LE, POP_PC), 0xe2455001, 0xe3a06003];
  const loop = F + 4 * words.length;
  words.push(0xe1160007, branch(loop + 4, loop + 12, false, 0), branch(loop + 8, F, true));
  words.push(0xe2811005, ...body, 0xe2566001);
  return [...words, branch(F + 4 * words.length, loop, false, NE), on(AL, POP_PC)];
}

test("a switch in a loop with such a call: where it leads, registers and faults are the interpreter's", () => {
  const body = F + 36;
  // cmp r6, #3; ldrls pc, [pc, r6, lsl #2]; b behind; two cases: str r2, [r8]; b behind; add r2, r2, r6; ldr r0, [r8]
  const cases = [body + 28, body + 28, body + 36, body + 36];
  const words = [0xe3560003, 0x979ff106, branch(body + 8, body + 44, false), ...cases];
  words.push(0xe5882000, branch(body + 32, body + 44, false), 0xe0822006, 0xe5980000);
  for (const [r8, ending] of [
    [AREA, Exit.Stop],
    [16, Exit.Fault],
  ] as const)
    for (const length of [3, 1000]) {
      const sides: Side[] = [newSide("interp"), newSide("jit"), newSide("auto")];
      write(sides, F, withLoop(words));
      write(sides, CODE, [branch(CODE, F, true), MOV_R12_0, SVC]);
      for (const { cpu } of sides) {
        cpu.r.set([0, 1, 2, 3, 4, 3, 6, 1, r8, 9, 10, 11, 12, STACK, 14]);
        cpu.jump(CODE);
      }
      const ended = runInStep(sides, { r8, length }, 2000, () => length, [[STACK - 512, 512]]);
      expect(ended.at(-1)!.exit).toBe(ending);
      for (const { memory } of sides) memory.dispose();
    }
});

test("loops in a loop with such a call are counted loops and copies there as elsewhere", () => {
  const body = F + 36;
  // mov r3, #40; mov r4, r8; ldr r0, [r4], #4; add r2, r2, r0; subs r3, r3, #1; bne
  const words = [0xe3a03028, 0xe1a04008, 0xe4940004, 0xe0822000, 0xe2533001];
  words.push(branch(body + 20, body + 8, false, NE));
  // mov r4, r8; add r9, r8, #1024; ldrb r0, [r4], #1; strb r0, [r9], #1; cmp r0, #0; bne
  words.push(0xe1a04008, 0xe2889b01, 0xe4d40001, 0xe4c90001, 0xe3500000);
  words.push(branch(body + 44, body + 32, false, NE));
  const f = withLoop(words);
  const fetch = (at: number): number => (f[(at - F) >> 2] >>> ((at & 2) << 3)) & 0xffff;
  const end = F + 4 * f.length;
  const graph = buildGraph(
    (at) => (at >>> 0 >= F && at >>> 0 < end ? fetch(at >>> 0) : undefined),
    F,
  )!;
  const there = (start: number): number =>
    graph.nodes.filter(({ ir }) => ir.start === start).length;
  const counted = graph.nodes.filter((n) => countedLoop(graph, n, false));
  const copies = graph.nodes.filter((n) => boundedLoop(graph, n, false)?.stream);
  expect(there(body + 8)).toBe(2);
  expect(counted.filter(({ ir }) => ir.start === body + 8)).toHaveLength(2);
  expect(copies.filter(({ ir }) => ir.start === body + 32)).toHaveLength(2);
  for (const length of [7, 90, 100_000]) {
    const sides: Side[] = [newSide("interp"), newSide("jit"), newSide("auto")];
    write(sides, F, f);
    write(sides, CODE, [branch(CODE, F, true), MOV_R12_0, SVC]);
    for (const { cpu, memory } of sides) {
      for (let k = 0; k < 200; k++) memory.st8(AREA + k, k < 199 ? 1 + k : 0);
      cpu.r.set([0, 1, 2, 3, 4, 2, 6, 1, AREA, 9, 10, 11, 12, STACK, 14]);
      cpu.jump(CODE);
    }
    const ended = runInStep(sides, length, 5000, () => length, [[AREA, 2048]]);
    expect(ended.at(-1)!.exit).toBe(Exit.Stop);
    for (const { memory } of sides) memory.dispose();
  }
});

test("who calls such a function has its first level as a copy, as of other small functions, for those calls that go no deeper", () => {
  const words = new Map<number, number>(FIBONACCI.map((word, k) => [F + 4 * k, word]));
  [branch(CODE, F, true), on(AL, BX_LR)].forEach((word, k) => words.set(CODE + 4 * k, word));
  const fetch = (at: number): number | undefined => {
    const word = words.get((at & ~2) >>> 0);
    return word === undefined ? undefined : (word >>> ((at & 2) << 3)) & 0xffff;
  };
  const { nodes } = buildGraph(fetch, CODE)!;
  expect(nodes.filter(({ ir }) => ir.start === F)).toHaveLength(1);
});
