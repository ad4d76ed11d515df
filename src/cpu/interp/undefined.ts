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
  if (thumb && first >>> 11 < 0x1d) return "undefined instruction";
  const second = halfword(pc + 2);
  const word = thumb ? ((first << 16) | second) >>> 0 : ((second << 16) | first) >>> 0;
  if (!thumb && word === 0xf1010200) return BIG_ENDIAN;
  if (isSimd(word, thumb)) return "Advanced SIMD (NEON) instruction that is not supported";
  if (isOrdered(word, thumb)) return ORDERED;
  // Coprocessor instructions: any condition in A32, 111x11 in Thumb.
  const space = thumb
    ? (word & 0xec000000) >>> 0 === 0xec000000
    : (word & 0x0c000000) === 0x0c000000;
  const coprocessor = (word >>> 8) & 15;
  if (!space || ((word >>> 24) & 15) === 15) return "undefined instruction";
  if (coprocessor === 10 || coprocessor === 11)
    return "VFP or NEON instruction that is not supported";
  return `undefined instruction: coprocessor ${coprocessor}`;
}

const BIG_ENDIAN = "SETEND BE: big-endian data are not supported";

/** LDA, STL, LDAEX, STLEX: compilers for ARMv8-M (cortex-m33) make them of C11's atomics. */
const ORDERED = "load-acquire or store-release (ARMv8) is not supported: compile for ARMv7";

function isOrdered(word: number, thumb: boolean): boolean {
  if (thumb) return (word & 0xffe00080) >>> 0 === 0xe8c00080;
  return word >>> 28 < 15 && (word & 0x0f800cf0) === 0x01800c90 && (word & 0x300) !== 0x300;
}

function isSimd(word: number, thumb: boolean): boolean {
  const top = word >>> 24;
  if (thumb) return (top & 0xef) === 0xef || (top === 0xf9 && (word & 0x100000) === 0);
  return (top & 0xfe) === 0xf2 || (top === 0xf4 && (word & 0x100000) === 0);
}
