import type { CodeImage } from "./code-image.ts";
import { armImmediate, thumbImm16 } from "./immediates.ts";

/** A call in a function's code. */
export interface Call {
  /** Where it leads, without bit 0; null: to another module or the kernel; undefined: through a pointer that the code does not give away. */
  readonly target: Known;
  /** A jump to another function: the frame is gone already. */
  readonly tail: boolean;
  /** What code is there, when the target is known. */
  readonly thumb?: boolean;
}

/** How far back the values of registers are looked for. */
export const BACK = {
  /** Registers that one value is computed from in a row. */
  depth: 4,
  /** A slot's address is not read from a slot. */
  slotDepth: 1,
  /** Instructions in front of a call that are looked at for one of them. */
  instructions: 256,
} as const;

/** An address in the module; null: of something of others; undefined: not known. */
export type Known = number | null | undefined;

/** Of a branch: a record that names another target counts, and then the table of procedure linkage. */
export function direct(image: CodeImage, at: number, target: number): number | null {
  const named = image.relocated(at);
  if (named === null) return null;
  return plt(image, (named ?? target) & ~1);
}

/** Behind an entry of the procedure linkage table (ADD ip, pc; ADD ip, ip; LDR pc, [ip, #]!) lies what its slot is filled with. */
function plt(image: CodeImage, target: number): number | null {
  let at = target;
  const cortexM = thumbPlt(image, at);
  if (cortexM !== undefined) return cortexM;
  // BX pc in front of an entry for Thumb code.
  if (image.half(at) === 0x4778) at += 4;
  let ip = 0;
  for (let n = 0; n < 4; n++, at += 4) {
    const insn = image.word(at) ?? 0;
    if ((insn & 0xfffff000) >>> 0 === 0xe28fc000) ip = at + 8 + armImmediate(insn);
    else if ((insn & 0xfffff000) >>> 0 === 0xe28cc000) ip += armImmediate(insn);
    else if ((insn & 0xfffff000) >>> 0 === 0xe5bcf000)
      return without(image.relocated(ip + (insn & 0xfff)) ?? null);
    else break;
  }
  return target;
}

/** The entry of processors without A32 code: MOVW ip; MOVT ip; ADD ip, pc; LDR.W pc, [ip]. */
function thumbPlt(image: CodeImage, at: number): Known {
  const [a, b, c, d] = [at, at + 4, at + 8, at + 10].map((place) => image.half(place) ?? 0);
  if ((a & 0xfbf0) !== 0xf240 || (b & 0xfbf0) !== 0xf2c0 || c !== 0x44fc || d !== 0xf8dc)
    return undefined;
  if (image.half(at + 12) !== 0xf000) return undefined;
  const ip =
    thumbImm16(a, image.half(at + 2) ?? 0) | (thumbImm16(b, image.half(at + 6) ?? 0) << 16);
  return without(image.relocated((ip + at + 12) | 0) ?? null);
}

const without = (address: number | null): number | null => address && address & ~1;

/** Of a register's value: bit 0 is that of Thumb code. */
export function reached(value: Known): Pick<Call, "target" | "thumb"> {
  return typeof value === "number"
    ? { target: value & ~1, thumb: (value & 1) !== 0 }
    : { target: value };
}

/** The word at an address, or what a record makes of it. */
export function literalAt(image: CodeImage, address: number): Known {
  const named = image.relocated(address);
  return named === undefined ? image.word(address) : named;
}

/** The slot of the global offset table at a sum of both. */
export function slot(image: CodeImage, a: Known, b: Known): Known {
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const to = image.relocated((a + b) | 0);
  return to === undefined ? undefined : without(to);
}

export function sum(a: Known, b: number): Known {
  return typeof a === "number" ? (a + b) | 0 : a;
}
