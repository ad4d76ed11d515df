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
  [0xe1410042, "crc32w r0, r1, r2", /^CRC32 \(ARMv8\)/],
  [0xe10f0070, "hlt 0xf000", /^HLT is/],
  [0xe1400070, "hvc 0", /^HVC is/],
  [0xe1600070, "smc 0", /^SMC is/],
  [0xfcb08101, "ldc2 1, cr8, [r0], #4", /coprocessor 1$/],
];
const SYSTEM = /^system register of a microcontroller/;
const SECURITY = /^security extension \(ARMv8-M\)/;
const LOOPS = /^low-overhead loop \(ARMv8.1-M\)/;
const HELIUM = /^Helium \(MVE of ARMv8.1-M\)/;
const THUMB: typeof A32 = [
  [0xe8d03faf, "lda r3, [r0]", ORDERED],
  [0xe8c03f8f, "stlb r3, [r0]", ORDERED],
  [0xe8d023ff, "ldaexd r2, r3, [r0]", ORDERED],
  [0xe8c0cfce, "stlexb lr, ip, [r0]", ORDERED],
  [0xecf00102, "ldfe f0, [r0], #8", /coprocessor 1$/],
  [0xf3ef8010, "mrs r0, PRIMASK", SYSTEM],
  [0xf3808814, "msr CONTROL, r0", SYSTEM],
  [0xe840f340, "ttt r3, r0", SECURITY],
  [0xe97fe97f, "sg", SECURITY],
  [0x47a4bf00, "blxns r4; nop", SECURITY],
  [0x4774bf00, "bxns lr; nop", SECURITY],
  [0xbabcbf00, "hlt 0x003c; nop", /^HLT is/],
  [0xf04ee001, "dls lr, lr", LOOPS],
  [0xf040c001, "wls lr, r0, pc", LOOPS],
  [0xf00fc805, "le lr, pc - 10", LOOPS],
  [0xea5071ef, "asrl r0, r1, #7", HELIUM],
  [0xed901e80, "vldrb.8 q0, [r0]", HELIUM],
  [0xfac1f082, "crc32b r0, r1, r2", /^CRC32 \(ARMv8\)/],
  [0xf7f08000, "smc #0", /^SMC is/],
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
