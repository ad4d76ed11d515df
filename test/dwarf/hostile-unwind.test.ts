/** Unwind tables, code and stacks that are rubbish: a report comes all the same, and soon. */
import { describe, expect, test } from "bun:test";
import { unwindExidx, unwindPrologue } from "../../src/dwarf/mod.ts";
import { CallFrames } from "../../src/dwarf/unwind/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { crash, moduleOf } from "../debug/faulty.ts";

const full = process.env.RTT_SIM_FULL === "1";

function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const BASE = 0x60000000;
const SIZE = 4096;

/** Memory with words that tend to be tables, addresses in it, and code. */
function rubbish(next: (n: number) => number) {
  const words = new Uint32Array(SIZE / 4).map(() => {
    switch (next(5)) {
      case 0:
        return BASE + next(SIZE);
      case 1:
        return 0x80000000 | (next(256) << 16) | (0xb0 << 8) | next(256);
      case 2:
        return 0xe92d0000 | next(65536);
      case 3:
        return (next(65536) << 16) | next(65536);
      default:
        return next(64) * 4;
    }
  });
  const word = (address: number) =>
    address >= BASE && address + 4 <= BASE + SIZE && (address & 3) === 0
      ? words[(address - BASE) >>> 2]
      : undefined;
  return {
    word,
    half: (address: number) => {
      const whole = word(address & ~3);
      return whole === undefined ? undefined : (whole >>> (8 * (address & 2))) & 0xffff;
    },
  };
}

const registersOf = (next: (n: number) => number) =>
  Array.from({ length: 16 }, () => (next(8) === 0 ? undefined : BASE + next(SIZE))).map(
    (value, n) => (n === 15 ? BASE + next(SIZE) : value),
  );

const valid = (registers: readonly (number | undefined)[] | undefined): boolean =>
  registers === undefined ||
  (registers.length === 16 &&
    registers.every((r) => r === undefined || (Number.isInteger(r) && r >= 0 && r <= 0xffffffff)));

describe("unwinding through rubbish gives registers or nothing", () => {
  const rounds = full ? 200_000 : 20_000;
  test(`.ARM.exidx and prologues, ${rounds} times`, () => {
    const next = dice(7);
    const start = performance.now();
    let some = 0;
    let memory = rubbish(next);
    for (let n = 0; n < rounds; n++) {
      if (n % 50 === 0) memory = rubbish(next);
      const registers = registersOf(next);
      const table = { address: BASE + 4 * next(SIZE / 8), entries: next(2000) };
      const byTable = unwindExidx(memory, table, registers);
      const thumb = next(2) === 0;
      const at = next(2) === 0 ? undefined : BASE + next(SIZE);
      const byCode = unwindPrologue(memory, at, thumb, registers);
      if (!valid(byTable) || !valid(byCode)) throw new Error(`round ${n}: ${byTable} ${byCode}`);
      if (byTable) some++;
    }
    expect(some).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(rounds);
  });

  test(".debug_frame of a fixture with bytes changed", () => {
    const file = moduleOf("callback", "thumb");
    const image = new ElfImage(file);
    const section = image.data(image.section(".debug_frame")!);
    const next = dice(11);
    const memory = rubbish(next);
    let [some, broken] = [0, 0];
    for (let n = 0; n < (full ? 20_000 : 2000); n++) {
      const bytes = section.slice();
      for (let k = next(5); k >= 0; k--) bytes[next(bytes.length)] = next(256);
      let frames: CallFrames;
      try {
        frames = new CallFrames(bytes);
      } catch (error) {
        expect((error as Error).constructor.name).toBe("DwarfError");
        broken++;
        continue;
      }
      for (let pc = 0; pc < 0x300; pc += 38) {
        const registers = registersOf(next);
        registers[15] = pc;
        const found = frames.unwind(memory, 0, registers);
        expect(valid(found)).toBe(true);
        if (found) some++;
      }
    }
    expect(some).toBeGreaterThan(0);
    expect(broken).toBeGreaterThan(0);
  });

  const runs = full ? 600 : 24;
  test(`reports of modules with broken tables and names, ${runs} of them`, () => {
    const next = dice(13);
    let reported = 0;
    for (let n = 0; n < runs; n++) {
      const bytes = moduleOf(
        ["callback", "overflow", "thread"][n % 3],
        n & 1 ? "a9" : "thumb",
      ).slice();
      const sections = new ElfImage(bytes).sections.filter(
        ({ name, size }) => size > 0 && /^\.(debug|symtab|strtab|ARM)/.test(name),
      );
      for (let k = next(12); k >= 0; k--) {
        const { offset, size } = sections[next(sections.length)];
        const at = offset + next(size);
        if (next(3) === 0) bytes.fill(0xff, at, Math.min(at + 4, offset + size));
        else bytes[at] = next(256);
      }
      const { reports, verdict } = crash(bytes);
      expect(["done", "halted"]).toContain(verdict);
      if (reports.length > 0) reported++;
      for (const { text } of reports) expect(text).toMatch(/backtrace:\n {4}#0 /);
    }
    // What is broken is not what is executed.
    expect(reported).toBe(runs);
  });
});
