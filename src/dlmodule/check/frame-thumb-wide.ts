import { type FrameState, loadLiteral, ones, PC, SP, type Step } from "./frame-state.ts";
import {
  thumbConditionalBranch,
  thumbImm12,
  thumbImm16,
  thumbImmediate,
  thumbLiteral,
  thumbLongBranch,
} from "./immediates.ts";

const WIDE: Step = { width: 4 };
const IP = 12;
/** Entries of a branch table that are looked at. */
const TABLE_MAX = 1024;

/** What literals count from: Align(PC, 4), as an offset from the function at `base`. */
export const aligned = (base: number, at: number): number => ((base + at + 4) & ~3) - base;

/** An instruction of 32 bits (ARM ARM A6.3); `base` is the address of the function. */
export function stepWide(
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
  if (low & 0x1000) return { width: 4, ends: true, targets: [at + 4 + thumbLongBranch(high, low)] };
  if ((high & 0x380) === 0x380) {
    // UDF.W, MRS and its kin.
    if ((high & 0x7f0) === 0x7f0) return { width: 4, ends: true };
    if ((high & 0x7e0) === 0x3e0) state.forget((low >>> 8) & 15);
    return WIDE;
  }
  return { width: 4, targets: [at + 4 + thumbConditionalBranch(high, low)] };
}

function dataImmediate(high: number, low: number, rn: number, rd: number, state: FrameState): void {
  const imm12 = thumbImm12(high, low);
  if (high & 0x200) {
    const imm16 = thumbImm16(high, low);
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
  const imm = thumbImmediate(imm12) | 0;
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
    const literal = aligned(base, at) + thumbLiteral(high, low);
    const step = loadLiteral(code, literal, rt === PC ? IP : rt, 4, state);
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
