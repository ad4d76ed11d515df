/**
 * A supervisor call that is the last instruction of a page: execution goes on across the border whatever the hook did to the code, to the
 * units or to the slice, so the page behind it costs what straight code costs (cpu/types.ts, SLIDE_UNITS).
 */
import { afterEach, describe, expect, test } from "bun:test";
import { type Cpu, SLIDE_PAGE, SLIDE_UNITS, SVC_UNITS } from "../../src/cpu/mod.ts";
import { BASE, disposeMachines, engines, Exit, type Machine, newMachine } from "./machine.ts";

afterEach(disposeMachines);

const BORDER = BASE + 2 * SLIDE_PAGE;
const END = BORDER + SLIDE_PAGE + 0x40;
const UNITS = 100_000;
/** Of the cpsr: Thumb state. */
const T = 0x20;

/** Straight code with svc #1 before the border, and svc #2, at which it stops, behind the next border. */
function load({ memory }: Machine, thumb: boolean): void {
  // ADDS r0, r0, #1; ADD r0, r0, #1
  if (thumb) for (let at = BORDER - 16; at < END; at += 2) memory.st16(at, 0x3001);
  else for (let at = BORDER - 16; at < END; at += 4) memory.st32(at, 0xe2800001);
  if (thumb) memory.st16(BORDER - 2, 0xdf01);
  else memory.st32(BORDER - 4, 0xef000001);
  if (thumb) memory.st16(END, 0xdf02);
  else memory.st32(END, 0xef000002);
}

/** What both calls and the page between them cost. */
const COST = 2 * SVC_UNITS + SLIDE_UNITS;

/** Name; what the hook does at the border; what it takes from the units. */
const HOOKS: readonly [string, (m: Machine, thumb: boolean) => void, number?][] = [
  ["does nothing", () => {}],
  ["writes over code behind the border", ({ memory }) => memory.st32(BORDER + 0x100, 0)],
  ["writes over code before it", ({ memory }) => memory.st32(BORDER - 16, 0)],
  ["drops all translations", ({ cpu }) => cpu.invalidate(BASE, BASE + 0x10000)],
  ["jumps to where it would go on", ({ cpu }, thumb) => cpu.jump(BORDER | (thumb ? 1 : 0))],
  ["takes units", ({ cpu }) => void (cpu.units -= 10), 10],
  ["gives units", ({ cpu }) => void (cpu.units += 10), -10],
  ["sets the flags", ({ cpu }) => void (cpu.cpsr = cpu.cpsr)],
];

/** Runs to svc #2 and returns what was spent. Each slice has so many units. */
function spent(cpu: Cpu, slice: number): number {
  const end = END + (cpu.cpsr & T ? 2 : 4);
  let sum = 0;
  for (let n = 0; n < 1000; n++) {
    cpu.units = slice;
    const exit = cpu.run();
    sum += slice - cpu.units;
    if (exit === Exit.Slice) continue;
    expect([exit, cpu.r[15]]).toEqual([Exit.Stop, end]);
    return sum;
  }
  throw new Error("no end");
}

describe.each([...engines])("%s", (engine) => {
  describe.each([
    ["Thumb", true],
    ["A32", false],
  ] as const)("%s", (_, thumb) => {
    const machine = (hook: (m: Machine, thumb: boolean) => void): Machine => {
      const m = newMachine(engine);
      load(m, thumb);
      m.cpu.onSvc = (imm) => {
        if (imm === 1) hook(m, thumb);
        return imm === 1;
      };
      m.cpu.jump((BORDER - 8) | (thumb ? 1 : 0));
      return m;
    };

    test.each([...HOOKS])("the hook %s", (_, hook, taken = 0) => {
      expect(spent(machine(hook).cpu, UNITS)).toBe(COST + taken);
    });

    test.each([1, SVC_UNITS, SVC_UNITS + 1, SLIDE_UNITS])("in slices of %d units", (slice) => {
      for (const [, hook, taken] of HOOKS)
        if (!taken) expect(spent(machine(hook).cpu, slice)).toBe(COST);
    });

    test("in single steps", () => {
      for (const [, hook, taken = 0] of HOOKS) {
        const { cpu } = machine(hook);
        cpu.units = UNITS;
        let exit = cpu.single();
        while (exit === undefined) exit = cpu.single();
        expect([exit, UNITS - cpu.units]).toEqual([Exit.Stop, COST + taken]);
      }
    });

    test("a thread that stopped there begins anew, and what is jumped to is not gone on to", () => {
      const stopped = newMachine(engine);
      load(stopped, thumb);
      stopped.cpu.jump((BORDER - 8) | (thumb ? 1 : 0));
      stopped.cpu.units = UNITS;
      expect([stopped.cpu.run(), stopped.cpu.run()]).toEqual([Exit.Stop, Exit.Stop]);
      expect(UNITS - stopped.cpu.units).toBe(2 * SVC_UNITS);
      const elsewhere = machine(({ cpu }) => cpu.jump((BORDER + 4) | (thumb ? 1 : 0)));
      expect(spent(elsewhere.cpu, UNITS)).toBe(2 * SVC_UNITS);
    });
  });
});
