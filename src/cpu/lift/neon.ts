import type { Handlers, Neon } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";
import { type Encoded, encode, type OperationName } from "../simd/mod.ts";
import { neonMemory } from "./neon-memory.ts";

// Advanced SIMD (ARM ARM A7.4). The fields d and m hold D:Vd and M:Vm, n holds Vn:N; a q register has an even number.

const fieldN = (n: number): number => ((n & 1) << 4) | (n >> 1);

function push(ir: Builder, d: number, n: number, m: number, encoded: Encoded): void {
  const x = ir.push(Op.simd);
  x.vd = d;
  x.va = n;
  x.vb = m;
  x.i = encode(encoded);
}

interface Fields {
  readonly d: number;
  readonly m: number;
  readonly n?: number;
  readonly q?: number;
  readonly z?: number;
  readonly u?: number;
  readonly i?: number;
}
/** Which of d, n, m are q registers whatever the field q says; where it is "q", those of the field. */
type Shape = "q" | "ddd" | "qdd" | "qqd" | "dqq";

const odd = (shape: Shape, at: 0 | 1 | 2, q: number, register: number): boolean =>
  (register & 1) !== 0 && (shape === "q" ? q === 1 : shape[at] === "q");

const operation =
  (name: OperationName, shape: Shape = "q", more: Partial<Encoded> = {}) =>
  (ir: Builder, f: Fields): void => {
    const { d, m, q = 0, z = 0, u = 0, i = 0 } = f;
    const n = f.n === undefined ? 0 : fieldN(f.n);
    if (odd(shape, 0, q, d) || odd(shape, 1, q, n) || odd(shape, 2, q, m)) return ir.undefined();
    push(ir, d, n, m, { name, q, z, u, i, ...more });
  };
const long = (name: OperationName) => operation(name, "qdd");
const single = (name: OperationName, shape: Shape = "q") => operation(name, shape, { z: 2 });

/** The second operand is an element: of 16 bits M:Vm<3> of Vm<2:0>, of 32 bits M of Vm. */
const scalar =
  (name: OperationName, shape: "q" | "qdd" = "q", size?: number) =>
  (ir: Builder, f: Fields): void => {
    const { d, m, q = 0, u = 0 } = f;
    const z = size ?? f.z!;
    const n = fieldN(f.n!);
    if (odd(shape, 0, q, d) || (shape === "q" && odd(shape, 1, q, n))) return ir.undefined();
    const lane = z === 1 ? ((m >> 4) << 1) | ((m >> 3) & 1) : m >> 4;
    push(ir, d, n, z === 1 ? m & 7 : m & 15, { name, q, z, u, lane });
  };

/** i is imm6:L: the leading one is the size, what follows the amount. */
function amount(i: number, right: boolean): { z: number; i: number } {
  const imm6 = i >> 1;
  if (i & 1) return { z: 3, i: right ? 64 - imm6 : imm6 };
  const z = imm6 >= 32 ? 2 : imm6 >= 16 ? 1 : 0;
  return { z, i: right ? (16 << z) - imm6 : imm6 - (8 << z) };
}
const shift =
  (name: OperationName, right: boolean, u?: number) =>
  (ir: Builder, f: Fields): void =>
    operation(name)(ir, { ...f, ...amount(f.i!, right), u: u ?? f.u });
/** To or from the larger size; i is imm6. */
const resize =
  (name: OperationName, shape: Shape, right: boolean) =>
  (ir: Builder, f: Fields): void =>
    operation(name, shape)(ir, { ...f, ...amount(f.i! << 1, right) });

/** AdvSIMDExpandImm (A7.4.6): the words of the constant. */
function constant(i: number, cmode: number, op: number): readonly [number, number] {
  const twice = (x: number): readonly [number, number] => [x | 0, x | 0];
  const mode = cmode >> 1;
  if (mode < 4) return twice(i << (8 * mode));
  if (mode < 6) return twice(Math.imul(i << (8 * (mode - 4)), 0x10001));
  if (mode === 6) return twice(cmode & 1 ? (i << 16) | 0xffff : (i << 8) | 0xff);
  if (cmode === 15) {
    const b = (i >> 6) & 1;
    return twice(((i & 0x80) << 24) | ((b ? 0x1f : 0x20) << 25) | ((i & 63) << 19));
  }
  if (op === 0) return twice(Math.imul(i, 0x01010101));
  const word = (bits: number): number =>
    [0, 1, 2, 3].reduce((x, k) => x | ((bits >> k) & 1 ? 0xff << (8 * k) : 0), 0);
  return [word(i & 15), word(i >> 4)];
}
/** Behind the register file. */
const SCRATCH = 32;
function moveConstant(
  ir: Builder,
  { d, i, k, q, p }: { d: number; i: number; k: number; q: number; p: number },
): void {
  if ((q && d & 1) || (p && k === 15)) return ir.undefined();
  const combine = k < 12 && (k & 1) !== 0;
  const invert = p === 1 && k < 14 && !combine;
  const words = constant(i, k, p);
  const to = combine ? SCRATCH : d;
  for (let at = 0; at < 2 << q; at++) {
    const x = ir.push(Op.vimm);
    x.vd = 2 * to + at;
    x.i = invert ? ~words[at & 1] : words[at & 1];
  }
  if (combine) push(ir, d, d, SCRATCH, { name: p ? "vbic" : "vorr", q });
}

interface Element {
  readonly n: number;
  readonly t: number;
  readonly x: number;
}
const put =
  (z: number) =>
  (ir: Builder, { n, t, x }: Element): void => {
    const y = ir.push(Op.vputl);
    y.vd = fieldN(n);
    y.a = t;
    y.i = z | (x << 3);
  };
const get =
  (z: number) =>
  (ir: Builder, { n, t, x, u }: Element & { readonly u: number }): void => {
    const y = ir.push(Op.vgetl);
    y.d = t;
    y.va = fieldN(n);
    y.i = z | (u << 2) | (x << 3);
  };

const tableLookup = (name: OperationName) => (ir: Builder, f: Fields & { l: number }) => {
  if (fieldN(f.n!) + f.l > 31) return ir.undefined();
  operation(name, "ddd")(ir, { ...f, i: f.l + 1 });
};
const estimate =
  (integer: OperationName, float: OperationName) =>
  (ir: Builder, f: Fields & { f: number }): void =>
    single(f.f ? float : integer)(ir, f);

/** Of two words in a d register they are VTRN, and UNDEFINED. */
const interleave = (name: OperationName) => (ir: Builder, f: Fields) =>
  f.z === 2 && !f.q ? ir.undefined() : operation(name)(ir, f);

/** Made when the first such instruction is met. */
export const neonHandlers = (): Handlers<Neon, Builder> => ({
  ...neonMemory,
  vhadd: operation("vhadd"),
  vqadd: operation("vqadd"),
  vrhadd: operation("vrhadd"),
  vand_simd: operation("vand"),
  vbic_simd: operation("vbic"),
  vorr_simd: operation("vorr"),
  vorn_simd: operation("vorn"),
  veor_simd: operation("veor"),
  vbsl: operation("vbsl"),
  vbit: operation("vbit"),
  vbif: operation("vbif"),
  vhsub: operation("vhsub"),
  vqsub: operation("vqsub"),
  vcgt: operation("vcgt"),
  vcge: operation("vcge"),
  vshl_reg: operation("vshlReg"),
  vqshl_reg: operation("vqshlReg"),
  vrshl: operation("vrshl"),
  vqrshl: operation("vqrshl"),
  vmax: operation("vmax"),
  vmin: operation("vmin"),
  vabd: operation("vabd"),
  vaba: operation("vaba"),
  vadd_simd: operation("vadd"),
  vsub_simd: operation("vsub"),
  vtst: operation("vtst"),
  vceq: operation("vceq"),
  vmla_simd: operation("vmla"),
  vmls_simd: operation("vmls"),
  vmul_simd: operation("vmul"),
  vmul_poly: operation("vmulPoly", "q", { u: 1 }),
  vpmax: operation("vpmax", "ddd"),
  vpmin: operation("vpmin", "ddd"),
  vqdmulh: operation("vqdmulh"),
  vqrdmulh: operation("vqrdmulh"),
  vpadd: operation("vpadd", "ddd"),
  vfma_simd: single("vfmaF"),
  vfms_simd: single("vfmsF"),
  vadd_f: single("vaddF"),
  vsub_f: single("vsubF"),
  vpadd_f: single("vpaddF", "ddd"),
  vabd_f: single("vabdF"),
  vmla_f: single("vmlaF"),
  vmls_f: single("vmlsF"),
  vmul_f: single("vmulF"),
  vceq_f: single("vceqF"),
  vcge_f: single("vcgeF"),
  vcgt_f: single("vcgtF"),
  vacge: single("vacge"),
  vacgt: single("vacgt"),
  vmax_f: single("vmaxF"),
  vmin_f: single("vminF"),
  vpmax_f: single("vpmaxF", "ddd"),
  vpmin_f: single("vpminF", "ddd"),
  vrecps: single("vrecps"),
  vrsqrts: single("vrsqrts"),

  vaddl: long("vaddl"),
  vaddw: operation("vaddw", "qqd"),
  vsubl: long("vsubl"),
  vsubw: operation("vsubw", "qqd"),
  vaddhn: operation("vaddhn", "dqq"),
  vraddhn: operation("vraddhn", "dqq"),
  vabal: long("vabal"),
  vsubhn: operation("vsubhn", "dqq"),
  vrsubhn: operation("vrsubhn", "dqq"),
  vabdl: long("vabdl"),
  vmlal: long("vmlal"),
  vmlsl: long("vmlsl"),
  vqdmlal: long("vqdmlal"),
  vqdmlsl: long("vqdmlsl"),
  vmull: long("vmull"),
  vqdmull: long("vqdmull"),
  vmull_poly: operation("vmullPoly", "qdd", { u: 1 }),

  vmla_lane: scalar("vmla"),
  vmla_lane_f: scalar("vmlaF", "q", 2),
  vmlal_lane: scalar("vmlal", "qdd"),
  vqdmlal_lane: scalar("vqdmlal", "qdd"),
  vmls_lane: scalar("vmls"),
  vmls_lane_f: scalar("vmlsF", "q", 2),
  vmlsl_lane: scalar("vmlsl", "qdd"),
  vqdmlsl_lane: scalar("vqdmlsl", "qdd"),
  vmul_lane: scalar("vmul"),
  vmul_lane_f: scalar("vmulF", "q", 2),
  vmull_lane: scalar("vmull", "qdd"),
  vqdmull_lane: scalar("vqdmull", "qdd"),
  vqdmulh_lane: scalar("vqdmulh"),
  vqrdmulh_lane: scalar("vqrdmulh"),

  vmov_constant: moveConstant,

  vshr: shift("vshr", true),
  vsra: shift("vsra", true),
  vrshr: shift("vrshr", true),
  vrsra: shift("vrsra", true),
  vsri: shift("vsri", true),
  vshl_imm: shift("vshl", false),
  vsli: shift("vsli", false),
  vqshlu: shift("vqshlu", false),
  vqshl_imm: shift("vqshl", false),
  vshrn: resize("vshrn", "dqq", true),
  vrshrn: resize("vrshrn", "dqq", true),
  vqshrun: resize("vqshrun", "dqq", true),
  vqrshrun: resize("vqrshrun", "dqq", true),
  vqshrn: resize("vqshrn", "dqq", true),
  vqrshrn: resize("vqrshrn", "dqq", true),
  vshll: resize("vshll", "qdd", false),
  vcvt_fixed_simd: (ir, f) => single(f.p ? "vcvtTo" : "vcvtFrom")(ir, { ...f, i: 32 - f.i }),

  vrev64: operation("vrev64"),
  vrev32: operation("vrev32"),
  vrev16: operation("vrev16"),
  vpaddl: operation("vpaddl"),
  vcls: operation("vcls"),
  vclz: operation("vclz"),
  vcnt: operation("vcnt"),
  vmvn_simd: operation("vmvn"),
  vpadal: operation("vpadal"),
  vqabs: operation("vqabs"),
  vqneg: operation("vqneg"),
  vcgt_zero: operation("vcgtZero"),
  vcge_zero: operation("vcgeZero"),
  vceq_zero: operation("vceqZero"),
  vcle_zero: operation("vcleZero"),
  vclt_zero: operation("vcltZero"),
  vabs_simd: operation("vabs"),
  vneg_simd: operation("vneg"),
  vcgt_zero_f: single("vcgtZeroF"),
  vcge_zero_f: single("vcgeZeroF"),
  vceq_zero_f: single("vceqZeroF"),
  vcle_zero_f: single("vcleZeroF"),
  vclt_zero_f: single("vcltZeroF"),
  vabs_f: single("vabsF"),
  vneg_f: single("vnegF"),
  vswp: operation("vswp"),
  vtrn: operation("vtrn"),
  vuzp: interleave("vuzp"),
  vzip: interleave("vzip"),
  vmovn: operation("vmovn", "dqq"),
  vqmovun: operation("vqmovun", "dqq"),
  vqmovn: operation("vqmovn", "dqq"),
  vshll_max: operation("vshllMax", "qdd"),
  vrecpe: estimate("vrecpe", "vrecpeF"),
  vrsqrte: estimate("vrsqrte", "vrsqrteF"),
  vcvt_simd: (ir, f) => single(f.p ? "vcvtTo" : "vcvtFrom")(ir, f),

  vext: (ir, f) => (!f.q && f.i > 7 ? ir.undefined() : operation("vext")(ir, f)),
  vtbl: tableLookup("vtbl"),
  vtbx: tableLookup("vtbx"),
  vdup_lane: (ir, { d, m, q, i }) => {
    // The lowest one of imm4 is the size, what is above it the element.
    const z = i & 1 ? 0 : i & 2 ? 1 : 2;
    if (q && d & 1) return ir.undefined();
    push(ir, d, 0, m, { name: "vdup", q, z, i: i >> (z + 1) });
  },

  vmov_to_byte: put(0),
  vmov_to_half: put(1),
  vmov_from_byte: get(0),
  vmov_from_half: get(1),
  vdup_core: (ir, { n, t, q, b, e }) => {
    const d = fieldN(n);
    if ((b && e) || (q && d & 1)) return ir.undefined();
    const x = ir.push(Op.vdupr);
    x.vd = d;
    x.a = t;
    x.i = (b ? 0 : e ? 1 : 2) | (q << 2);
  },
});
