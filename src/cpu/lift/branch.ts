import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";

// Branches (ARM ARM A4.3): B, BL, BLX, BX, CBZ, TBB and IT.

const signExtend = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

const link = (ir: Builder): void => ir.mov(14, ir.imm(ir.next | (ir.thumb ? 1 : 0)));

/** BX, BXJ <Rm>; Jazelle does not exist, so BXJ is BX (A8.8.28). */
const bx = (ir: Builder, { m }: { m: number }): void => ir.branchExchange(ir.reg(m));

/** BLX <Rm>: the target is read before lr is written. */
const blx = (ir: Builder, { m }: { m: number }): void => {
  let target = m;
  if (m === 14) {
    target = ir.temp();
    ir.mov(target, m);
  }
  link(ir);
  ir.branchExchange(target);
};

export const thumb16Branch = () =>
  ({
    bx,
    blx_reg: blx,
    cbz: (ir, { n, i }) => ir.branchZero(Op.brz, n, ir.pcValue + i * 2),
    cbnz: (ir, { n, i }) => ir.branchZero(Op.brnz, n, ir.pcValue + i * 2),
    it: (ir, { f, k }) => {
      ir.it = (f << 4) | k;
    },
    b_cond: (ir, { c, i }) => ir.branchIf(c, ir.pcValue + signExtend(i, 8) * 2),
    b: (ir, { i }) => ir.branch(ir.pcValue + signExtend(i, 11) * 2),
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

/** The offset in halfwords of B (T4), BL, BLX: S:I1:I2:imm, where I1 = NOT(J1 EOR S), I2 = NOT(J2 EOR S). */
function farOffset(f: { S: number; i: number; j: number; k: number }, bits: number): number {
  const high = (f.S << 2) | ((f.j ^ f.S ^ 1) << 1) | (f.k ^ f.S ^ 1);
  return signExtend((high << bits) | f.i, bits + 3);
}

/** TBB, TBH [<Rn>, <Rm>]: forward by twice the table's entry. */
const tableBranch =
  (op: number, shift: number) =>
  (ir: Builder, { n, m }: { n: number; m: number }): void => {
    const t = ir.temp();
    ir.load(op, t, ir.reg(n), m, shift);
    ir.shift(Op.lsl, t, t, ir.imm(1));
    ir.add(t, t, ir.imm(ir.pcValue | 1));
    ir.branchExchange(t);
  };

export const thumb32Branch = () =>
  ({
    tbb: tableBranch(Op.ldrb, 0),
    tbh: tableBranch(Op.ldrh, 1),
    bxj: bx,
    b_cond: (ir, { S, c, i, j, k }) =>
      ir.branchIf(c, ir.pcValue + signExtend((S << 19) | (k << 18) | (j << 17) | i, 20) * 2),
    b: (ir, f) => ir.branch(ir.pcValue + farOffset(f, 21) * 2),
    bl: (ir, f) => {
      link(ir);
      ir.branch(ir.pcValue + farOffset(f, 21) * 2);
    },
    blx_imm: (ir, f) => {
      link(ir);
      ir.branch(ir.pcBase + farOffset(f, 20) * 4, false);
    },
  }) satisfies Partial<Handlers<Thumb32, Builder>>;

export const a32Branch = () =>
  ({
    bx,
    bxj: bx,
    blx_reg: blx,
    blx_imm: (ir, { i, H }) => {
      link(ir);
      ir.branch(ir.pcValue + signExtend(i, 24) * 4 + H * 2, true);
    },
    b: (ir, { i }) => ir.branch(ir.pcValue + signExtend(i, 24) * 4),
    bl: (ir, { i }) => {
      link(ir);
      ir.branch(ir.pcValue + signExtend(i, 24) * 4);
    },
  }) satisfies Partial<Handlers<A32, Builder>>;
