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
import { armBranch, armLiteral } from "./immediates.ts";

/** The calls in A32 code. */
export function armCalls(image: CodeImage, start: number, end: number): Call[] {
  const calls: Call[] = [];
  for (let at = start; at + 4 <= end && !image.exhausted(); at += 4) {
    const insn = image.word(at) ?? 0;
    const always = insn >>> 28 === 15;
    if ((insn & 0x0e000000) === 0x0a000000) {
      const target = (at + 8 + armBranch(insn)) | 0;
      const link = always || (insn & 0x01000000) !== 0;
      const to = direct(image, at, target);
      if (link || to === null || to < start || to >= end)
        calls.push({ target: to, tail: !link, thumb: always });
    } else if ((insn & 0x0f7ff000) === 0x051ff000 && !always) {
      // LDR pc, [pc, #imm]: what a linker puts between a branch and a function that is too far away.
      const literal = at + 8 + armLiteral(insn);
      const to = literalAt(image, literal);
      calls.push({ ...reached(to), tail: true });
    } else if ((insn & 0x0fffffd0) === 0x012fff10 && !always) {
      const link = (insn & 0x20) !== 0;
      const register = insn & 15;
      if (link || register !== LR)
        calls.push({ ...reached(valueOf(image, at, start, register, 0)), tail: !link });
    }
  }
  return calls;
}

/** Nothing goes on behind it: B, BX, a load of the program counter. */
function ends(insn: number): boolean {
  if (insn >>> 28 !== 14) return false;
  return (
    (insn & 0x0f000000) === 0x0a000000 ||
    (insn & 0x0ffffff0) === 0x012fff10 ||
    (insn & 0x0e108000) === 0x08108000 ||
    (insn & 0x0c10f000) === 0x0410f000
  );
}

/** Where B and BL lead. */
function branchTarget(image: CodeImage, at: number): number | undefined {
  const insn = image.word(at) ?? 0;
  if (insn >>> 28 === 15 || (insn & 0x0f000000) !== 0x0a000000) return undefined;
  return at + 8 + armBranch(insn);
}

/** What a register holds at `at`, from the instructions in front of it that only move and add; undefined when they do more. */
function valueOf(
  image: CodeImage,
  at: number,
  start: number,
  register: number,
  depth: number,
): Known {
  if (depth > BACK.depth) return undefined;
  start = Math.max(start, at - 4 * BACK.instructions);
  for (let from = at - 4; from >= start; from -= 4) {
    const insn = image.word(from) ?? 0;
    if (ends(insn)) {
      // What follows is only come to by a branch.
      const end = from;
      for (from -= 4; from >= start; from -= 4) {
        const target = branchTarget(image, from);
        if (target !== undefined && target > end && target <= at) break;
      }
      continue;
    }
    if (insn >>> 28 === 15 || ((insn >>> 12) & 15) !== register) continue;
    const value = (other: number) => valueOf(image, from, start, other, depth + 1);
    const base = (insn >>> 16) & 15;
    // LDR rd, [pc, #imm]
    if ((insn & 0x0f7f0000) === 0x051f0000) {
      const literal = from + 8 + armLiteral(insn);
      return literalAt(image, literal);
    }
    // LDR rd, [rn, rm]
    if ((insn & 0x0ff00ff0) === 0x07900000)
      return depth > BACK.slotDepth ? undefined : slot(image, value(base), value(insn & 15));
    // ADD rd, pc, rm and ADD rd, rn, pc
    if ((insn & 0x0fe00ff0) === 0x00800000 && (base === PC || (insn & 15) === PC))
      return sum(value(base === PC ? insn & 15 : base), from + 8);
    // MOV rd, rm
    if ((insn & 0x0fef0ff0) === 0x01a00000) return value(insn & 15);
    const compares = (insn & 0x0d900000) === 0x01100000;
    const stores = (insn & 0x0c100000) === 0x04000000;
    if (compares || stores || (insn & 0x08000000) !== 0) continue;
    return undefined;
  }
  return undefined;
}
