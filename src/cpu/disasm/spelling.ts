import type { Context, Fields } from "./context.ts";
import { expandFloat } from "./float.ts";

const BARRIERS = "#0 oshld oshst osh #4 nshld unst un #8 ishld ishst ish #12 ld st sy".split(" ");

/** Where objdump writes something else than the ARM ARM: the syntax to expand instead. */
const SPELLING: Readonly<Record<string, string>> = {
  "thumb16.rsb_imm": "NEG{S}<c> <Rd>, <Rn>",
  "thumb16.mul": "MUL{S}<c> <Rd>, <Rn>",
  "thumb16.ldr_lit": "LDR<c> <Rt>, [PC, #<i*4>]",
  "thumb16.adr": "ADD<c> <Rd>, PC, #<i*4>",
  "thumb16.add_sp": "ADD<c> SP, #<i*4>",
  "thumb16.sub_sp": "SUB<c> SP, #<i*4>",
  "thumb16.bkpt": "BKPT 0x<i:4>",
  "thumb16.svc": "SVC<c> <i>",
  "thumb16.stm": "STMIA<c> <Rn>!, <registers>",
  "thumb16.ldm": "LDMIA<c> <Rn>{!}, <registers>",
  "thumb16.b": "B<c>.N <label>",
  "thumb16.b_cond": "B<c>.N <label>",
  "thumb32.push": "STMDB<c> SP!, <registers>",
  "thumb32.pop": "LDMIA<c>.W SP!, <registers>",
  "thumb32.stm": "STMIA<c>.W <Rn>{!}, <registers>",
  "thumb32.ldm": "LDMIA<c>.W <Rn>{!}, <registers>",
  "thumb32.rrx": "MOV{S}<c>.W <Rd>, <Rm>, RRX",
  "thumb32.lsl_imm": "MOV{S}<c>.W <Rd>, <Rm>, LSL #<i>",
  "thumb32.lsr_imm": "MOV{S}<c>.W <Rd>, <Rm>, LSR #<i/32>",
  "thumb32.asr_imm": "MOV{S}<c>.W <Rd>, <Rm>, ASR #<i/32>",
  "thumb32.ror_imm": "MOV{S}<c>.W <Rd>, <Rm>, ROR #<i>",
  "thumb32.rsb_imm": "RSB{S}<c> <Rd>, <Rn>, #<const>",
  "thumb32.mul": "MUL<c>.W <Rd>, <Rn>, <Rm>",
  "thumb32.adr_add": "ADDW<c> <Rd>, PC, #<i>",
  "thumb32.adr_sub": "SUBW<c> <Rd>, PC, #<i>",
  "thumb32.pld_lit": "PLD{W}<c> [PC, #+/-<i>]",
  "thumb32.cps": "CPS<mode>",
  "a32.cps": "CPS<mode>",
  "thumb16.cps": "CPS<mode>",
  "a32.bkpt": "BKPT 0x<i:4>",
  "a32.svc": "SVC<c> 0x<i:8>",
  "a32.nop": "NOP<c> {0}",
  "a32.ldrex": "LDREX<c> r<t>, [<Rn>]",
};

const HINTS: Readonly<Record<number, string>> = { 5: "SEVL", 16: "ESB", 20: "CSDB" };

function hint(i: number, table: Context["table"]): string {
  if (i === 5 && table === "a32") return "SEVL";
  return i === 5 && table === "thumb32" ? "SEVL<c>.W" : `${HINTS[i]}<c>`;
}

/** The syntax to expand for a row, in objdump's manner. */
export function spell(name: string, syntax: string, f: Fields, { table }: Context): string {
  if (name === "mov_reg" && table === "thumb16" && f.d === 8 && f.m === 8) return "NOP<c>";
  const special = SPELLING[`${table}.${name}`];
  if (special) return special;
  if (name === "setend") return f.E ? "SETEND be" : "SETEND le";
  if (name === "hint" && HINTS[f.i]) return hint(f.i, table);
  if (name === "lsr_imm" || name === "asr_imm") return syntax.replace("<i>", "<i/32>");
  if (syntax.startsWith("V")) return expandFloat(syntax, f);
  if (/^[DI]SB|^DMB/.test(syntax)) return barrier(syntax, f);
  if (/^M[CR][RC]/.test(syntax)) return coprocessor(syntax);
  if (table === "a32") {
    if (name === "mov_reg" && f.c === 14 && f.S + f.d + f.m === 0) return "NOP";
    // Of one register, objdump keeps PUSH and POP for the forms of STR and LDR.
    if ((name === "push" || name === "pop") && (f.r & (f.r - 1)) === 0)
      return `${name === "push" ? "STM" : "LDM"}FD<c> SP!, <registers>`;
    if (name === "stm" && f.W) return syntax.replace("STM", "STMIA");
    return syntax.replace(", <Rt+1>", "");
  }
  if (table === "thumb16") return syntax;
  return syntax
    .replace(/^((?:AND|TST|BIC|ORR|MVN|EOR|CMN|ADC|SBC)(?:\{S\})?<c>) /, "$1.W ")
    .replace(/^((?:LDR|STR)(?:B|H|SB|SH)?<c>) /, "$1.W ")
    .replace(
      /^((?:LDR|PLI).*)<label>/,
      name === "ldrd_lit" ? "$1[PC, #+/-<i*4>]" : "$1[PC, #+/-<i>]",
    );
}

function barrier(syntax: string, { o }: Fields): string {
  if (syntax.startsWith("DSB") && o === 0) return "SSBB";
  if (syntax.startsWith("DSB") && o === 4) return "PSSBB";
  if (syntax.startsWith("DSB") && o === 12) return "DFB";
  const option = syntax.startsWith("ISB") && o !== 15 ? `#${o}` : BARRIERS[o];
  return syntax.replace("<o>", option);
}

/** `p15, 0, <Rt>, c7, c10, 5` is written `15, 0, <Rt>, cr7, cr10, {5}`. */
function coprocessor(syntax: string): string {
  return syntax
    .replace(/p15/, "15")
    .replace(/\bc(\d+)/g, "cr$1")
    .replace(/, (<q>|\d)$/, ", {$1}");
}
