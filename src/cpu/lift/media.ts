import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";
import { parallel } from "./parallel.ts";

// Packing, unpacking, saturation, bit fields, reversal (ARM ARM A4.4.4 - A4.4.8).

/** ROR by r * 8 of the extension instructions. */
function rotated(ir: Builder, m: number, r: number): number {
  if (r === 0) return m;
  const t = ir.temp();
  ir.shift(Op.ror, t, m, ir.imm(r * 8));
  return t;
}
function extendInto(ir: Builder, kind: Extension, d: number, m: number, r: number): void {
  const source = rotated(ir, m, r);
  if (kind === "uxtb") ir.alu(Op.and, d, source, ir.imm(0xff));
  else if (kind === "uxth") ir.alu(Op.and, d, source, ir.imm(0xffff));
  else ir.unary(Op[kind], d, source);
}
type Extension = "sxtb" | "sxth" | "uxtb" | "uxth" | "sxtb16" | "uxtb16";

const extend =
  (kind: Extension) =>
  (ir: Builder, { d, m, r }: { d: number; m: number; r?: number }): void =>
    extendInto(ir, kind, d, m, r ?? 0);

const extendAdd =
  (kind: Extension) =>
  (ir: Builder, { d, n, m, r }: { d: number; n: number; m: number; r: number }): void => {
    const t = ir.temp();
    extendInto(ir, kind, t, m, r);
    if (kind.endsWith("16")) ir.wide(Op.add16, { d, a: ir.reg(n), b: t });
    else ir.add(d, ir.reg(n), t);
  };

const unary =
  (op: number) =>
  (ir: Builder, { d, m }: { d: number; m: number }): void =>
    ir.unary(op, d, m);

/** <op> <Rd>, <Rm>, <Rn>. */
const saturating =
  (op: number) =>
  (ir: Builder, { d, n, m }: { d: number; n: number; m: number }): void => {
    ir.wide(op, { d, a: m, b: n });
  };

const saturate =
  (op: number, shift: "lsl" | "asr", bias: number) =>
  (ir: Builder, { d, n, i, j }: { d: number; n: number; i: number; j: number }): void => {
    let source = n;
    if (shift === "asr" || i !== 0) {
      source = ir.temp();
      ir.shift(Op[shift], source, n, ir.imm(i || 32));
    }
    ir.field(op, d, source, j + bias);
  };
const saturate16 =
  (op: number, bias: number) =>
  (ir: Builder, { d, n, j }: { d: number; n: number; j: number }): void =>
    ir.field(op, d, n, j + bias);

/** PKHBT: bottom of Rn, top of the shifted Rm. */
const pkhbt = (ir: Builder, { d, n, m, i }: { d: number; n: number; m: number; i: number }) => {
  let b = m;
  if (i !== 0) {
    b = ir.temp();
    ir.shift(Op.lsl, b, m, ir.imm(i));
  }
  ir.wide(Op.pkh, { d, a: n, b });
};
/** PKHTB: top of Rn, bottom of the shifted Rm. */
const pkhtb = (ir: Builder, { d, n, m, i }: { d: number; n: number; m: number; i: number }) => {
  const a = ir.temp();
  ir.shift(Op.asr, a, m, ir.imm(i || 32));
  ir.wide(Op.pkh, { d, a, b: n });
};

/** SBFX, UBFX <Rd>, <Rn>, #<lsb>, #<width>: UNPREDICTABLE beyond bit 31. */
const extract =
  (op: number) =>
  (ir: Builder, { d, n, i, w }: { d: number; n: number; i: number; w: number }): void => {
    if (i + w > 31) return ir.undefined();
    ir.field(op, d, n, i, w + 1);
  };
/** BFI, BFC: the field's msb is b, its lsb i. */
const bfi = (ir: Builder, { d, n, i, b }: { d: number; n: number; i: number; b: number }) => {
  if (b < i) return ir.undefined();
  ir.field(Op.bfi, d, n, i, b - i + 1);
};
const bfc = (ir: Builder, { d, i, b }: { d: number; i: number; b: number }) => {
  if (b < i) return ir.undefined();
  const width = b - i + 1;
  const mask = width === 32 ? -1 : ((1 << width) - 1) << i;
  ir.alu(Op.and, d, d, ir.imm(~mask));
};

export const thumb16Media = () =>
  ({
    sxth: extend("sxth"),
    sxtb: extend("sxtb"),
    uxth: extend("uxth"),
    uxtb: extend("uxtb"),
    rev: unary(Op.rev),
    rev16: unary(Op.rev16),
    revsh: unary(Op.revsh),
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

const common = () => ({
  sxth: extend("sxth"),
  sxtah: extendAdd("sxth"),
  uxth: extend("uxth"),
  uxtah: extendAdd("uxth"),
  sxtb16: extend("sxtb16"),
  sxtab16: extendAdd("sxtb16"),
  uxtb16: extend("uxtb16"),
  uxtab16: extendAdd("uxtb16"),
  sxtb: extend("sxtb"),
  sxtab: extendAdd("sxtb"),
  uxtb: extend("uxtb"),
  uxtab: extendAdd("uxtb"),
  qadd: saturating(Op.qadd),
  qdadd: saturating(Op.qdadd),
  qsub: saturating(Op.qsub),
  qdsub: saturating(Op.qdsub),
  rev: unary(Op.rev),
  rev16: unary(Op.rev16),
  rbit: unary(Op.rbit),
  revsh: unary(Op.revsh),
  clz: unary(Op.clz),
  sel: (ir: Builder, { d, n, m }: { d: number; n: number; m: number }) => {
    ir.wide(Op.sel, { d, a: n, b: m });
  },
  usad8: (ir: Builder, { d, n, m }: { d: number; n: number; m: number }) => {
    ir.wide(Op.usada8, { d, a: n, b: m, c: ir.imm(0) });
  },
  usada8: (ir: Builder, { d, n, m, a }: { d: number; n: number; m: number; a: number }) => {
    ir.wide(Op.usada8, { d, a: n, b: m, c: a });
  },
  pkhbt,
  pkhtb,
  ssat16: saturate16(Op.ssat16, 1),
  ssat_lsl: saturate(Op.ssat, "lsl", 1),
  ssat_asr: saturate(Op.ssat, "asr", 1),
  usat16: saturate16(Op.usat16, 0),
  usat_lsl: saturate(Op.usat, "lsl", 0),
  usat_asr: saturate(Op.usat, "asr", 0),
  sbfx: extract(Op.sbfx),
  ubfx: extract(Op.ubfx),
  bfi,
  bfc,
  ...parallel(),
});

export const thumb32Media = () => common() satisfies Partial<Handlers<Thumb32, Builder>>;
export const a32Media = () => common() satisfies Partial<Handlers<A32, Builder>>;
