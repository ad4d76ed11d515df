import {
  BACK,
  type Call,
  direct,
  type Known,
  literalAt,
  reached,
  slot,
  sum,
} from "./call-target.ts";
import type { CodeImage } from "./code-image.ts";
import { LR, PC } from "./frame-state.ts";
import {
  signed,
  thumbCompareBranch,
  thumbConditionalBranch,
  thumbLiteral,
  thumbLongBranch,
} from "./immediates.ts";

/** The calls in T32 code. */
export function thumbCalls(image: CodeImage, start: number, end: number): Call[] {
  const calls: Call[] = [];
  const places: number[] = [];
  for (let at = start, width = 2; at + 2 <= end && !image.exhausted(); at += width) {
    const high = image.half(at) ?? 0;
    places.push(at);
    width = high >>> 11 >= 0x1d ? 4 : 2;
    if (width === 4 && at + 4 <= end) {
      const low = image.half(at + 2) ?? 0;
      const link = (low & 0x4000) !== 0;
      // BL, BLX and B.W (T4).
      if ((high & 0xf800) === 0xf000 && (link ? (low & 0x8000) !== 0 : (low & 0xd000) === 0x9000)) {
        const offset = thumbLongBranch(high, low);
        const exchange = link && (low & 0x1000) === 0;
        const to = direct(image, at, (exchange ? (at + 4) & ~3 : at + 4) + offset);
        if (link || to === null || to < start || to >= end)
          calls.push({ target: to, tail: !link, thumb: !exchange });
      } else leave(image, at, start, end, calls);
    } else if ((high & 0xff07) === 0x4700) {
      const link = (high & 0x80) !== 0;
      const register = (high >>> 3) & 15;
      // BX pc: A32 code goes on behind it.
      const target =
        register === PC ? (at + 4) & ~3 : valueOf(image, places, places.length - 1, register, 0);
      if (link) calls.push({ ...reached(target), tail: false });
      // Functions of Thumb-1 return by BX to a register that POP has filled.
      else if (register !== LR && target !== undefined)
        calls.push({ ...reached(target), tail: true });
    } else leave(image, at, start, end, calls);
  }
  return calls;
}

/** B and B<c> of little reach to another function; literals look like them: only where one is known to begin. */
function leave(image: CodeImage, at: number, start: number, end: number, calls: Call[]): void {
  const target = branchTarget(image, at);
  if (target === undefined || (target >= start && target < end)) return;
  const to = direct(image, at, target);
  if (to !== null && image.starts(to)) calls.push({ target: to, tail: true });
}

/** B, BX, POP {pc}. */
function ends(image: CodeImage, at: number): boolean {
  const high = image.half(at) ?? 0;
  if (high === 0xe8bd) return ((image.half(at + 2) ?? 0) & 0x8000) !== 0;
  if ((high & 0xf800) === 0xf000) return ((image.half(at + 2) ?? 0) & 0xd000) === 0x9000;
  return (high & 0xf800) === 0xe000 || (high & 0xff87) === 0x4700 || (high & 0xff00) === 0xbd00;
}

/** Where B<c>, B, CBZ and CBNZ lead. */
function branchTarget(image: CodeImage, at: number): number | undefined {
  const high = image.half(at) ?? 0;
  if ((high & 0xf000) === 0xd000 && (high & 0xf00) < 0xe00)
    return at + 4 + signed(high & 0xff, 8) * 2;
  if ((high & 0xf800) === 0xe000) return at + 4 + signed(high & 0x7ff, 11) * 2;
  if ((high & 0xf500) === 0xb100) return at + 4 + thumbCompareBranch(high);
  const low = image.half(at + 2) ?? 0;
  if ((high & 0xf800) === 0xf000 && (low & 0xd000) === 0x8000 && (high & 0x380) !== 0x380) {
    return at + 4 + thumbConditionalBranch(high, low);
  }
  return undefined;
}

/** What a register holds at `places[count]`; `places` are the addresses of the instructions. See calls-arm.ts. */
function valueOf(
  image: CodeImage,
  places: readonly number[],
  count: number,
  register: number,
  depth: number,
): Known {
  if (depth > BACK.depth) return undefined;
  const reached = places[count];
  const first = Math.max(0, count - BACK.instructions);
  for (let n = count - 1; n >= first; n--) {
    const at = places[n];
    const high = image.half(at) ?? 0;
    if (ends(image, at)) {
      for (n--; n >= first; n--) {
        const target = branchTarget(image, places[n]);
        if (target !== undefined && target > at && target <= reached) break;
      }
      continue;
    }
    const value = (other: number) => valueOf(image, places, n, other, depth + 1);
    const pc = (at + 4) & ~3;
    if (high >>> 11 >= 0x1d) {
      const low = image.half(at + 2) ?? 0;
      if (low >>> 12 !== register) continue;
      // LDR.W rt, [pc, #imm] and LDR.W rt, [rn, rm]
      if ((high & 0xff7f) === 0xf85f) return literalAt(image, pc + thumbLiteral(high, low));
      if ((high & 0xfff0) === 0xf850 && (low & 0x0ff0) === 0)
        return depth > BACK.slotDepth ? undefined : slot(image, value(high & 15), value(low & 15));
      continue;
    }
    const low = high & 7;
    if (high >>> 11 === 9 && ((high >>> 8) & 7) === register)
      return literalAt(image, pc + (high & 0xff) * 4);
    if ((high & 0xfe00) === 0x5800 && low === register)
      return depth > BACK.slotDepth
        ? undefined
        : slot(image, value((high >>> 3) & 7), value((high >>> 6) & 7));
    const full = low | ((high >>> 4) & 8);
    if ((high & 0xff00) === 0x4400 && full === register && ((high >>> 3) & 15) === PC)
      return sum(value(register), at + 4);
    if ((high & 0xff00) === 0x4600 && full === register) return value((high >>> 3) & 15);
    // Loads, moves of numbers, sums: the value is not from a literal.
    const computes =
      high >>> 13 === 1 ? high >>> 11 !== 5 && ((high >>> 8) & 7) === register : false;
    const loads = high >>> 11 === 0xd && low === register;
    if (computes || loads) return undefined;
  }
  return undefined;
}
