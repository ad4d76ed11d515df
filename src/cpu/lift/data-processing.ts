import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { NZ, Op, type OpName } from "../ir/ops.ts";
import {
  a32Constant,
  compare,
  constant,
  dataProcessing,
  register,
  rotateExtend,
  shifted,
  shiftedByRegister,
  shiftImmediate,
  shiftRegister,
  thumbConstant,
} from "./operand.ts";

// Data processing (ARM ARM A8.8): <op>{S}<c> <Rd>, <Rn>, <operand2>.

/** <op>{S} <Rd>, <Rm> of 16-bit Thumb: Rd is also the first operand. */
const t16 =
  (op: OpName) =>
  (ir: Builder, f: { d: number; m: number }): void =>
    dataProcessing(ir, Op[op], !ir.inIT, f.d, f.d, register(f.m));

const t16Compare =
  (op: OpName) =>
  (ir: Builder, f: { n: number; m: number }): void =>
    compare(ir, Op[op], f.n, register(f.m));

const t16Shift =
  (type: number) =>
  (ir: Builder, f: { d: number; m: number; i: number }): void =>
    shiftImmediate(ir, type, !ir.inIT, f.d, f.m, f.i);

const t16ShiftRegister =
  (type: number) =>
  (ir: Builder, f: { d: number; m: number }): void =>
    shiftRegister(ir, type, !ir.inIT, f.d, f.d, f.m);

export const thumb16DataProcessing = () =>
  ({
    mov_reg_low: (ir, { d, m }) => ir.mov(d, m, NZ),
    lsl_imm: t16Shift(0),
    lsr_imm: t16Shift(1),
    asr_imm: t16Shift(2),
    add_reg: (ir, { d, n, m }) => dataProcessing(ir, Op.add, !ir.inIT, d, n, register(m)),
    sub_reg: (ir, { d, n, m }) => dataProcessing(ir, Op.sub, !ir.inIT, d, n, register(m)),
    add_imm3: (ir, { d, n, i }) => dataProcessing(ir, Op.add, !ir.inIT, d, n, constant(i)),
    sub_imm3: (ir, { d, n, i }) => dataProcessing(ir, Op.sub, !ir.inIT, d, n, constant(i)),
    mov_imm8: (ir, { d, i }) => dataProcessing(ir, Op.mov, !ir.inIT, d, 0, constant(i)),
    cmp_imm8: (ir, { n, i }) => compare(ir, Op.sub, n, constant(i)),
    add_imm8: (ir, { d, i }) => dataProcessing(ir, Op.add, !ir.inIT, d, d, constant(i)),
    sub_imm8: (ir, { d, i }) => dataProcessing(ir, Op.sub, !ir.inIT, d, d, constant(i)),
    and_reg: t16("and"),
    eor_reg: t16("eor"),
    lsl_reg: t16ShiftRegister(0),
    lsr_reg: t16ShiftRegister(1),
    asr_reg: t16ShiftRegister(2),
    adc_reg: t16("adc"),
    sbc_reg: t16("sbc"),
    ror_reg: t16ShiftRegister(3),
    tst_reg: t16Compare("and"),
    rsb_imm: (ir, { d, n }) => dataProcessing(ir, Op.rsb, !ir.inIT, d, n, constant(0)),
    cmp_reg: t16Compare("sub"),
    cmn_reg: t16Compare("add"),
    orr_reg: t16("orr"),
    bic_reg: t16("bic"),
    mvn_reg: t16("mvn"),

    add_reg_high: (ir, { d, m }) => dataProcessing(ir, Op.add, false, d, d, register(m)),
    cmp_reg_high: t16Compare("sub"),
    mov_reg: (ir, { d, m }) => dataProcessing(ir, Op.mov, false, d, 0, register(m)),

    adr: (ir, { d, i }) => ir.mov(d, ir.imm(ir.pcBase + i * 4)),
    add_rd_sp: (ir, { d, i }) => ir.add(d, 13, ir.imm(i * 4)),
    add_sp: (ir, { i }) => ir.add(13, 13, ir.imm(i * 4)),
    sub_sp: (ir, { i }) => ir.sub(13, 13, ir.imm(i * 4)),
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

const t32Reg =
  (op: OpName) =>
  (ir: Builder, f: { S: number; d: number; n: number; i: number; y: number; m: number }): void =>
    dataProcessing(ir, Op[op], f.S === 1, f.d, f.n, shifted(f.m, f.y, f.i));

const regCompare =
  (op: OpName) =>
  (ir: Builder, f: { n: number; i: number; y: number; m: number }): void =>
    compare(ir, Op[op], f.n, shifted(f.m, f.y, f.i));

const t32Imm =
  (op: OpName) =>
  (ir: Builder, f: { S: number; d: number; n: number; i: number }): void =>
    dataProcessing(ir, Op[op], f.S === 1, f.d, f.n, thumbConstant(f.i));

const t32ImmCompare =
  (op: OpName) =>
  (ir: Builder, f: { n: number; i: number }): void =>
    compare(ir, Op[op], f.n, thumbConstant(f.i));

const shiftImm =
  (type: number) =>
  (ir: Builder, f: { S: number; d: number; m: number; i: number }): void =>
    shiftImmediate(ir, type, f.S === 1, f.d, f.m, f.i);

const t32ShiftRegister =
  (type: number) =>
  (ir: Builder, f: { S: number; d: number; n: number; m: number }): void =>
    shiftRegister(ir, type, f.S === 1, f.d, f.n, f.m);

const movt = (ir: Builder, f: { d: number; w: number; i: number }): void => {
  const top = ((f.w << 12) | f.i) << 16;
  const known = ir.takeConstant(f.d);
  if (known !== undefined) return ir.mov(f.d, ir.imm((known & 0xffff) | top));
  const t = ir.temp();
  ir.alu(Op.and, t, f.d, ir.imm(0xffff));
  ir.alu(Op.orr, f.d, t, ir.imm(top));
};

export const thumb32DataProcessing = () =>
  ({
    tst_reg: regCompare("and"),
    and_reg: t32Reg("and"),
    bic_reg: t32Reg("bic"),
    mov_reg: (ir, { S, d, m }) => dataProcessing(ir, Op.mov, S === 1, d, 0, register(m)),
    rrx: (ir, { S, d, m }) => rotateExtend(ir, S === 1, d, m),
    lsl_imm: shiftImm(0),
    lsr_imm: shiftImm(1),
    asr_imm: shiftImm(2),
    ror_imm: shiftImm(3),
    orr_reg: t32Reg("orr"),
    mvn_reg: (ir, { S, d, i, y, m }) => dataProcessing(ir, Op.mvn, S === 1, d, 0, shifted(m, y, i)),
    orn_reg: t32Reg("orn"),
    teq_reg: regCompare("eor"),
    eor_reg: t32Reg("eor"),
    cmn_reg: regCompare("add"),
    add_reg: t32Reg("add"),
    adc_reg: t32Reg("adc"),
    sbc_reg: t32Reg("sbc"),
    cmp_reg: regCompare("sub"),
    sub_reg: t32Reg("sub"),
    rsb_reg: t32Reg("rsb"),

    tst_imm: t32ImmCompare("and"),
    and_imm: t32Imm("and"),
    bic_imm: t32Imm("bic"),
    mov_imm: (ir, { S, d, i }) => dataProcessing(ir, Op.mov, S === 1, d, 0, thumbConstant(i)),
    orr_imm: t32Imm("orr"),
    mvn_imm: (ir, { S, d, i }) => dataProcessing(ir, Op.mvn, S === 1, d, 0, thumbConstant(i)),
    orn_imm: t32Imm("orn"),
    teq_imm: t32ImmCompare("eor"),
    eor_imm: t32Imm("eor"),
    cmn_imm: t32ImmCompare("add"),
    add_imm: t32Imm("add"),
    adc_imm: t32Imm("adc"),
    sbc_imm: t32Imm("sbc"),
    cmp_imm: t32ImmCompare("sub"),
    sub_imm: t32Imm("sub"),
    rsb_imm: t32Imm("rsb"),

    adr_add: (ir, { d, i }) => ir.mov(d, ir.imm(ir.pcBase + i)),
    adr_sub: (ir, { d, i }) => ir.mov(d, ir.imm(ir.pcBase - i)),
    addw: (ir, { d, n, i }) => ir.add(d, n, ir.imm(i)),
    subw: (ir, { d, n, i }) => dataProcessing(ir, Op.sub, false, d, n, constant(i)),
    movw: (ir, { d, w, i }) => ir.mov(d, ir.imm((w << 12) | i)),
    movt,

    lsl_reg: t32ShiftRegister(0),
    lsr_reg: t32ShiftRegister(1),
    asr_reg: t32ShiftRegister(2),
    ror_reg: t32ShiftRegister(3),
  }) satisfies Partial<Handlers<Thumb32, Builder>>;

/** The three forms of second operand in A32. */
const a32Imm =
  (op: OpName) =>
  (ir: Builder, f: { S: number; d: number; n: number; i: number }): void =>
    dataProcessing(ir, Op[op], f.S === 1, f.d, f.n, a32Constant(f.i));
const a32Rsr =
  (op: OpName) =>
  (ir: Builder, f: { S: number; d: number; n: number; s: number; y: number; m: number }): void =>
    dataProcessing(ir, Op[op], f.S === 1, f.d, f.n, shiftedByRegister(f.m, f.y, f.s));
const a32ImmCompare =
  (op: OpName) =>
  (ir: Builder, f: { n: number; i: number }): void =>
    compare(ir, Op[op], f.n, a32Constant(f.i));
const a32RsrCompare =
  (op: OpName) =>
  (ir: Builder, f: { n: number; s: number; y: number; m: number }): void =>
    compare(ir, Op[op], f.n, shiftedByRegister(f.m, f.y, f.s));
const a32ShiftRegister =
  (type: number) =>
  (ir: Builder, f: { S: number; d: number; m: number; s: number }): void =>
    shiftRegister(ir, type, f.S === 1, f.d, f.m, f.s);
const a32Reg = t32Reg;

export const a32DataProcessing = () =>
  ({
    and_imm: a32Imm("and"),
    and_reg: a32Reg("and"),
    and_rsr: a32Rsr("and"),
    eor_imm: a32Imm("eor"),
    eor_reg: a32Reg("eor"),
    eor_rsr: a32Rsr("eor"),
    sub_imm: a32Imm("sub"),
    sub_reg: a32Reg("sub"),
    sub_rsr: a32Rsr("sub"),
    rsb_imm: a32Imm("rsb"),
    rsb_reg: a32Reg("rsb"),
    rsb_rsr: a32Rsr("rsb"),
    add_imm: a32Imm("add"),
    add_reg: a32Reg("add"),
    add_rsr: a32Rsr("add"),
    adc_imm: a32Imm("adc"),
    adc_reg: a32Reg("adc"),
    adc_rsr: a32Rsr("adc"),
    sbc_imm: a32Imm("sbc"),
    sbc_reg: a32Reg("sbc"),
    sbc_rsr: a32Rsr("sbc"),
    rsc_imm: a32Imm("rsc"),
    rsc_reg: a32Reg("rsc"),
    rsc_rsr: a32Rsr("rsc"),
    orr_imm: a32Imm("orr"),
    orr_reg: a32Reg("orr"),
    orr_rsr: a32Rsr("orr"),
    bic_imm: a32Imm("bic"),
    bic_reg: a32Reg("bic"),
    bic_rsr: a32Rsr("bic"),
    tst_imm: a32ImmCompare("and"),
    tst_reg: regCompare("and"),
    tst_rsr: a32RsrCompare("and"),
    teq_imm: a32ImmCompare("eor"),
    teq_reg: regCompare("eor"),
    teq_rsr: a32RsrCompare("eor"),
    cmp_imm: a32ImmCompare("sub"),
    cmp_reg: regCompare("sub"),
    cmp_rsr: a32RsrCompare("sub"),
    cmn_imm: a32ImmCompare("add"),
    cmn_reg: regCompare("add"),
    cmn_rsr: a32RsrCompare("add"),
    mov_imm: (ir, { S, d, i }) => dataProcessing(ir, Op.mov, S === 1, d, 0, a32Constant(i)),
    mov_reg: (ir, { S, d, m }) => dataProcessing(ir, Op.mov, S === 1, d, 0, register(m)),
    rrx: (ir, { S, d, m }) => rotateExtend(ir, S === 1, d, m),
    lsl_imm: shiftImm(0),
    lsl_reg: a32ShiftRegister(0),
    lsr_imm: shiftImm(1),
    lsr_reg: a32ShiftRegister(1),
    asr_imm: shiftImm(2),
    asr_reg: a32ShiftRegister(2),
    ror_imm: shiftImm(3),
    ror_reg: a32ShiftRegister(3),
    mvn_imm: (ir, { S, d, i }) => dataProcessing(ir, Op.mvn, S === 1, d, 0, a32Constant(i)),
    mvn_reg: (ir, { S, d, i, y, m }) => dataProcessing(ir, Op.mvn, S === 1, d, 0, shifted(m, y, i)),
    mvn_rsr: (ir, { S, d, s, y, m }) =>
      dataProcessing(ir, Op.mvn, S === 1, d, 0, shiftedByRegister(m, y, s)),
    movw: (ir, { d, w, i }) => ir.mov(d, ir.imm((w << 12) | i)),
    movt,
  }) satisfies Partial<Handlers<A32, Builder>>;
