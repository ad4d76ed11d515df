/**
 * Programs that jump to where there is no code: whatever is there costs units that everybody sees, cleared memory is left behind quickly, and
 * costs no memory of the host. cpu/types.ts has the rule.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { type Cpu, createCpu, type Engine, SLIDE_PAGE, SLIDE_UNITS } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { BASE, CODE, disposeMachines, engines, Exit, newMachine } from "./machine.ts";

afterEach(disposeMachines);

/** Pages of memory that are entered at one end and left at the other. */
const PAGES = 0x10000 / SLIDE_PAGE - 1;

/** Instructions without a branch, each of them another than its neighbours: ADDS, SUBS, MOVS, LSLS... of low registers. */
function unlike(count: number): number[] {
  let x = 1;
  return Array.from({ length: count }, () => {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    return (x >>> 16) & 0x3fff;
  });
}

/** What a run of any length shows, in pieces of so many units. */
function slices(cpu: Cpu, units: number): unknown[] {
  const list: unknown[] = [];
  for (let n = 0; n < 1000; n++) {
    cpu.units = units;
    const exit = cpu.run();
    const { instructions } = cpu.stats;
    list.push([exit, cpu.r[15], cpu.cpsr, cpu.units, instructions]);
    if (exit !== Exit.Slice) return list;
  }
  throw new Error("no end");
}

describe.each([...engines])("%s", (engine) => {
  test("A32 code at an address that is no multiple of 4 is not executed, whatever is there", () => {
    const m = newMachine(engine);
    for (let at = 0; at < 64; at += 4) m.memory.st32(BASE + 0x100 + at, 0xe1a00000);
    expect(m.run(BASE + 0x102, 1000)).toBe(Exit.Fault);
    expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + 0x102 });
  });

  for (const thumb of [0, 1])
    test(`zeros, ${thumb ? "Thumb" : "A32"}: every one is executed, every page costs units`, () => {
      const m = newMachine(engine);
      m.cpu.r[0] = -1;
      expect(m.run(BASE + 0x100 + thumb, 100_000)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + 0x10000 });
      expect(m.cpu.stats.instructions).toBe((0x10000 - 0x100) / (thumb ? 2 : 4));
      expect(100_000 - m.cpu.units).toBe(PAGES * SLIDE_UNITS);
      // MOVS r0, r0 sets N; ANDEQ does nothing.
      expect(m.cpu.cpsr >>> 31).toBe(thumb);
      expect(m.cpu.r[0]).toBe(-1);
    });

  test("what is not zero ends the slide", () => {
    const m = newMachine(engine);
    const end = BASE + 0x2804;
    m.memory.st32(end, 0xef000007);
    expect(m.run(BASE + 0x100, 100_000)).toBe(Exit.Stop);
    expect(m.cpu.r[15]).toBe(end + 4);
    expect(100_000 - m.cpu.units).toBe(SLIDE_UNITS + 4);
    expect(m.cpu.stats.instructions).toBe((end - BASE - 0x100) / 4 + 1);
  });

  test("filled memory costs as much as cleared memory", () => {
    const m = newMachine(engine);
    // lsls r1, r0, #4
    for (let at = BASE; at < BASE + 0x10000; at += 4) m.memory.st32(at, 0x01010101);
    m.cpu.r[0] = 3;
    expect(m.run(BASE + 0x101, 100_000)).toBe(Exit.Fault);
    expect(m.cpu.r[1]).toBe(48);
    expect(100_000 - m.cpu.units).toBe(PAGES * SLIDE_UNITS);
  });

  const FILLS: readonly [string, number, number, ...number[]][] = [
    // name, offset of the entry, pages that are crossed, halfwords that are repeated
    ["NOP.W across the ends of pages", 2, 14, 0x8000, 0xf3af],
    ["two words in turn", 0, 15, 0x0101, 0x0101, 0x0202, 0x0202],
    ["what repeats itself nowhere", 0x10, 15, ...unlike(0x8000)],
    ["IT and zero", 0, 15, 0xbf08, 0],
    ["IT and zero, from the zero on", 2, 15, 0xbf08, 0],
    ["IT blocks within IT blocks", 4, 15, 0xbf01, 0x3001, 0x3001, 0x3001],
  ];
  test.each(FILLS)("straight code costs units: %s", (_, offset, pages, ...code) => {
    const [one, whole, sliced] = [newMachine("interp"), newMachine(engine), newMachine(engine)];
    for (const { memory, cpu } of [one, whole, sliced]) {
      for (let k = 0; k < 0x8000; k++) memory.st16(BASE + k * 2, code[k % code.length]);
      cpu.cpsr = 0x40000013;
      cpu.jump((BASE + offset) | 1);
      cpu.units = 100_000;
    }
    expect(whole.cpu.run()).toBe(Exit.Fault);
    expect(whole.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + 0x10000 });
    expect(100_000 - whole.cpu.units).toBe(pages * SLIDE_UNITS);
    const all = slices(sliced.cpu, SLIDE_UNITS + 1);
    expect(all).toEqual(slices(one.cpu, SLIDE_UNITS + 1));
    expect(sliced.cpu.r).toEqual(whole.cpu.r);
    expect(sliced.cpu.stats.instructions).toBe(whole.cpu.stats.instructions);
  });

  // IT EQ; IT EQ and instructions without operations; all of them the last before memory ends.
  for (const code of [[0xbf08], [0xbf08, 0xbf00], [0xbf02, 0xbf00, 0xbf00], [0xbf02, 0xbf02]])
    test(`IT at the end of memory: ${code.map((half) => half.toString(16)).join(" ")}`, () => {
      const m = newMachine(engine);
      const at = BASE + 0x10000 - code.length * 2;
      m.put(at, code);
      expect(m.run(at | 1)).toBe(Exit.Fault);
      expect(m.cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + 0x10000 });
      expect(m.cpu.stats.instructions).toBe(code.length);
    });

  // What qemu-arm 7.2 gives for r0: the inner IT block begins whatever its condition.
  for (const [expected, ...code] of [
    [3, 0xbf01, 0xbf18, 0x3001, 0x3001, 0x3001, 0x3001],
    [4, 0xbf1c, 0xbf01, 0x3001, 0x3001, 0x3001, 0x3001],
    [6, 0xbf01, 0x3001, 0x3001, 0xbf01, 0x3001, 0x3001, 0xbf01, 0x3001, 0x3001],
    [3, 0xbf11, 0xbf08, 0x3001, 0x3001, 0x3001],
  ])
    test(`IT inside IT: ${code.map((half) => half.toString(16)).join(" ")}`, () => {
      const m = newMachine(engine);
      // movs r0, #0; movs r1, #1; cmp r1, #1
      m.put(CODE, [0x2000, 0x2101, 0x2901], code, [0xbf00, 0xbf00, 0xbf00, 0xdf00]);
      expect(m.run(CODE | 1)).toBe(Exit.Stop);
      expect(m.cpu.r[0]).toBe(expected);
    });

  test("IT blocks without end: every instruction is executed once", () => {
    const m = newMachine(engine);
    const COUNT = 1200;
    for (let k = 0; k < COUNT; k++) m.memory.st16(CODE + k * 2, k % 3 ? 0x3001 : 0xbf01);
    m.put(CODE + COUNT * 2, [0xbf00, 0xbf00, 0xbf00, 0xbf00, 0xdf00]);
    m.cpu.cpsr = 0x40000013;
    expect(m.run(CODE | 1)).toBe(Exit.Stop);
    expect([m.cpu.r[0], m.cpu.stats.instructions]).toEqual([(COUNT / 3) * 2, COUNT + 5]);
  });

  test("the end of a slice is at the same instruction as in the interpreter, stepped too", () => {
    const stepped = newMachine(engine);
    const [a, b] = [newMachine("interp"), newMachine(engine)].map((m) => {
      m.cpu.jump(BASE + 0x100);
      return slices(m.cpu, 2 * SLIDE_UNITS + 1);
    });
    expect(b).toEqual(a);
    const { cpu } = stepped;
    cpu.jump(BASE + 0xff8);
    cpu.units = 2 * SLIDE_UNITS;
    expect(cpu.single()).toBeUndefined();
    expect(cpu.units).toBe(2 * SLIDE_UNITS);
    expect(cpu.single()).toBeUndefined();
    // Where this page was entered is not known: it was jumped into.
    expect([cpu.units, cpu.r[15]]).toEqual([2 * SLIDE_UNITS, BASE + 0x1000]);
    while (cpu.r[15] !== BASE + 0x1ffc) expect(cpu.single()).toBeUndefined();
    cpu.units = SLIDE_UNITS;
    expect(cpu.single()).toBe(Exit.Slice);
    expect([cpu.units, cpu.r[15]]).toEqual([0, BASE + 0x2000]);
  });
});

test.each(["interp", "auto", "jit"] as Engine[])(
  "%s: 128 MiB of nothing take a moment, and many slices",
  (engine) => {
    const memory = new GuestMemory({ base: BASE, size: 128 << 20 });
    const cpu = createCpu(memory, engine);
    cpu.jump(BASE + 0x100);
    const before = process.cpuUsage();
    let ends = 0;
    do {
      cpu.units = 100_000;
      ends++;
    } while (cpu.run() === Exit.Slice);
    const { user } = process.cpuUsage(before);
    expect(cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + (128 << 20) });
    expect(ends).toBeGreaterThan(40);
    // It was some thirty seconds.
    expect(user / 1e6).toBeLessThan(5);
    memory.dispose();
  },
);

test.each(["interp", "auto"] as Engine[])(
  "%s: a slice ends soon in whatever a program runs into, however large it is",
  (engine) => {
    const SIZE = 1 << 19;
    const memory = new GuestMemory({ base: BASE, size: SIZE });
    unlike(SIZE / 2).forEach((half, k) => memory.st16(BASE + k * 2, half));
    const cpu = createCpu(memory, engine);
    cpu.jump(BASE | 1);
    const ends: number[] = [];
    do {
      ends.push(cpu.r[15] - BASE);
      cpu.units = SLIDE_UNITS;
    } while (cpu.run() === Exit.Slice);
    expect(cpu.fault).toMatchObject({ kind: "prefetch abort", pc: BASE + SIZE });
    // The first border that is crossed is free.
    expect(ends).toEqual([0, ...ends.slice(1).map((_, k) => (k + 2) * SLIDE_PAGE)]);
    expect(ends.length).toBe(SIZE / SLIDE_PAGE);
    memory.dispose();
  },
);
