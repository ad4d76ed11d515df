import type { Builder } from "../ir/builder.ts";
import { C, NZ, NZC, NZCV, NONE, Op, type Operand } from "../ir/ops.ts";

/** Shift types as encoded (A8.4.3). */
const shiftOps = [Op.lsl, Op.lsr, Op.asr, Op.ror];

const logical = new Set([Op.and, Op.orr, Op.eor, Op.bic, Op.orn, Op.mov, Op.mvn]);

/** A second operand, computed when the flags it must leave behind are known. */
export type Operand2 = (ir: Builder, carry: boolean) => Operand;

/** Register shifted by a constant: DecodeImmShift (A8.4.3). */
export function shifted(m: number, type: number, amount: number): Operand2 {
  return (ir, carry) => {
    const source = ir.reg(m);
    if (amount === 0 && type === 0) return source;
    const t = ir.temp();
    const set = carry ? C : 0;
    if (amount === 0 && type === 3) ir.shift(Op.rrx, t, source, 0, set);
    else ir.shift(shiftOps[type], t, source, ir.imm(amount || 32), set);
    return t;
  };
}

/** Register shifted by a register (A8.4.2). */
export function shiftedByRegister(m: number, type: number, s: number): Operand2 {
  return (ir, carry) => {
    const t = ir.temp();
    ir.shift(shiftOps[type], t, m, s, carry ? C : 0);
    return t;
  };
}

/** Modified immediate constant of Thumb (ThumbExpandImm_C, A6.3.2). */
export function thumbConstant(imm12: number): Operand2 {
  const byte = imm12 & 0xff;
  if (imm12 >>> 10 === 0) {
    const forms = [byte, byte * 0x00010001, byte * 0x01000100, byte * 0x01010101];
    return (ir) => ir.imm(forms[imm12 >>> 8]);
  }
  return rotated(0x80 | (imm12 & 0x7f), imm12 >>> 7);
}

/** Modified immediate constant of A32 (ARMExpandImm_C, A5.2.4). */
export function a32Constant(imm12: number): Operand2 {
  if (imm12 >>> 8 === 0) return (ir) => ir.imm(imm12);
  return rotated(imm12 & 0xff, (imm12 >>> 8) * 2);
}

function rotated(value: number, by: number): Operand2 {
  const constant = (value >>> by) | (value << (32 - by));
  return (ir, carry) => {
    if (carry) ir.setCarry(constant >>> 31);
    return ir.imm(constant);
  };
}

export function register(m: number): Operand2 {
  return (ir) => ir.reg(m);
}
export function constant(value: number): Operand2 {
  return (ir) => ir.imm(value);
}

/**
 * Data processing with two operands. `S` asks for flags: N and Z of the result; C and V of an addition or subtraction, C of
 * the shifter for a logical operation. Writing the pc is a branch in A32; with S it would be an exception return, which
 * has no meaning here.
 */
export function dataProcessing(
  ir: Builder,
  op: number,
  S: boolean,
  d: number,
  n: number,
  operand2: Operand2,
): void {
  if (d === 15 && S) return ir.undefined();
  const isLogical = logical.has(op);
  const b = operand2(ir, S && isLogical);
  const set = S ? (isLogical ? NZ : NZCV) : 0;
  const target = d === 15 ? ir.temp() : d;
  if (d === 13 && n === 13) growStack(ir, op, b);
  if (op === Op.mov || op === Op.mvn) moveOrNot(ir, op, target, b, set);
  else ir.alu(op, target, ir.reg(n), b, set);
  if (d === 15) ir.aluWritePc(target);
}

/** A frame up to this size in bytes cannot step over the guard below a stack (kernel/thread.ts). */
const SMALL_FRAME = 2048;

/** `sub sp, sp, b` or `add sp, b` with a frame that is large, or of a size that is not known here. */
function growStack(ir: Builder, op: number, b: Operand): void {
  const grows =
    typeof b === "number" ? op === Op.sub || op === Op.add : op === Op.sub && b.value > SMALL_FRAME;
  if (!grows) return;
  const t = ir.temp();
  ir.alu(op, t, 13, b);
  ir.unary(Op.reach, NONE, t);
}

function moveOrNot(ir: Builder, op: number, d: number, b: Operand, set: number): void {
  if (op === Op.mov) ir.mov(d, b, set);
  else if (typeof b !== "number") ir.mov(d, ir.imm(~b.value), set);
  else ir.not(d, b, set);
}

/** TST, TEQ, CMP, CMN: the flags of an operation. */
export function compare(ir: Builder, op: number, n: number, operand2: Operand2): void {
  const isLogical = logical.has(op);
  const b = operand2(ir, isLogical);
  ir.alu(op, NONE, ir.reg(n), b, isLogical ? NZ : NZCV);
}

/** MOV (shifted register) written as LSL, LSR, ASR, ROR, RRX; amounts as encoded. */
export function shiftImmediate(
  ir: Builder,
  type: number,
  S: boolean,
  d: number,
  m: number,
  amount: number,
): void {
  if (d === 15 && S) return ir.undefined();
  const target = d === 15 ? ir.temp() : d;
  const source = ir.reg(m);
  if (amount === 0 && type === 0) ir.mov(target, source, S ? NZ : 0);
  else ir.shift(shiftOps[type], target, source, ir.imm(amount || 32), S ? NZC : 0);
  if (d === 15) ir.aluWritePc(target);
}

export function rotateExtend(ir: Builder, S: boolean, d: number, m: number): void {
  if (d === 15 && S) return ir.undefined();
  const target = d === 15 ? ir.temp() : d;
  ir.shift(Op.rrx, target, ir.reg(m), 0, S ? NZC : 0);
  if (d === 15) ir.aluWritePc(target);
}

/** LSL, LSR, ASR, ROR (register). */
export function shiftRegister(
  ir: Builder,
  type: number,
  S: boolean,
  d: number,
  n: number,
  m: number,
): void {
  ir.shift(shiftOps[type], d, n, m, S ? NZC : 0);
}
