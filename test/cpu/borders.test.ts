/**
 * Units at the borders of pages are about the way that was taken (cpu/types.ts, SLIDE_UNITS), so that a schedule does not depend on
 * the engine, on how a run is cut, or on what was executed before.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { SLIDE_PAGE, SLIDE_UNITS } from "../../src/cpu/mod.ts";
import { t16 } from "./assemble.ts";
import { BASE, disposeMachines, engines, Exit, type Machine, newMachine } from "./machine.ts";

afterEach(disposeMachines);

/** A linear congruential generator: the same programs in every run. */
function random(seed: number): (below: number) => number {
  let x = seed >>> 0;
  return (below) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * below);
  };
}

/** Places from which and to which code is executed across a border: some are close, some pages away. */
const BORDERS = [1, 2, 3, 4].map((k) => BASE + 0x1000 + k * SLIDE_PAGE);
const END = BORDERS[3] + 0x200;
const SVC = 0xdf00;

/** Fills all pages with Thumb code that goes on upwards: data processing, IT blocks, short branches both ways, wide instructions. */
function program({ memory }: Machine, seed: number): void {
  const next = random(seed);
  const put = (at: number, half: number): void => memory.st16(at, half);
  for (let at = BORDERS[0] - 0x200; at < END;) {
    const left = END - at;
    const kind = next(40);
    if (kind < 4 && left > 8) {
      // nop.w, or movw r3, #n
      const wide = kind < 2 ? [0xf3af, 0x8000] : [0xf240, 0x0300 | next(256)];
      put(at, wide[0]);
      put(at + 2, wide[1]);
      at += 4;
    } else if (kind < 7 && left > 8) {
      put(at, 0xbf08 | (next(14) << 4)); // it <c>
      put(at + 2, 0x3001 + next(3) * 0x100); // adds r0-r2, #1
      at += 4;
    } else if (kind === 7 && left > 12) {
      // b<c> over two halfwords
      put(at, 0xd000 | (next(14) << 8) | 1);
      put(at + 2, 0x3101);
      put(at + 4, 0x1c40);
      at += 6;
    } else if (kind === 8 && left > 12) {
      // movs r4, #n; subs r4, #1; bne: a loop, perhaps with a border in it
      put(at, 0x2401 + next(4));
      put(at + 2, 0x3c01);
      put(at + 4, 0xd1fd);
      at += 6;
    } else {
      put(at, next(2) ? 0x3000 + next(0x400) : 0x1c00 + next(0x40) * 8);
      at += 2;
    }
  }
  put(END, SVC);
}

const ENTRIES = BORDERS.flatMap((b) => [b - 0x100, b - 0x20, b - 2, b, b + 6].map((at) => at | 1));

/** A loop that is entered in its middle is at its last round. */
function prepare({ cpu }: Machine): void {
  cpu.r.fill(0, 0, 13);
  cpu.r[4] = 1;
  cpu.cpsr = 0x13;
}

/** Runs from an entry to the end in pieces of so many units; what was spent and executed, and the state. */
function runFrom(m: Machine, entry: number, slice: number): unknown {
  const { cpu } = m;
  prepare(m);
  cpu.jump(entry);
  const { instructions } = cpu.stats;
  let spent = 0;
  const stops: number[] = [];
  for (let n = 0; n < 5000; n++) {
    cpu.units = slice;
    const exit = cpu.run();
    spent += slice - cpu.units;
    if (exit === Exit.Slice) {
      if (slice < 1000) stops.push(cpu.r[15]);
      continue;
    }
    const registers = [...cpu.r.subarray(0, 5)];
    return [
      exit,
      spent,
      cpu.stats.instructions - instructions,
      cpu.r[15],
      cpu.cpsr,
      registers,
      stops,
    ];
  }
  throw new Error("no end");
}

/** An entry may be inside a wide instruction, from where there may be no way to the end: the same fault in all engines. */
const SEEDS = Array.from({ length: process.env.RTT_SIM_FULL === "1" ? 12 : 1 }, (_, k) => k + 1);
describe.each([...engines])("%s", (engine) => {
  test.each(SEEDS)("the same units whatever was executed before, program %d", (seed) => {
    const order = random(seed + 100);
    const shuffled = ENTRIES.map((entry) => ({ entry, at: order(1000) }))
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry);
    for (const slice of [100_000, 7]) {
      const [reference, used] = [newMachine("interp"), newMachine(engine)];
      for (const m of [reference, used]) program(m, seed);
      const expected = new Map(ENTRIES.map((e) => [e, runFrom(reference, e, slice)]));
      for (const entry of shuffled)
        expect(runFrom(used, entry, slice)).toEqual(expected.get(entry));
      const fresh = newMachine(engine);
      program(fresh, seed);
      const last = shuffled[0];
      expect(runFrom(fresh, last, slice)).toEqual(expected.get(last));
      // Other contents of the pages before the entry, written when the code is translated.
      for (const { memory } of [used, fresh])
        for (let at = BORDERS[0] - 0x200; at < (last & ~1); at += 2) memory.st16(at, 0x3001);
      expect(runFrom(used, last, slice)).toEqual(expected.get(last));
      expect(runFrom(fresh, last, slice)).toEqual(expected.get(last));
    }
  });

  test("how a run is cut does not change what is spent", () => {
    const whole = newMachine(engine);
    const cut = newMachine(engine);
    for (const m of [whole, cut]) program(m, 9);
    for (const entry of ENTRIES) {
      const [a, b] = [runFrom(whole, entry, 100_000), runFrom(cut, entry, 3)] as unknown[][];
      expect(b.slice(0, -1)).toEqual(a.slice(0, -1));
    }
  });

  test("single steps cost what a run costs", () => {
    const whole = newMachine(engine);
    const stepped = newMachine(engine);
    for (const m of [whole, stepped]) program(m, 4);
    const [exit, spent] = runFrom(whole, ENTRIES[0], 100_000) as number[];
    expect(exit).toBe(Exit.Stop);
    const { cpu } = stepped;
    prepare(stepped);
    cpu.jump(ENTRIES[0]);
    cpu.units = 100_000;
    let last = cpu.single();
    while (last === undefined) last = cpu.single();
    expect([last, 100_000 - cpu.units]).toEqual([exit, spent]);
  });

  test("a loop over a border costs a unit for each round, as anywhere", () => {
    for (const start of [BASE + 0x1800, BORDERS[1] - 4, BORDERS[1] - 2]) {
      const m = newMachine(engine);
      // subs r0, #1; adds r1, #1; bne: back to the first
      m.put(start, [0x3101, 0x3801, 0xd1fc], t16("svc", { i: 0 }));
      m.cpu.r[0] = 1000;
      m.cpu.jump(start | 1);
      m.cpu.units = 100_000;
      expect(m.cpu.run()).toBe(Exit.Stop);
      expect(100_000 - m.cpu.units).toBe(999 + 4);
    }
  });

  test("a page of straight code costs its units when it is entered and left at its ends, and only then", () => {
    const costs = (entry: number): number => {
      const m = newMachine(engine);
      for (let at = BASE; at < END; at += 2) m.memory.st16(at, 0x1c00);
      m.memory.st16(END, SVC);
      m.cpu.jump(entry | 1);
      m.cpu.units = 100_000;
      expect(m.cpu.run()).toBe(Exit.Stop);
      return 100_000 - m.cpu.units - 4;
    };
    expect(costs(BORDERS[3] - 2)).toBe(0);
    expect(costs(BORDERS[2])).toBe(0);
    expect(costs(BORDERS[2] - 2)).toBe(SLIDE_UNITS);
    expect(costs(BORDERS[0] - 2)).toBe(3 * SLIDE_UNITS);
  });
});
