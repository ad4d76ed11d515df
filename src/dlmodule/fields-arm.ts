/**
 * Places that Arm relocations patch: how the initial addend A is kept there (REL) and how the result X is put back.
 * ELF for the Arm Architecture (IHI 0044), "Relocation types processed by a static linker"; encodings: ARM ARM A8.8.
 *
 * A `put` returns false when X does not fit. Code targets carry the Thumb bit T in bit 0 of X.
 */
export interface Field {
  /** Bytes that are read and written. */
  readonly size: number;
  /** Bytes that a branch or load reaches, forwards or backwards; 0 for data. */
  readonly reach: number;
  addend(view: DataView, at: number): number;
  put(view: DataView, at: number, x: number): boolean;
}

const u16 = (view: DataView, at: number): number => view.getUint16(at, true);
const u32 = (view: DataView, at: number): number => view.getInt32(at, true);
const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);
const fits = (x: number, bits: number): boolean => signed(x, bits) === (x | 0);

export const none: Field = { size: 0, reach: 0, addend: () => 0, put: () => true };

export const word: Field = {
  size: 4,
  reach: 0,
  addend: u32,
  put(view, at, x) {
    view.setInt32(at, x, true);
    return true;
  },
};

export const half: Field = {
  size: 2,
  reach: 0,
  addend: (view, at) => signed(u16(view, at), 16),
  put(view, at, x) {
    view.setUint16(at, x & 0xffff, true);
    return x >= -0x8000 && x <= 0xffff;
  },
};

export const byte: Field = {
  size: 1,
  reach: 0,
  addend: (view, at) => view.getInt8(at),
  put(view, at, x) {
    view.setUint8(at, x & 0xff);
    return x >= -0x80 && x <= 0xff;
  },
};

/** Bits 30:0; bit 31 belongs to the table that the word is part of (.ARM.exidx). */
export const prel31: Field = {
  size: 4,
  reach: 1 << 30,
  addend: (view, at) => signed(u32(view, at), 31),
  put(view, at, x) {
    view.setInt32(at, (u32(view, at) & 0x80000000) | (x & 0x7fffffff), true);
    return fits(x, 31);
  },
};

/** B, BL and BLX of A32: imm24:'00'. BL to Thumb code becomes BLX (A8.8.25); B cannot, it needs a veneer. */
export const branch24: Field = {
  size: 4,
  reach: 1 << 25,
  addend: (view, at) => signed(u32(view, at) & 0xffffff, 24) << 2,
  put(view, at, x) {
    const old = u32(view, at);
    const blx = (old & 0xfe000000) === 0xfa000000 >> 0;
    const call = blx || (old & 0xff000000) === 0xeb000000 >> 0;
    if (x & 1) {
      if (!call) return false;
      view.setInt32(at, 0xfa000000 | ((x & 2) << 23) | ((x >> 2) & 0xffffff), true);
      return fits(x, 26);
    }
    const opcode = blx ? 0xeb000000 : old & 0xff000000;
    view.setInt32(at, opcode | ((x >> 2) & 0xffffff), true);
    return fits(x, 26) && (x & 2) === 0;
  },
};

/** imm25 of BL/BLX/B.W, T32: S:I1:I2:imm10:imm11:'0' with I = NOT(J EOR S) (A8.8.25 T1, A8.8.18 T4). */
function branch25(view: DataView, at: number): number {
  const high = u16(view, at);
  const low = u16(view, at + 2);
  const s = (high >> 10) & 1;
  const i1 = ~((low >> 13) ^ s) & 1;
  const i2 = ~((low >> 11) ^ s) & 1;
  return signed(
    (s << 24) | (i1 << 23) | (i2 << 22) | ((high & 0x3ff) << 12) | ((low & 0x7ff) << 1),
    25,
  );
}
function putBranch25(view: DataView, at: number, x: number, low: number): boolean {
  const s = (x >> 24) & 1;
  const j1 = ~((x >> 23) ^ s) & 1;
  const j2 = ~((x >> 22) ^ s) & 1;
  view.setUint16(at, 0xf000 | (s << 10) | ((x >> 12) & 0x3ff), true);
  view.setUint16(at + 2, low | (j1 << 13) | (j2 << 11) | ((x >> 1) & 0x7ff), true);
  return fits(x, 25);
}

/** BL and BLX of T32. A call of A32 code becomes BLX, whose base is Align(PC, 4). */
export const thumbCall: Field = {
  size: 4,
  reach: 1 << 24,
  addend: branch25,
  put(view, at, x) {
    if (x & 1) return putBranch25(view, at, x & ~1, 0xd000);
    return putBranch25(view, at, (x + 3) & ~3, 0xc000);
  },
};

/** B.W of T32: Thumb targets only. */
export const thumbJump24: Field = {
  size: 4,
  reach: 1 << 24,
  addend: branch25,
  put: (view, at, x) => (x & 1) === 1 && putBranch25(view, at, x & ~1, 0x9000),
};

/** B<c>.W of T32: S:J2:J1:imm6:imm11:'0' (A8.8.18 T3). */
export const thumbJump19: Field = {
  size: 4,
  reach: 1 << 20,
  addend(view, at) {
    const high = u16(view, at);
    const low = u16(view, at + 2);
    const s = (high >> 10) & 1;
    const j = (((low >> 11) & 1) << 1) | ((low >> 13) & 1);
    return signed((s << 20) | (j << 18) | ((high & 0x3f) << 12) | ((low & 0x7ff) << 1), 21);
  },
  put(view, at, x) {
    const high = (u16(view, at) & 0xfbc0) | (((x >> 20) & 1) << 10) | ((x >> 12) & 0x3f);
    const low =
      (u16(view, at + 2) & 0xd000) |
      (((x >> 18) & 1) << 13) |
      (((x >> 19) & 1) << 11) |
      ((x >> 1) & 0x7ff);
    view.setUint16(at, high, true);
    view.setUint16(at + 2, low, true);
    return (x & 1) === 1 && fits(x & ~1, 21);
  },
};

/** B of T16: imm11:'0', and B<c>: imm8:'0' (A8.8.18 T2, T1). */
function thumbShortJump(bits: number): Field {
  const mask = (1 << bits) - 1;
  return {
    size: 2,
    reach: 1 << bits,
    addend: (view, at) => signed(u16(view, at) & mask, bits) << 1,
    put(view, at, x) {
      view.setUint16(at, (u16(view, at) & ~mask) | ((x >> 1) & mask), true);
      return fits(x & ~1, bits + 1);
    },
  };
}
export const thumbJump11 = thumbShortJump(11);
export const thumbJump8 = thumbShortJump(8);

/** MOVW, MOVT of A32: imm4:imm12 (A8.8.102, A8.8.106). `shift` selects the half of X. */
function move(shift: 0 | 16): Field {
  return {
    size: 4,
    reach: 0,
    addend(view, at) {
      const insn = u32(view, at);
      return signed(((insn >> 4) & 0xf000) | (insn & 0xfff), 16);
    },
    put(view, at, x) {
      const imm = (x >> shift) & 0xffff;
      view.setInt32(at, (u32(view, at) & 0xfff0f000) | ((imm & 0xf000) << 4) | (imm & 0xfff), true);
      return true;
    },
  };
}
export const movw = move(0);
export const movt = move(16);

/** MOVW, MOVT of T32: imm4:i:imm3:imm8. */
function thumbMove(shift: 0 | 16): Field {
  return {
    size: 4,
    reach: 0,
    addend(view, at) {
      const high = u16(view, at);
      const low = u16(view, at + 2);
      const imm =
        ((high & 0xf) << 12) | ((high & 0x400) << 1) | ((low & 0x7000) >> 4) | (low & 0xff);
      return signed(imm, 16);
    },
    put(view, at, x) {
      const imm = (x >> shift) & 0xffff;
      const high = (u16(view, at) & 0xfbf0) | (imm >> 12) | ((imm & 0x800) >> 1);
      const low = (u16(view, at + 2) & 0x8f00) | ((imm & 0x700) << 4) | (imm & 0xff);
      view.setUint16(at, high, true);
      view.setUint16(at + 2, low, true);
      return true;
    },
  };
}
export const thumbMovw = thumbMove(0);
export const thumbMovt = thumbMove(16);

/** Offset of a load: U:imm12 (LDR literal, A8.8.64 A1). */
export const ldr: Field = {
  size: 4,
  reach: 1 << 12,
  addend(view, at) {
    const insn = u32(view, at);
    return insn & 0x00800000 ? insn & 0xfff : -(insn & 0xfff);
  },
  put(view, at, x) {
    const insn = u32(view, at) & 0xff7ff000;
    view.setInt32(at, insn | (x >= 0 ? 0x00800000 : 0) | (Math.abs(x) & 0xfff), true);
    return Math.abs(x) < 0x1000;
  },
};

/** The lowest 12 bits of a word, without a sign. */
export const low12: Field = {
  size: 4,
  reach: 0,
  addend: (view, at) => u32(view, at) & 0xfff,
  put(view, at, x) {
    view.setInt32(at, (u32(view, at) & ~0xfff) | (x & 0xfff), true);
    return x >= 0 && x < 0x1000;
  },
};

/** LDR literal of T32: U:imm12 (A8.8.64 T2). */
export const thumbLdr12: Field = {
  size: 4,
  reach: 1 << 12,
  addend(view, at) {
    const imm = u16(view, at + 2) & 0xfff;
    return u16(view, at) & 0x80 ? imm : -imm;
  },
  put(view, at, x) {
    view.setUint16(at, (u16(view, at) & ~0x80) | (x >= 0 ? 0x80 : 0), true);
    view.setUint16(at + 2, (u16(view, at + 2) & 0xf000) | (Math.abs(x) & 0xfff), true);
    return Math.abs(x) < 0x1000;
  },
};

/** LDR literal of T16: imm8:'00', forwards only (A8.8.64 T1). */
export const thumbLdr8: Field = {
  size: 2,
  reach: 1 << 10,
  addend: (view, at) => ((((u16(view, at) & 0xff) << 2) + 4) % 1024) - 4,
  put(view, at, x) {
    view.setUint16(at, (u16(view, at) & 0xff00) | ((x >> 2) & 0xff), true);
    return x >= 0 && x < 0x400 && (x & 3) === 0;
  },
};
