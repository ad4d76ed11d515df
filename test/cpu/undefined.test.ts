/** The fault of an instruction that is not executed says what it belongs to. Words and names are those of binutils. */
import { expect, test } from "bun:test";
import { createCpu, Exit } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const ORDERED = /^load-acquire or store-release \(ARMv8\)/;
const A32: readonly (readonly [word: number, name: string, reason: RegExp])[] = [
  [0xe1903c9f, "lda r3, [r0]", ORDERED],
  [0xe180fc93, "stl r3, [r0]", ORDERED],
  [0xe1d03c9f, "ldab r3, [r0]", ORDERED],
  [0xe1903e9f, "ldaex r3, [r0]", ORDERED],
  [0xe1801e93, "stlex r1, r3, [r0]", ORDERED],
  [0xe1b02e9f, "ldaexd r2, r3, [r0]", ORDERED],
  [0xecf00102, "ldfe f0, [r0], #8", /coprocessor 1$/],
  [0xe7ffdefe, "udf #65006", /^undefined instruction$/],
];
const THUMB: typeof A32 = [
  [0xe8d03faf, "lda r3, [r0]", ORDERED],
  [0xe8c03f8f, "stlb r3, [r0]", ORDERED],
  [0xe8d023ff, "ldaexd r2, r3, [r0]", ORDERED],
  [0xe8c0cfce, "stlexb lr, ip, [r0]", ORDERED],
  [0xecf00102, "ldfe f0, [r0], #8", /coprocessor 1$/],
];

for (const [set, words] of [
  ["A32", A32],
  ["Thumb", THUMB],
] as const)
  for (const [word, name, reason] of words)
    test(`${set}: ${name}`, () => {
      const memory = new GuestMemory({ base: 0x60000000, size: 0x10000 });
      try {
        const cpu = createCpu(memory, "interp");
        const thumb = set === "Thumb";
        memory.st16(0x60001000, thumb ? word >>> 16 : word);
        memory.st16(0x60001002, thumb ? word : word >>> 16);
        cpu.r[0] = 0x60002000;
        cpu.jump(0x60001000 | Number(thumb));
        cpu.units = 10;
        expect(cpu.run()).toBe(Exit.Fault);
        expect(cpu.fault).toMatchObject({ kind: "undefined instruction", pc: 0x60001000 });
        expect(cpu.fault!.why).toMatch(reason);
      } finally {
        memory.dispose();
      }
    });
