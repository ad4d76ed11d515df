/** Guest memory where it is to be looked at without faults: undefined outside of RAM. */
export interface CodeReader {
  word(address: number): number | undefined;
  half(address: number): number | undefined;
}

/** Address of the call instruction in front of a return address; undefined when there is none. */
export function callBefore(code: CodeReader, value: number): number | undefined {
  value >>>= 0;
  if (value & 1) {
    const at = value - 1;
    const low = code.half(at - 2);
    const high = code.half(at - 4);
    if (low === undefined || high === undefined) return undefined;
    // BL, BLX (immediate), T1/T2: ARM ARM A8.8.25.
    if ((high & 0xf800) === 0xf000 && (low & 0xc000) === 0xc000) return at - 4;
    // BLX (register), T1: A8.8.26.
    if ((low & 0xff87) === 0x4780) return at - 2;
    return undefined;
  }
  if (value & 2) return undefined;
  const insn = code.word(value - 4);
  if (insn === undefined) return undefined;
  // BL <label>, BLX <label>, BLX <Rm>: A1.
  const bl = (insn & 0x0f000000) === 0x0b000000 && insn >>> 28 !== 15;
  const blx = insn >>> 25 === 0x7d;
  const blxRegister = (insn & 0x0ffffff0) === 0x012fff30;
  if (bl || blx || blxRegister) return value - 4;
  // MOV lr, pc in front of a jump: what ARMv4 code has for BLX.
  return code.word(value - 8) === 0xe1a0e00f ? value - 4 : undefined;
}
