import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { NZ, Op, type Operand } from "../ir/ops.ts";

// Multiply and divide (ARM ARM A4.4.3, A4.4.6).

interface Three {
  d: number;
  n: number;
  m: number;
}
interface Four extends Three {
  a: number;
}
interface Long {
  l: number;
  h: number;
  n: number;
  m: number;
}

const divide =
  (op: number) =>
  (ir: Builder, { d, n, m }: Three): void => {
    ir.wide(op, { d, a: n, b: m });
  };
const accumulate =
  (op: number) =>
  (ir: Builder, { d, n, m, a, S }: Four & { S?: number }): void => {
    ir.wide(op, { d, a: n, b: m, c: a }, S ? NZ : 0);
  };
const multiply = (ir: Builder, { d, n, m, S }: Three & { S?: number }): void => {
  ir.wide(Op.mul, { d, a: n, b: m }, S ? NZ : 0);
};
const long =
  (op: number) =>
  (ir: Builder, { l, h, n, m, S }: Long & { S?: number }): void => {
    ir.wide(op, { d: l, e: h, a: n, b: m }, S ? NZ : 0);
  };

/** The bottom (0) or top (1) halfword of a register, sign extended. */
function half(ir: Builder, m: number, top: number): number {
  const t = ir.temp();
  if (top) ir.shift(Op.asr, t, m, ir.imm(16));
  else ir.unary(Op.sxth, t, m);
  return t;
}
/** The register, or its halves exchanged when x is set: the X of SMLADX. */
function exchanged(ir: Builder, m: number, x: number): number {
  if (!x) return m;
  const t = ir.temp();
  ir.shift(Op.ror, t, m, ir.imm(16));
  return t;
}

const smulxy = (ir: Builder, { d, n, m, x, y }: Three & { x: number; y: number }): void => {
  ir.wide(Op.mul, { d, a: half(ir, n, x), b: half(ir, m, y) });
};
const smlaxy = (ir: Builder, { d, n, m, a, x, y }: Four & { x: number; y: number }): void => {
  const t = ir.temp();
  ir.wide(Op.mul, { d: t, a: half(ir, n, x), b: half(ir, m, y) });
  ir.wide(Op.addq, { d, a: t, b: a });
};
const smulwy = (ir: Builder, { d, n, m, y }: Three & { y: number }): void => {
  ir.wide(Op.smulw, { d, a: n, b: half(ir, m, y) });
};
const smlawy = (ir: Builder, { d, n, m, a, y }: Four & { y: number }): void => {
  const t = ir.temp();
  ir.wide(Op.smulw, { d: t, a: n, b: half(ir, m, y) });
  ir.wide(Op.addq, { d, a: t, b: a });
};
const smlalxy = (ir: Builder, { l, h, n, m, x, y }: Long & { x: number; y: number }): void => {
  ir.wide(Op.smlal, { d: l, e: h, a: half(ir, n, x), b: half(ir, m, y) });
};
const dual =
  (op: number) =>
  (ir: Builder, { d, n, m, x, a }: Three & { x: number; a?: number }): void => {
    const c: Operand = a === undefined ? ir.imm(0) : a;
    ir.wide(op, { d, a: n, b: exchanged(ir, m, x), c });
  };
const dualLong =
  (op: number) =>
  (ir: Builder, { l, h, n, m, x }: Long & { x: number }): void => {
    ir.wide(op, { d: l, e: h, a: n, b: exchanged(ir, m, x) });
  };
const mostSignificant =
  (op: number) =>
  (ir: Builder, { d, n, m, r, a }: Three & { r: number; a?: number }): void => {
    const c: Operand = a === undefined ? ir.imm(0) : a;
    ir.wide(op, { d, a: n, b: m, c }).i = r;
  };

export const thumb16Multiply = () =>
  ({
    mul: (ir, { d, n }) => {
      ir.wide(Op.mul, { d, a: n, b: d }, ir.inIT ? 0 : NZ);
    },
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

const common = () => ({
  mul: multiply,
  mla: accumulate(Op.mla),
  mls: accumulate(Op.mls),
  smulxy,
  smlaxy,
  smuad: dual(Op.smlad),
  smlad: dual(Op.smlad),
  smulwy,
  smlawy,
  smusd: dual(Op.smlsd),
  smlsd: dual(Op.smlsd),
  smmul: mostSignificant(Op.smmla),
  smmla: mostSignificant(Op.smmla),
  smmls: mostSignificant(Op.smmls),
  smull: long(Op.smull),
  sdiv: divide(Op.sdiv),
  umull: long(Op.umull),
  udiv: divide(Op.udiv),
  smlal: long(Op.smlal),
  smlalxy,
  smlald: dualLong(Op.smlald),
  smlsld: dualLong(Op.smlsld),
  umlal: long(Op.umlal),
  umaal: long(Op.umaal),
});

export const thumb32Multiply = () => common() satisfies Partial<Handlers<Thumb32, Builder>>;
export const a32Multiply = () => common() satisfies Partial<Handlers<A32, Builder>>;
