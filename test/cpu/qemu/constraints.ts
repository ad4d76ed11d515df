/**
 * Which encodings of a row a generated program may contain: the ones whose behaviour the architecture defines and that
 * go on at the next instruction. Branches, writes to pc and system instructions are built on purpose (blocks.ts).
 */
import { type Encoding, type FieldValues } from "./encodings.ts";
import { memoryOperand, registerList } from "./memory-operand.ts";

/** Why a row is never generated; undefined for the others. */
export function reasonToSkip({ mnemonic, name }: Encoding): string | undefined {
  if (mnemonic.startsWith("V")) return "floating point: float.test.ts";
  if (name === "mcr_tpid") return "what it writes outlives the case: programs/machine.c";
  return mnemonic === "SVC" ? "a system call" : undefined;
}

/** Instructions that leave the sequence; blocks.ts makes the useful ones. */
export function isBranch(e: Encoding): boolean {
  return /^(B|BL|BX|BLX|BXJ|CBZ|CBNZ|TBB|TBH)$/.test(e.mnemonic);
}

/** Instructions that end in a fault on purpose. */
export function isTrap(e: Encoding): boolean {
  return /^(UDF|BKPT)$/.test(e.mnemonic);
}

const BARE_LIST = /^(LDM|POP)/;

/** True when the encoding is defined by the architecture and execution goes on behind it. */
export function admissible(e: Encoding, f: FieldValues): boolean {
  if (e.table === "a32" && f.c === 15) return false;
  if (!operandsDefined(e, f)) return false;
  if (e.mnemonic === "MRC" && f.q !== 2) return false; // only TPIDRURW is the user's
  if (e.mnemonic === "SETEND" && f.E) return false; // contract/faults.test.ts
  switch (e.table) {
    case "thumb16":
      return thumb16(e, f);
    case "thumb32":
      return thumb32(e, f);
    case "a32":
      return a32(e, f);
    case "neon":
      return true;
  }
}

/** Rules that are the same in every instruction set. */
export function operandsDefined(e: Encoding, f: FieldValues): boolean {
  const { mnemonic } = e;
  if (e.syntax.includes("<list>")) return floatListDefined(e, f);
  if (mnemonic === "BFI" || mnemonic === "BFC") {
    if (f.b < f.i) return false;
  }
  if (mnemonic === "UBFX" || mnemonic === "SBFX") {
    if (f.i + f.w > 31) return false;
  }
  if (mnemonic === "MSR") {
    const mask = f.k ?? 0b1000;
    if (mask & 0b0011 || mask === 0) return false; // control and extension fields hold system state
  }
  if (mnemonic === "CPS" && (f.M || f.o === 1 || f.o === 0)) return false;
  if (e.syntax.includes("<registers>")) {
    const list = registerList(f);
    if (list.length === 0) return false;
    if (list.includes(15) || list.includes(13)) return false;
    const operand = memoryOperand(e);
    if (operand && operand.base === "n" && operand.writeback(f) && list.includes(f.n)) {
      if (operand.load) return false;
      if (e.table === "thumb32" || list[0] !== f.n) return false;
    }
    if (e.table === "thumb32" && list.length < 2) return false;
    if (BARE_LIST.test(mnemonic) && operand?.base === "sp" && list.includes(13)) return false;
  }
  const operand = memoryOperand(e);
  if (
    operand &&
    !e.syntax.includes("<registers>") &&
    operand.base === "n" &&
    operand.writeback(f)
  ) {
    if (f.n === 15 || f.n === f.t) return false;
    if (e.registers.includes("u") && f.n === f.u) return false;
    if (/D$/.test(mnemonic) && e.table === "a32" && f.n === f.t + 1) return false;
    if (e.registers.includes("m") && f.m === f.n) return false;
  }
  if (/^STREX/.test(mnemonic)) {
    if (f.d === f.n || f.d === f.t || f.d === f.u) return false;
    if (mnemonic === "STREXD" && e.table === "a32" && f.d === f.t + 1) return false;
  }
  if (e.registers.includes("l") && f.l === f.h) return false;
  return true;
}

/** VLDM, VSTM: 1-32 single or 1-16 double registers that exist. */
function floatListDefined(e: Encoding, f: FieldValues): boolean {
  if (e.registers.includes("n") && f.n === 15 && (f.W !== 0 || e.table === "thumb32")) return false;
  const count = f.z ? f.i >> 1 : f.i;
  const first = f.z ? f.d : ((f.d & 15) << 1) | (f.d >> 4);
  return count > 0 && first + count <= 32 && (!f.z || count <= 16);
}

function thumb16(e: Encoding, f: FieldValues): boolean {
  switch (e.name) {
    case "add_reg_high":
      return f.d !== 15 && f.m !== 15;
    case "mov_reg":
      return f.d !== 15;
    case "cmp_reg_high":
      return f.n !== 15 && f.m !== 15 && (f.n > 7 || f.m > 7);
    default:
      return true;
  }
}

/** The table's own conditions keep pc out; what is left is the stack pointer (ARM ARM: BadReg). */
function thumb32(e: Encoding, f: FieldValues): boolean {
  for (const letter of e.registers) {
    if (f[letter] === 15) return false;
    if (f[letter] === 13 && !spAllowed(e, letter, f)) return false;
  }
  if (e.syntax.includes("<const>")) {
    // ThumbExpandImm: a repeated byte of zero
    if (((f.i >>> 10) & 3) === 0 && ((f.i >>> 8) & 3) !== 0 && (f.i & 0xff) === 0) return false;
  }
  if (/^(LDRD|STRD)$/.test(e.mnemonic) && e.mnemonic === "LDRD" && f.t === f.u) return false;
  return true;
}

function spAllowed(e: Encoding, letter: string, f: FieldValues): boolean {
  const { mnemonic, name } = e;
  const operand = memoryOperand(e);
  if (operand || /^PL[DI]/.test(mnemonic)) {
    if (letter === "n") return true;
    return letter === "t" && /^(LDR|STR)$/.test(mnemonic);
  }
  if (/^(ADD|SUB)W?$/.test(mnemonic)) {
    if (letter === "m") return false;
    if (letter === "n") return !(name.endsWith("_reg") && f.d === 13 && (f.y !== 0 || f.i > 3));
    return f.n === 13 && !(name.endsWith("_reg") && (f.y !== 0 || f.i > 3));
  }
  if (/^(CMP|CMN)$/.test(mnemonic)) return letter === "n";
  if (mnemonic === "MOV" && name === "mov_reg") return f.S === 0 && !(f.d === 13 && f.m === 13);
  return false;
}

function a32(e: Encoding, f: FieldValues): boolean {
  const { mnemonic } = e;
  const operand = memoryOperand(e);
  const pcReadable = isPlainDataProcessing(e);
  for (const letter of e.registers) {
    if (f[letter] !== 15) continue;
    if (letter === "n" && (operand !== undefined || /^PL[DI]/.test(mnemonic))) {
      // Loads relative to pc only; the address is not a pointer of the case.
      if (operand && (!operand.load || operand.offset.kind !== "immediate")) return false;
      if (operand && (operand.writeback(f) || /(EX|T$)/.test(mnemonic))) return false;
      if (!operand) return false;
      continue;
    }
    if (!pcReadable || letter === "d") return false;
  }
  if (/^(LDRD|STRD|LDREXD|STREXD)$/.test(mnemonic)) {
    if (f.t & 1 || f.t === 14) return false;
    if (mnemonic === "LDRD" && e.registers.includes("m") && (f.m === f.t || f.m === f.t + 1))
      return false;
  }
  if (operand && /T$/.test(mnemonic) && mnemonic.length > 3 && f.n === 15) return false;
  return true;
}

/** Data-processing with an immediate or a constant shift: pc reads as the address plus 8. */
function isPlainDataProcessing(e: Encoding): boolean {
  return (
    /^(AND|EOR|SUB|RSB|ADD|ADC|SBC|RSC|TST|TEQ|CMP|CMN|ORR|MOV|BIC|MVN|LSL|LSR|ASR|ROR|RRX)$/.test(
      e.mnemonic,
    ) &&
    !e.registers.includes("s") &&
    !/_rsr$|_shift_reg$/.test(e.name) &&
    !(/^(LSL|LSR|ASR|ROR)$/.test(e.mnemonic) && e.registers.includes("n"))
  );
}
