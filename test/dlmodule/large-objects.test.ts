/** Object files of many sections, and such that are larger than a branch reaches. */
import { describe, expect, test } from "bun:test";
import { inspect, type InspectOptions } from "../../src/dlmodule/check/mod.ts";
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage, relocationCode } from "../../src/elf/mod.ts";
import { Board } from "./board.ts";
import { objectFile, type ObjectSection, type ObjectSymbol } from "./object-file.ts";

const CALL = relocationCode("R_ARM_CALL");
const THM_JUMP24 = relocationCode("R_ARM_THM_JUMP24");
const MIB = 1048576;

const options: InspectOptions = {
  target: { name: "rtt-sim", stock: false, has: (name) => name === "rt_tick_get", names: () => [] },
  libraries: [],
  hardFloat: false,
  firmware: undefined,
  ram: 512 * MIB,
};

/** Each function in a section of its own, as of -ffunction-sections: half of them call the kernel, half another one. */
function manySections(count: number): Uint8Array {
  const sections: ObjectSection[] = [];
  const symbols: ObjectSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const name = i === 0 ? "main" : `f${i}`;
    const callee = i % 2 === 0 ? ((i * 7919) % (count - 1)) + 2 : count + 1;
    sections.push({
      name: `.text.${name}`,
      flags: "code",
      // push {r4, lr}; bl; mov r0, #0; pop {r4, pc}
      words: [0xe92d4010, 0xebfffffe, 0xe3a00000, 0xe8bd8010],
      records: [[4, CALL, callee]],
    });
    symbols.push({ name, section: i + 1, size: 16 });
  }
  symbols.push({ name: "rt_tick_get", section: 0 });
  return objectFile(sections, symbols);
}

/** Seconds of the processor. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe("16,000 sections with a call each", () => {
  const COUNT = 16_000;
  const file = manySections(COUNT);
  test("are checked in 2 seconds", () => {
    const taken = seconds(() => {
      const { verdict, details } = inspect("m.mo", file, options);
      expect(verdict).toBe("loadable");
      expect(details!.relocations).toMatchObject([{ type: "R_ARM_CALL", count: COUNT }]);
      expect(details!.textRelocations).toBe(COUNT);
      expect(details!.stackUse).toHaveLength(COUNT);
    });
    expect(taken).toBeLessThan(2);
  });
  test("are loaded in 1", () => {
    const board = new Board({ files: { "/m.mo": file }, ram: 16 * MIB });
    let loaded = false;
    const taken = seconds(() =>
      board.do(function* () {
        loaded = (yield* board.loader.load("/m.mo", { as: "library" })) !== undefined;
      }),
    );
    expect(board.refused).toEqual([]);
    expect(loaded).toBeTrue();
    expect(taken).toBeLessThan(1);
    board.close();
  });
});

describe("a jump from Thumb to A32 code, which needs a veneer", () => {
  /** main: b.w a32; a32: mov r0, #42; bx lr */
  const jump = (between: number, zeroes: number): Uint8Array =>
    objectFile(
      [
        { name: ".text", flags: "code", words: [0xbffef7ff], records: [[0, THM_JUMP24, 2]] },
        { name: ".text.a32", flags: "code", words: [0xe3a0002a, 0xe12fff1e], size: between },
        { name: ".bss", flags: "zero", size: zeroes },
      ],
      [
        { name: "main", section: 1, value: 1, size: 4 },
        { name: "a32", section: 2, size: 8 },
        { name: "pad", section: 3, size: zeroes },
      ],
    );
  for (const mib of [1, 20])
    test(`in front of ${mib} MiB of zeroes`, () => {
      const file = jump(8, mib * MIB);
      expect(inspect("m.mo", file, options).reasons).toEqual([]);
      const board = new Board({ files: { "/m.mo": file }, ram: 64 * MIB });
      board.run("m");
      expect(board.refused).toEqual([]);
      expect(board.ended).toMatchObject([{ how: "returned", code: 42 }]);
      board.close();
    });
  test("in code that is larger than its reach", () => {
    const text = /R_ARM_THM_JUMP24.*cannot reach a32 without a veneer.*\d{8} bytes away.* 16777216/;
    const file = jump(17 * MIB, 0);
    expect(inspect("m.mo", file, options).reasons.join()).toMatch(text);
    const plan = planLoad(new ElfImage(file), { compat404: false });
    const bindings = bind(plan, { lookup: () => 0, compat404: false });
    const view = new DataView(new ArrayBuffer(bindings.size + 16));
    for (const { vaddr, bytes } of plan.segments) new Uint8Array(view.buffer).set(bytes, vaddr);
    expect(() => relocate(plan, bindings, view, 0)).toThrow(text);
  });
});
