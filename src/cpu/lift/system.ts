import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { AL, NZCV, Op } from "../ir/ops.ts";
import { a32Constant } from "./operand.ts";

// Status register access, hints, exceptions (ARM ARM A4.5, A4.9). One core, in order: hints and barriers do nothing.

const nothing = (): void => {};

const svc = (ir: Builder, { i }: { i: number }): void => ir.svc(i);
const udf = (ir: Builder): void => ir.undefined();
/** BKPT is unconditional in an IT block (A8.8.24). */
const bkpt = (ir: Builder, { i }: { i: number }): void => {
  ir.separate();
  ir.cond = AL;
  ir.bkpt(i);
};
/** Data are little-endian: SETEND BE is an undefined instruction here. */
const setend = (ir: Builder, { E }: { E: number }): void => {
  if (E) ir.undefined();
};
const mrs = (ir: Builder, { d }: { d: number }): void => {
  ir.push(Op.mrs).d = d;
};
/** MSR: of the mask only f (NZCVQ) and s (GE) have an effect; mode and interrupt bits stay. */
function writeStatus(ir: Builder, a: number, mask: number): void {
  const x = ir.push(Op.msr);
  x.a = a;
  x.i = mask;
  x.set = mask & 8 ? NZCV : 0;
}

const hints = () => ({
  nop: nothing,
  yield: nothing,
  wfe: nothing,
  wfi: nothing,
  sev: nothing,
  hint: nothing,
  cps: nothing,
});
const wideHints = () => ({
  ...hints(),
  dbg: nothing,
  dsb: nothing,
  dmb: nothing,
  isb: nothing,
});

const coprocessor = () => ({
  /** TPIDRURW; the others, of the system, are zero. */
  mrc_tpid(ir: Builder, { t, q }: { t: number; q: number }) {
    if (q === 2) ir.push(Op.tpget).d = t;
    else ir.mov(t, ir.imm(0));
  },
  mcr_tpid(ir: Builder, { t }: { t: number }) {
    ir.push(Op.tpput).a = t;
  },
  mcr_isb: nothing,
  mcr_dsb: nothing,
  mcr_dmb: nothing,
});

export const thumb16System = () =>
  ({
    ...hints(),
    setend,
    bkpt,
    udf,
    svc,
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

export const thumb32System = () =>
  ({
    ...wideHints(),
    ...coprocessor(),
    msr: (ir, { n, k }) => writeStatus(ir, n, k),
    mrs,
    udf,
    pld_lit: nothing,
    pld_imm12: nothing,
    pld_imm8: nothing,
    pld_reg: nothing,
    pli_lit: nothing,
    pli_imm12: nothing,
    pli_imm8: nothing,
    pli_reg: nothing,
  }) satisfies Partial<Handlers<Thumb32, Builder>>;

export const a32System = () =>
  ({
    ...wideHints(),
    ...coprocessor(),
    setend,
    mrs,
    msr_reg: (ir, { n, k }) => writeStatus(ir, n, k),
    msr_imm: (ir, { i, k }) => writeStatus(ir, ir.inRegister(a32Constant(i)(ir, false)), k),
    bkpt,
    udf,
    svc,
    pld_imm: nothing,
    pld_reg: nothing,
    pli_imm: nothing,
    pli_reg: nothing,
  }) satisfies Partial<Handlers<A32, Builder>>;
