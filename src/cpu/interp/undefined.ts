/**
 * What an instruction that the tables do not have belongs to, as the reason of a fault (ARM ARM A5.7, A6.3.18, A7.4, A7.7).
 * `halfword` reads 16 bits of guest memory.
 */
export function undefinedReason(
  halfword: (address: number) => number,
  pc: number,
  thumb: boolean,
): string {
  const first = halfword(pc);
  if (thumb && first === 0xb658) return BIG_ENDIAN;
  if (thumb && first >>> 11 < 0x1d) return named(NAMES_16, first) ?? "undefined instruction";
  const second = halfword(pc + 2);
  const word = thumb ? ((first << 16) | second) >>> 0 : ((second << 16) | first) >>> 0;
  if (!thumb && word === 0xf1010200) return BIG_ENDIAN;
  if (isSimd(word, thumb)) return "Advanced SIMD (NEON) instruction that is not supported";
  if (isOrdered(word, thumb)) return ORDERED;
  const name = named(thumb ? NAMES_32 : word >>> 28 < 15 ? NAMES_A32 : [], word);
  if (name) return name;
  // Coprocessor instructions: any condition in A32, 111x11 in Thumb.
  const space = thumb
    ? (word & 0xec000000) >>> 0 === 0xec000000
    : (word & 0x0c000000) === 0x0c000000;
  const coprocessor = (word >>> 8) & 15;
  if (!space || ((word >>> 24) & 15) === 15) return "undefined instruction";
  if (coprocessor === 10 || coprocessor === 11)
    return "VFP or NEON instruction that is not supported";
  if (thumb && coprocessor >= 14) return VECTORS;
  return `undefined instruction: coprocessor ${coprocessor}`;
}

const BIG_ENDIAN = "SETEND BE: big-endian data are not supported";

/** LDA, STL, LDAEX, STLEX: compilers for ARMv8-M (cortex-m33) make them of C11's atomics. */
const ORDERED = "load-acquire or store-release (ARMv8) is not supported: compile for ARMv7";

type Names = readonly (readonly [mask: number, value: number, name: string])[];
const SECURITY = "security extension (ARMv8-M) is not supported";
const LOOPS = "low-overhead loop (ARMv8.1-M) is not supported: compile for ARMv7";
const VECTORS = "Helium (MVE of ARMv8.1-M) is not supported: compile for ARMv7";
const CRC = "CRC32 (ARMv8) is not supported: compile for ARMv7";
const SYSTEM =
  "system register of a microcontroller (PRIMASK, CONTROL, ...): a module cannot access it";
const [HLT, HVC, SMC] = ["HLT", "HVC", "SMC"].map(
  (name) => `${name} is for debuggers and monitors`,
);

/** BXNS, BLXNS; HLT. */
const NAMES_16: Names = [
  [0xff07, 0x4704, SECURITY],
  [0xffc0, 0xba80, HLT],
];
/** TT and its relatives, SG; MRS, MSR; DLS, WLS, LE; CRC32; ASRL, LSLL and others; HVC, SMC. */
const NAMES_32: Names = [
  [0xfff0f03f, 0xe840f000, SECURITY],
  [0xffffffff, 0xe97fe97f, SECURITY],
  [0xfffff000, 0xf3ef8000, SYSTEM],
  [0xfff0f300, 0xf3808000, SYSTEM],
  [0xf800d001, 0xf000c001, LOOPS],
  [0xffe0f0c0, 0xfac0f080, CRC],
  [0xfff0000d, 0xea50000d, VECTORS],
  [0xfff0f000, 0xf7e08000, HVC],
  [0xfff0f000, 0xf7f08000, SMC],
];
const NAMES_A32: Names = [
  [0x0f900df0, 0x01000040, CRC],
  [0x0ff000f0, 0x01000070, HLT],
  [0x0ff000f0, 0x01400070, HVC],
  [0x0ff000f0, 0x01600070, SMC],
];
function named(names: Names, word: number): string | undefined {
  return names.find(([mask, value]) => (word & mask) >>> 0 === value)?.[2];
}

function isOrdered(word: number, thumb: boolean): boolean {
  if (thumb) return (word & 0xffe00080) >>> 0 === 0xe8c00080;
  return word >>> 28 < 15 && (word & 0x0f800cf0) === 0x01800c90 && (word & 0x300) !== 0x300;
}

function isSimd(word: number, thumb: boolean): boolean {
  const top = word >>> 24;
  if (thumb) return (top & 0xef) === 0xef || (top === 0xf9 && (word & 0x100000) === 0);
  return (top & 0xfe) === 0xf2 || (top === 0xf4 && (word & 0x100000) === 0);
}
