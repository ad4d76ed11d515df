import { type FrameState, LR, ones, PC, SP, type Step } from "./frame-state.ts";

const NARROW: Step = { width: 2 };
const WIDE: Step = { width: 4 };
/** Entries of a branch table that are looked at. */
const TABLE_MAX = 1024;

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** One T32 instruction at `at` (ARM ARM A6); `base` is the address of the function. */
export function stepThumb(code: DataView, at: number, state: FrameState, base: number): Step {
  const high = code.getUint16(at, true);
  if (high >>> 11 < 0x1d) return narrow(code, at, high, state, base);
  if (at + 4 > code.byteLength) return { width: 4, ends: true };
  return wide(code, at, high, code.getUint16(at + 2, true), state, base);
}

function literalOf(
  code: DataView,
  at: number,
  base: number,
  rt: number,
  offset: number,
  width: number,
  state: FrameState,
): Step {
  const literal = ((base + at + 4) & ~3) - base + offset;
  const inside = literal >= 0 && literal + 4 <= code.byteLength;
  state.set(rt, inside ? code.getInt32(literal, true) : undefined);
  return { width, literal };
}

function narrow(code: DataView, at: number, high: number, state: FrameState, base: number): Step {
  const low = high & 7;
  const middle = (high >>> 3) & 7;
  const upper = (high >>> 8) & 7;
  const imm8 = high & 0xff;
  switch (high >>> 12) {
    case 0:
    case 1:
      shiftOrAdd(high, state);
      return NARROW;
    case 2:
      if (high >>> 11 === 4) state.set(upper, imm8);
      return NARROW;
    case 3:
      state.add(upper, upper, high & 0x800 ? -imm8 : imm8);
      return NARROW;
    case 4:
      if (high & 0x800) return literalOf(code, at, base, upper, imm8 * 4, 2, state);
      if (high & 0x400) return special(high, state);
      // RSB from 0; TST, CMP and CMN give only flags.
      if ((high & 0x3c0) === 0x240) state.set(low, negated(state.number(middle)));
      else if (![8, 10, 11].includes((high >>> 6) & 15)) state.forget(low);
      return NARROW;
    case 5:
      if ((high & 0xe00) > 0x400) state.forget(low);
      return NARROW;
    case 6:
    case 7:
    case 8:
      if (high & 0x800) state.forget(low);
      return NARROW;
    case 9:
      if (high & 0x800) state.forget(upper);
      return NARROW;
    case 10:
      if (high & 0x800) state.add(upper, SP, imm8 * 4);
      else state.forget(upper);
      return NARROW;
    case 11:
      return miscellaneous(at, high, state);
    case 12: {
      const list = imm8;
      state.add(upper, upper, 4 * ones(list));
      if (high & 0x800) state.forgetAll(list);
      return NARROW;
    }
    case 13:
      if (upper === 6 && (high & 0xf00) === 0xe00) return { width: 2, ends: true };
      if ((high & 0xf00) === 0xf00) return NARROW;
      return { width: 2, targets: [at + 4 + signed(imm8, 8) * 2] };
    default:
      return { width: 2, ends: true, targets: [at + 4 + signed(high & 0x7ff, 11) * 2] };
  }
}

const negated = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : -value | 0;

function shiftOrAdd(high: number, state: FrameState): void {
  const low = high & 7;
  const middle = (high >>> 3) & 7;
  const third = (high >>> 6) & 7;
  const value = state.number(middle);
  switch ((high >>> 9) & 15) {
    case 12:
      return state.addRegisters(low, middle, third);
    case 13:
      return state.addRegisters(low, middle, third, -1);
    case 14:
      return state.add(low, middle, third);
    case 15:
      return state.add(low, middle, -third);
    case 0:
    case 1:
    case 2:
    case 3: {
      const by = (high >>> 6) & 31;
      if (by === 0) return state.add(low, middle, 0);
      return state.set(low, value === undefined ? undefined : value << by);
    }
    default:
      return state.forget(low);
  }
}

/** ADD, CMP, MOV of high registers, BX, BLX. */
function special(high: number, state: FrameState): Step {
  const rd = (high & 7) | ((high >>> 4) & 8);
  const rm = (high >>> 3) & 15;
  switch ((high >>> 8) & 3) {
    case 0:
      if (rd === PC) return { width: 2, ends: true, unknown: true };
      state.addRegisters(rd, rd, rm);
      return NARROW;
    case 2:
      if (rd === PC) return { width: 2, ends: true, unknown: rm !== LR };
      state.add(rd, rm, 0);
      return NARROW;
    case 3:
      if ((high & 0x80) === 0) return { width: 2, ends: true, unknown: rm !== LR };
      state.called();
      return NARROW;
    default:
      return NARROW;
  }
}

function miscellaneous(at: number, high: number, state: FrameState): Step {
  if ((high & 0xf00) === 0) state.add(SP, SP, (high & 0x80 ? -4 : 4) * (high & 0x7f));
  else if ((high & 0x500) === 0x100)
    return { width: 2, targets: [at + 4 + (((high >>> 3) & 0x40) | ((high >>> 2) & 0x3e))] };
  else if ((high & 0xe00) === 0x400) state.add(SP, SP, -4 * ones(high & 0x1ff));
  else if ((high & 0xe00) === 0xc00) {
    state.add(SP, SP, 4 * ones(high & 0x1ff));
    if (high & 0x100) return { width: 2, ends: true };
    state.forgetAll(high & 0xff);
  } else if ((high & 0xf00) === 0x200 || (high & 0xf00) === 0xa00) state.forget(high & 7);
  return NARROW;
}

function wide(
  code: DataView,
  at: number,
  high: number,
  low: number,
  state: FrameState,
  base: number,
): Step {
  const rn = high & 15;
  const rt = low >>> 12;
  const rd = (low >>> 8) & 15;
  if ((high & 0xf800) === 0xf000) {
    if (low & 0x8000) return branch(at, high, low, state);
    dataImmediate(high, low, rn, rd, state);
    return WIDE;
  }
  if ((high & 0xfe40) === 0xe800) {
    // LDM, STM.
    const load = (high & 0x10) !== 0;
    if (high & 0x20) state.add(rn, rn, (high & 0x100 ? -4 : 4) * ones(low));
    if (load && low & 0x8000) return { width: 4, ends: true };
    if (load) state.forgetAll(low);
    return WIDE;
  }
  if ((high & 0xfe40) === 0xe840) {
    if ((high & 0xfff0) === 0xe8d0 && (low & 0xffe0) === 0xf000)
      return rn === PC
        ? { width: 4, ends: true, targets: table(code, at + 4, (low & 0x10) !== 0) }
        : { width: 4, ends: true, unknown: true };
    // LDRD, STRD; the others are exclusive.
    if ((high & 0x120) !== 0) {
      if (high & 0x20) state.add(rn, rn, (high & 0x80 ? 4 : -4) * (low & 0xff));
      if (high & 0x10) state.forgetAll((1 << rt) | (1 << rd));
    } else state.forgetAll(((1 << rt) | (1 << rd) | (1 << (low & 15))) & 0x5fff);
    return WIDE;
  }
  if ((high & 0xfe00) === 0xea00) {
    const op = (high >>> 5) & 15;
    const rm = low & 15;
    const plain = (low & 0x70f0) === 0;
    if (rd === PC) return WIDE;
    if (plain && op === 2 && rn === PC) state.add(rd, rm, 0);
    else if (plain && op === 8) state.addRegisters(rd, rn, rm);
    else if (plain && op === 13) state.addRegisters(rd, rn, rm, -1);
    else state.forget(rd);
    return WIDE;
  }
  if ((high & 0xec00) === 0xec00) {
    // Coprocessors: VPUSH and VPOP write their base, VMOV core registers.
    if ((high & 0xffe0) === 0xec40) {
      if (high & 0x10) state.forgetAll((1 << rt) | (1 << rn));
    } else if ((high & 0xfe00) === 0xec00) {
      if (high & 0x20) state.add(rn, rn, (high & 0x80 ? 4 : -4) * (low & 0xff));
    } else if ((high & 0xff10) === 0xee10 && low & 0x10 && rt !== PC) state.forget(rt);
    return WIDE;
  }
  if ((high & 0xfe00) === 0xf800) return single(code, at, high, low, state, base);
  state.forgetAll(((1 << rd) | (high & 0x80 ? 1 << rt : 0)) & 0x5fff);
  return WIDE;
}

function branch(at: number, high: number, low: number, state: FrameState): Step {
  if (low & 0x4000) {
    state.called();
    return WIDE;
  }
  const s = (high >>> 10) & 1;
  const upper = (high & 0x3f) << 12;
  if (low & 0x1000) {
    const i1 = ~((low >>> 13) ^ s) & 1;
    const i2 = ~((low >>> 11) ^ s) & 1;
    const imm = (s << 24) | (i1 << 23) | (i2 << 22) | ((high & 0x3ff) << 12);
    return { width: 4, ends: true, targets: [at + 4 + signed(imm | ((low & 0x7ff) << 1), 25)] };
  }
  if ((high & 0x380) === 0x380) {
    // UDF.W, MRS and its kin.
    if ((high & 0x7f0) === 0x7f0) return { width: 4, ends: true };
    if ((high & 0x7e0) === 0x3e0) state.forget((low >>> 8) & 15);
    return WIDE;
  }
  const imm = (s << 20) | ((low & 0x800) << 8) | ((low & 0x2000) << 5) | upper;
  return { width: 4, targets: [at + 4 + signed(imm | ((low & 0x7ff) << 1), 21)] };
}

function dataImmediate(high: number, low: number, rn: number, rd: number, state: FrameState): void {
  const imm12 = ((high & 0x400) << 1) | ((low & 0x7000) >>> 4) | (low & 0xff);
  if (high & 0x200) {
    const imm16 = ((high & 15) << 12) | imm12;
    const op = (high >>> 4) & 31;
    if (op === 0) state.add(rd, rn, rn === PC ? undefined : imm12);
    else if (op === 10) state.add(rd, rn, rn === PC ? undefined : -imm12);
    else if (op === 4) state.set(rd, imm16);
    else if (op === 12) {
      const before = state.number(rd);
      state.set(rd, before === undefined ? undefined : (before & 0xffff) | (imm16 << 16));
    } else state.forget(rd);
    return;
  }
  const op = (high >>> 5) & 15;
  // TST, TEQ, CMN, CMP.
  if (rd === PC) return;
  const imm = expanded(imm12) | 0;
  if (op === 2 && rn === PC) state.set(rd, imm);
  else if (op === 3 && rn === PC) state.set(rd, ~imm);
  else if (op === 8) state.add(rd, rn, imm);
  else if (op === 13) state.add(rd, rn, -imm | 0);
  else state.forget(rd);
}

/** LDR, STR and their bytes and halves. */
function single(
  code: DataView,
  at: number,
  high: number,
  low: number,
  state: FrameState,
  base: number,
): Step {
  const rn = high & 15;
  const rt = low >>> 12;
  const load = (high & 0x10) !== 0;
  const hint = load && rt === PC && (high & 0x60) !== 0x40;
  if (rn === PC && load && !hint) {
    const step = literalOf(
      code,
      at,
      base,
      rt === PC ? 12 : rt,
      high & 0x80 ? low & 0xfff : -(low & 0xfff),
      4,
      state,
    );
    return rt === PC ? { ...step, ends: true, unknown: true } : step;
  }
  // VLD1 and its kin.
  if ((high & 0xff10) === 0xf900) return WIDE;
  // Of the forms with 8 bits: P = 0 or W = 1 write the base.
  if ((high & 0x80) === 0 && low & 0x800 && (low & 0x500) !== 0x400)
    state.add(rn, rn, (low & 0x200 ? 1 : -1) * (low & 0xff));
  if (!load || hint) return WIDE;
  if (rt === PC) return { width: 4, ends: true, unknown: rn !== SP };
  state.forget(rt);
  return WIDE;
}

/** TBB, TBH with the table behind them: it ends where the first of its targets begins. */
function table(code: DataView, start: number, halves: boolean): number[] {
  const targets: number[] = [];
  let end = code.byteLength;
  const width = halves ? 2 : 1;
  for (let at = start; at + width <= end && targets.length < TABLE_MAX; at += width) {
    const target = start + 2 * (halves ? code.getUint16(at, true) : code.getUint8(at));
    if (target < at + width) break;
    targets.push(target);
    end = Math.min(end, target);
  }
  return targets;
}

/** ThumbExpandImm: A6.3.2. */
function expanded(imm: number): number {
  const byte = imm & 0xff;
  if (imm >>> 10 === 0)
    return [byte, byte * 0x10001, byte * 0x1000100, byte * 0x1010101][(imm >>> 8) & 3];
  const by = imm >>> 7;
  return ((0x80 | (imm & 0x7f)) << (32 - by)) >>> 0;
}

/** IT: how many instructions behind it are conditional. */
export function itLength(high: number): number {
  if ((high & 0xff00) !== 0xbf00 || (high & 15) === 0) return 0;
  return 4 - Math.log2(high & 15 & -(high & 15));
}
