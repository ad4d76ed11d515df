import type { GuestMemory } from "../memory/mod.ts";

/** Is there a call instruction in front of this address? Bit 0 is that of a return address: set in Thumb code. */
export function followsCall(memory: GuestMemory, value: number): boolean {
  const inside = (at: number, size: number): boolean =>
    at >= memory.base && at + size <= memory.end;
  value >>>= 0;
  if (value & 1) {
    if (!inside(value - 5, 4)) return false;
    const high = memory.ld16(value - 5);
    const low = memory.ld16(value - 3);
    // BL, BLX (immediate), T1/T2: ARM ARM A8.8.25; BLX (register), T1: A8.8.26.
    return ((high & 0xf800) === 0xf000 && (low & 0xc000) === 0xc000) || (low & 0xff87) === 0x4780;
  }
  if (value & 2 || !inside(value - 8, 8)) return false;
  const insn = memory.ldu32(value - 4);
  // BL <label>, BLX <label>, BLX <Rm>: A1; MOV lr, pc in front of a jump.
  if ((insn & 0x0f000000) === 0x0b000000 || insn >>> 25 === 0x7d) return true;
  return (insn & 0x0ffffff0) === 0x012fff30 || memory.ldu32(value - 8) === 0xe1a0e00f;
}
