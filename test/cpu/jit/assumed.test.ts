/**
 * Stores that are not tested, because all of their table could be stored to when they were translated, and loads from tables of which the
 * address is part of the code: in step with the interpreter when
 * the host takes that right away, in the middle or in between, and when the table is another one, or beside the
 * code.
 */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { READ, WRITE } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 4096;
const RAM_END = 0x60800000;
const ENGINES: Engine[] = ["interp", "jit", "auto"];
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 150 : 40;
const RUNS = 8;

const PIECES: Record<string, number[]> = {
  // Tables in registers: 1: and r6, r0, #63; str r0, [r4, r6, lsl #2]; tst r0, #3; bne 2f; add r2, r2, #1; svc #1; 2: ldr r7, [r5, r6, lsl #2];
  // add r7, r7, r2; strb r7, [r5, r6]; strh r7, [r5, r6]; subs r0, r0, #1; bne 1b; svc #0
  registers: [
    ...[0xe200603f, 0xe7840106, 0xe3100003, 0x1a000001, 0xe2822001, 0xef000001, 0xe7957106],
    ...[0xe0877002, 0xe7c57006, 0xe18570b6, 0xe2500001, 0x1afffff3, 0xef000000],
  ],
  // Nothing in between, and a register that is another one behind the loop: the same without svc #1, strh; mov r4, #0 behind bne
  quiet: [
    ...[0xe200603f, 0xe7840106, 0xe3100003, 0x1a000000, 0xe2822001, 0xe7957106, 0xe0877002],
    ...[0xe7857106, 0xe2500001, 0x1afffff5, 0xe3a04000, 0xef000000],
  ],
  // A table that is waited for: 1: ldrb r6, [r5, r0]; eor r6, r6, r2; and r6, r6, #255; ldr r6, [r4, r6, lsl #2]; eor r2, r6, r2, lsr #8;
  // subs r0, r0, #1; bne 1b; svc #0
  awaited: [
    ...[0xe7d56000, 0xe0266002, 0xe20660ff, 0xe7946106, 0xe0262422, 0xe2500001, 0x1afffff8],
    ...[0xef000000],
  ],
  // A constant: movw r8, #0x340; movt r8, #0x6020; 1: ubfx r6, r0, #1, #6; str r0, [r8, r6, lsl #2]; tst r0, #3; bne 2f; str r2, [r8, #80];
  // svc #1; 2: ldrb r7, [r8, r6]; add r7, r7, r2; strh r7, [r8, r6]; str r2, [r8, #-60]; subs r0, r0, #1; movw, movt; bne 1b; svc #0
  constant: [
    ...[0xe3008340, 0xe3468020, 0xe7e560d0, 0xe7880106, 0xe3100003, 0x1a000001, 0xe5882050],
    ...[0xef000001, 0xe7d87006, 0xe0877002, 0xe18870b6, 0xe508203c, 0xe2500001, 0xe3008340],
    ...[0xe3468020, 0x1afffff1, 0xef000000],
  ],
};

for (const [name, code] of Object.entries(PIECES))
  test(`${name}: guards, code and rights that come while the loop runs, other tables`, () => {
    const random = new Random(SEED);
    const exits = new Set<Exit>();
    const sides = ENGINES.map(newSide);
    for (let round = 0; round < ROUNDS; round++) {
      // What was relied on wrongly once is not relied on again: each round has code of its own.
      const start = CODE + round * 256;
      const tables = [AREA + 0x300, AREA + 0x500 + (random.below(64) & ~3)];
      for (let run = 0; run < RUNS; run++) {
        if (random.once(6))
          tables[random.below(2)] = random.pick([AREA + 0x200 + random.below(2048), RAM_END - 100]);
        // Three of four runs change nothing, so that the loop is translated for what the next one changes.
        const what = random.below(16);
        const place = AREA + 0x200 + random.below(0x600);
        const times = 20 + random.below(200);
        const at = { seed: SEED, round, run, what, place, tables, times };
        const change = ({ memory }: (typeof sides)[number]): void => {
          if (what === 0) memory.protect(place, place + 64, READ);
          if (what === 1) memory.markCode(place, place + 4);
          if (what === 2) memory.addGuard(place, place + 4, "guard");
        };
        const now = random.once(2);
        sides.forEach((side) => {
          const { memory, cpu, svcs } = side;
          if (run === 0) code.forEach((word, k) => memory.st32(start + k * 4, word));
          memory.fill(AREA, SIZE, round);
          cpu.r.set([times, 0, 0, 0, tables[0], tables[1], 0, 0, 0, 0, 0, 0, 0, 0, 0]);
          cpu.cpsr = 0x13;
          cpu.jump(start);
          if (now) change(side);
          let calls = 0;
          cpu.onSvc = (imm) => {
            svcs.push(`${imm} ${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
            if (imm === 0) return false;
            if (++calls === 4 && !now) change(side);
            return true;
          };
        });
        const units = (): number => random.pick([7, 40, 500, 5000]);
        for (const { exit } of runInStep(sides, at, 40, units, [[AREA, SIZE]])) exits.add(exit);
        for (const { memory } of sides) {
          memory.removeGuard(place);
          memory.clearCode(AREA, AREA + SIZE);
          memory.protect(AREA, AREA + SIZE, READ | WRITE);
        }
      }
    }
    expect(exits).toEqual(new Set([Exit.Fault, Exit.Slice, Exit.Stop]));
    for (const { memory } of sides) memory.dispose();
  });

test("code that is translated in a table is executed as it is stored there", () => {
  // movw r8, #0; movt r8, #0x6020; mov r0, #3; 1: and r6, r0, #1; str r5, [r8, r6, lsl #2]; subs r0, r0, #1; bne 1b; svc #0
  const stores = [
    ...[0xe3008000, 0xe3468020, 0xe3a00003, 0xe2006001, 0xe7885106, 0xe2500001, 0x1afffffb],
    0xef000000,
  ];
  const sides = ENGINES.map(newSide);
  const run = (start: number, instruction: number): number[] => {
    for (const { cpu } of sides) {
      cpu.r.fill(0);
      cpu.r[5] = instruction;
      cpu.cpsr = 0x13;
      cpu.jump(start);
    }
    const [{ exit }] = runInStep(sides, instruction, 1, () => 5000, [[AREA, SIZE]]);
    expect(exit).toBe(Exit.Stop);
    return sides.map(({ cpu }) => cpu.r[1]);
  };
  for (const { memory } of sides) {
    stores.forEach((word, k) => memory.st32(CODE + k * 4, word));
    memory.st32(AREA + 8, 0xef000000);
  }
  for (let round = 1; round < 8; round++) {
    // add r1, r1, #round, twice.
    run(CODE, 0xe2811000 | round);
    expect(run(AREA, round)).toEqual(ENGINES.map(() => 2 * round));
  }
  for (const { memory } of sides) memory.dispose();
});

test("a table that has code of the loop in it", () => {
  const random = new Random(SEED);
  const start = CODE + 1024;
  for (let round = 0; round < 4; round++) {
    const sides = ENGINES.map(newSide);
    // The last words of the table are the first instructions, or others.
    const table = start + 4 * round - 256 + 4;
    for (const { memory, cpu } of sides) {
      PIECES.quiet.forEach((word, k) => memory.st32(start + k * 4, word));
      cpu.r.set([63 + 64 * 3, 0, 0, 0, table, AREA, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      cpu.cpsr = 0x13;
      cpu.jump(start);
    }
    const ranges = [
      [AREA, SIZE],
      [start - 256, SIZE],
    ] as const;
    runInStep(sides, { seed: SEED, round }, 3, () => random.pick([7, 40, 100]), ranges);
    for (const { memory } of sides) memory.dispose();
  }
});
