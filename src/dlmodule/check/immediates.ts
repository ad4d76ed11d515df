/** Numbers in A32 and T32 encodings; of T32 in 32 bits `high` is the first half. Offsets count from what PC reads as. */

export const signed = (value: number, bits: number): number =>
  (value << (32 - bits)) >> (32 - bits);

/** ARMExpandImm (ARM ARM A5.2.4): 8 bits, rotated right by twice the upper 4. */
export function armImmediate(insn: number): number {
  const by = (insn >>> 7) & 30;
  const imm = insn & 0xff;
  return ((imm >>> by) | (imm << ((32 - by) & 31))) >>> 0;
}

/** imm24 of B, BL, BLX. */
export const armBranch = (insn: number): number => signed(insn & 0xffffff, 24) * 4;

/** imm12 of LDR (literal). */
export const armLiteral = (insn: number): number =>
  insn & 0x00800000 ? insn & 0xfff : -(insn & 0xfff);

/** i:imm3:imm8. */
export const thumbImm12 = (high: number, low: number): number =>
  ((high & 0x400) << 1) | ((low & 0x7000) >>> 4) | (low & 0xff);

/** imm4:i:imm3:imm8 of MOVW, MOVT. */
export const thumbImm16 = (high: number, low: number): number =>
  ((high & 15) << 12) | thumbImm12(high, low);

/** ThumbExpandImm (ARM ARM A6.3.2). */
export function thumbImmediate(imm12: number): number {
  const byte = imm12 & 0xff;
  if (imm12 >>> 10 === 0)
    return [byte, byte * 0x10001, byte * 0x1000100, byte * 0x1010101][(imm12 >>> 8) & 3];
  const by = imm12 >>> 7;
  return ((0x80 | (imm12 & 0x7f)) << (32 - by)) >>> 0;
}

/** imm12 of LDR.W (literal). */
export const thumbLiteral = (high: number, low: number): number =>
  high & 0x80 ? low & 0xfff : -(low & 0xfff);

/** BL, BLX, B.W (T4). */
export function thumbLongBranch(high: number, low: number): number {
  const s = (high >>> 10) & 1;
  const i1 = ~((low >>> 13) ^ s) & 1;
  const i2 = ~((low >>> 11) ^ s) & 1;
  const imm = (s << 24) | (i1 << 23) | (i2 << 22) | ((high & 0x3ff) << 12);
  return signed(imm | ((low & 0x7ff) << 1), 25);
}

/** B<c>.W (T3). */
export function thumbConditionalBranch(high: number, low: number): number {
  const upper = ((high & 0x400) << 10) | ((low & 0x800) << 8) | ((low & 0x2000) << 5);
  return signed(upper | ((high & 0x3f) << 12) | ((low & 0x7ff) << 1), 21);
}

/** CBZ, CBNZ. */
export const thumbCompareBranch = (high: number): number =>
  ((high >>> 3) & 0x40) | ((high >>> 2) & 0x3e);
