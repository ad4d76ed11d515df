/** Instructions of a prologue that are looked at. */
const LENGTH_MAX = 24;

/** Bytes of stack that a function takes in its prologue; undefined when that is computed at run time. */
export type StackUse = number | undefined;

/**
 * Adds up what the first instructions of a function push and reserve (PUSH, STMDB sp!, STR [sp, #-4]!, VPUSH, SUB sp): ARM ARM
 * A8.8.132, A8.8.133, A8.8.225, A8.8.367. `code` begins at the function.
 */
export function stackUse(code: DataView, thumb: boolean): StackUse {
  return thumb ? thumbUse(code) : armUse(code);
}

function armUse(code: DataView): StackUse {
  let used = 0;
  for (let n = 0, at = 0; n < LENGTH_MAX && at + 4 <= code.byteLength; n++, at += 4) {
    const insn = code.getUint32(at, true);
    if ((insn & 0xffff0000) >>> 0 === 0xe92d0000) used += 4 * ones(insn & 0xffff);
    else if ((insn & 0xffff0fff) >>> 0 === 0xe52d0004) used += 4;
    else if ((insn & 0xffbf0e00) >>> 0 === 0xed2d0a00) used += 4 * (insn & 0xff);
    else if ((insn & 0xfffff000) >>> 0 === 0xe24dd000) used += rotated(insn);
    else if ((insn & 0xfffffff0) >>> 0 === 0xe04dd000) return undefined;
    // The first branch, or load of the program counter, ends what is sure to be executed.
    else if ((insn & 0x0e000000) === 0x0a000000 || (insn & 0x0ffffff0) === 0x012fff10) break;
    else if ((insn & 0x0e108000) === 0x08108000) break;
  }
  return used;
}

function thumbUse(code: DataView): StackUse {
  let used = 0;
  for (let n = 0, at = 0; n < LENGTH_MAX && at + 2 <= code.byteLength; n++) {
    const high = code.getUint16(at, true);
    const wide = high >>> 11 >= 0x1d;
    if (wide && at + 4 > code.byteLength) break;
    const low = wide ? code.getUint16(at + 2, true) : 0;
    at += wide ? 4 : 2;
    if ((high & 0xfe00) === 0xb400) used += 4 * ones(high & 0x1ff);
    else if ((high & 0xff80) === 0xb080) used += (high & 0x7f) << 2;
    else if (high === 0xe92d) used += 4 * ones(low);
    else if (high === 0xf84d && (low & 0x0fff) === 0xd04) used += 4;
    else if ((high & 0xffbf) === 0xed2d && (low & 0x0e00) === 0x0a00) used += 4 * (low & 0xff);
    else if ((high & 0xfbff) === 0xf2ad && (low & 0x8f00) === 0x0d00) used += plain(high, low);
    else if ((high & 0xfbff) === 0xf1ad && (low & 0x8f00) === 0x0d00) used += expanded(high, low);
    else if (high === 0xebad && (low & 0xfff0) === 0x0d00) return undefined;
    else if ((high & 0xf000) === 0xd000 || (high & 0xf800) === 0xe000) break;
    else if ((high & 0xff00) === 0x4700 || (high & 0xfe00) === 0xbc00 || (high & 0xf500) === 0xb100)
      break;
    else if ((high & 0xf800) === 0xf000 && (low & 0x8000) !== 0) break;
  }
  return used;
}

function ones(mask: number): number {
  let count = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** imm12 of A32: 8 bits, rotated right by twice the upper 4. */
function rotated(insn: number): number {
  const by = (insn >>> 7) & 30;
  const imm = insn & 0xff;
  return ((imm >>> by) | (imm << ((32 - by) & 31))) >>> 0;
}

const imm12 = (high: number, low: number): number =>
  ((high & 0x400) << 1) | ((low & 0x7000) >>> 4) | (low & 0xff);

/** SUBW: i:imm3:imm8 as it is. */
function plain(high: number, low: number): number {
  return imm12(high, low);
}

/** ThumbExpandImm: A6.3.2. */
function expanded(high: number, low: number): number {
  const imm = imm12(high, low);
  const byte = imm & 0xff;
  if (imm >>> 10 === 0)
    return [byte, byte * 0x10001, byte * 0x1000100, byte * 0x1010101][(imm >>> 8) & 3];
  const by = imm >>> 7;
  return ((0x80 | (imm & 0x7f)) << (32 - by)) >>> 0;
}
