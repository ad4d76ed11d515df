import { Op } from "../ir/ops.ts";
import { Code, Long } from "./loop.ts";

// Which codes of the loop do what an IR op does, by op number.

/** Codes of a two-operand op: register and constant form, without and with flags, and for flags only. */
export interface Forms {
  r?: Code;
  i?: Code;
  rs?: Code;
  is?: Code;
  /** The result is not wanted: a b. */
  rc?: Code;
  ic?: Code;
}

export const alu: (Forms | undefined)[] = [];
alu[Op.mov] = { r: Code.MovR, i: Code.MovI, rs: Code.MovsR, is: Code.MovsI };
alu[Op.add] = {
  r: Code.AddR,
  i: Code.AddI,
  rs: Code.AddsR,
  is: Code.AddsI,
  rc: Code.CmnR,
  ic: Code.CmnI,
};
alu[Op.sub] = { r: Code.SubR, rs: Code.SubsR, is: Code.SubsI, rc: Code.CmpR, ic: Code.CmpI };
alu[Op.rsb] = { i: Code.RsbI, is: Code.RsbsI };
alu[Op.adc] = { r: Code.AdcR, i: Code.AdcI, rs: Code.AdcsR, is: Code.AdcsI };
alu[Op.sbc] = { r: Code.SbcR, i: Code.SbcI, rs: Code.SbcsR, is: Code.SbcsI };
alu[Op.and] = {
  r: Code.AndR,
  i: Code.AndI,
  rs: Code.AndsR,
  is: Code.AndsI,
  rc: Code.TstR,
  ic: Code.TstI,
};
alu[Op.orr] = { r: Code.OrrR, i: Code.OrrI, rs: Code.OrrsR, is: Code.OrrsI };
alu[Op.eor] = {
  r: Code.EorR,
  i: Code.EorI,
  rs: Code.EorsR,
  is: Code.EorsI,
  rc: Code.TeqR,
  ic: Code.TeqI,
};
alu[Op.bic] = { r: Code.BicR, rs: Code.BicsR };
alu[Op.orn] = { r: Code.OrnR };
alu[Op.lsl] = { r: Code.LslR, i: Code.LslI, rs: Code.LslsR, is: Code.LslsI };
alu[Op.lsr] = { r: Code.LsrR, i: Code.LsrI, rs: Code.LsrsR, is: Code.LsrsI };
alu[Op.asr] = { r: Code.AsrR, i: Code.AsrI, rs: Code.AsrsR, is: Code.AsrsI };
alu[Op.ror] = { r: Code.RorR, i: Code.RorI };
alu[Op.rsc] = {};
alu[Op.mvn] = { r: Code.MvnR, rs: Code.MvnsR };
alu[Op.mul] = { r: Code.Mul, rs: Code.Muls };
alu[Op.sdiv] = { r: Code.Sdiv };
alu[Op.udiv] = { r: Code.Udiv };

/** Shifts by constants that set C alone. */
export const carryCodes: (Code | undefined)[] = [];
carryCodes[Op.lsl] = Code.LslcI;
carryCodes[Op.lsr] = Code.LsrcI;
carryCodes[Op.asr] = Code.AsrcI;

export const unaryCodes: (Code | undefined)[] = [];
unaryCodes[Op.sxtb] = Code.Sxtb;
unaryCodes[Op.sxth] = Code.Sxth;
unaryCodes[Op.clz] = Code.Clz;
unaryCodes[Op.rev] = Code.Rev;
unaryCodes[Op.rbit] = Code.Rbit;

/** Long multiplications: bits of Long. */
export const longForms: (number | undefined)[] = [];
longForms[Op.umull] = 0;
longForms[Op.smull] = Long.Signed;
longForms[Op.umlal] = Long.Accumulate;
longForms[Op.smlal] = Long.Signed | Long.Accumulate;

/** Constant and register offset forms. */
export const memory: (readonly [i: Code, x: Code] | undefined)[] = [];
memory[Op.ldr] = [Code.LdrI, Code.LdrX];
memory[Op.ldrb] = [Code.LdrbI, Code.LdrbX];
memory[Op.ldrh] = [Code.LdrhI, Code.LdrhX];
memory[Op.ldrsb] = [Code.LdrsbI, Code.LdrsbX];
memory[Op.ldrsh] = [Code.LdrshI, Code.LdrshX];
memory[Op.str] = [Code.StrI, Code.StrX];
memory[Op.strb] = [Code.StrbI, Code.StrbX];
memory[Op.strh] = [Code.StrhI, Code.StrhX];

/** Forms with writeback by a constant. */
export const writebacks: ({ post: Code; pre: Code } | undefined)[] = [];
writebacks[Op.ldr] = { post: Code.LdrPost, pre: Code.LdrPre };
writebacks[Op.ldrb] = { post: Code.LdrbPost, pre: Code.LdrbPre };
writebacks[Op.str] = { post: Code.StrPost, pre: Code.StrPre };
writebacks[Op.strb] = { post: Code.StrbPost, pre: Code.StrbPre };

/** Conditions of compare and branch, in the order of the codes. */
export const compareOrder = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13];

export function isShift(op: number): boolean {
  return op === Op.lsl || op === Op.lsr || op === Op.asr || op === Op.ror;
}

/** One code for a shift by a constant and the op that takes its result. */
export function shiftFusion(shift: number, op: number): Code | undefined {
  if (shift === Op.lsl) {
    if (op === Op.add) return Code.AddLsl;
    if (op === Op.sub) return Code.SubLsl;
    if (op === Op.orr) return Code.OrrLsl;
    return op === Op.eor ? Code.EorLsl : undefined;
  }
  if (shift === Op.lsr) {
    if (op === Op.add) return Code.AddLsr;
    if (op === Op.orr) return Code.OrrLsr;
    return op === Op.eor ? Code.EorLsr : undefined;
  }
  return shift === Op.asr && op === Op.add ? Code.AddAsr : undefined;
}
