import { type FrameState, loadLiteral, LR, ones, PC, SP, type Step } from "./frame-state.ts";
import { aligned, stepWide } from "./frame-thumb-wide.ts";
import { signed, thumbCompareBranch } from "./immediates.ts";

const NARROW: Step = { width: 2 };

/** One T32 instruction at `at` (ARM ARM A6); `base` is the address of the function. */
export function stepThumb(code: DataView, at: number, state: FrameState, base: number): Step {
  const high = code.getUint16(at, true);
  if (high >>> 11 < 0x1d) return narrow(code, at, high, state, base);
  if (at + 4 > code.byteLength) return { width: 4, ends: true };
  return stepWide(code, at, high, code.getUint16(at + 2, true), state, base);
}

/** An instruction of 16 bits (ARM ARM A6.2). */
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
      if (high & 0x800) return loadLiteral(code, aligned(base, at) + imm8 * 4, upper, 2, state);
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
    return { width: 2, targets: [at + 4 + thumbCompareBranch(high)] };
  else if ((high & 0xe00) === 0x400) state.add(SP, SP, -4 * ones(high & 0x1ff));
  else if ((high & 0xe00) === 0xc00) {
    state.add(SP, SP, 4 * ones(high & 0x1ff));
    if (high & 0x100) return { width: 2, ends: true };
    state.forgetAll(high & 0xff);
  } else if ((high & 0xf00) === 0x200 || (high & 0xf00) === 0xa00) state.forget(high & 7);
  return NARROW;
}

/** IT: how many instructions behind it are conditional. */
export function itLength(high: number): number {
  if ((high & 0xff00) !== 0xbf00 || (high & 15) === 0) return 0;
  return 4 - Math.log2(high & 15 & -(high & 15));
}
