import type { Handlers, VfpA32, VfpThumb } from "../decode/mod.ts";
import { ZERO } from "../float/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { type Inst, NZCV, Op } from "../ir/ops.ts";

// Floating point (ARM ARM A8.8.278 and following). A double is D:Vd, a single Vd:D. The fields d and m are the former, and n the
// latter, as the bits lie. In memory and transfers a register is a number of words from 2 * D:Vd or Vd:D on.

const single = (r: number): number => ((r & 15) << 1) | (r >> 4);
/** N:Vn of the field n. */
const fieldN = (n: number): number => ((n & 1) << 4) | (n >> 1);
/** The register of the field r by the size z. */
const sized = (r: number, z: number): number => (z ? r : single(r));
const firstWord = (r: number, z: number): number => (z ? 2 * r : single(r));

/** Rounding as the ops have it. */
const NEAREST = 0;
const ZEROWARDS = 3;
const FROM_STATUS = 5;
/** By the field of VCVTA, VCVTN, VCVTP, VCVTM. */
const DIRECT = [4, NEAREST, 1, 2];

interface Binary {
  d: number;
  n: number;
  m: number;
  z: number;
}
interface Unary {
  d: number;
  m: number;
  z: number;
}

function emit(ir: Builder, op: number, vd: number, va: number, i: number): Inst {
  const x = ir.push(op);
  x.vd = vd;
  x.va = va;
  x.i = i;
  return x;
}

const binary =
  (op: number) =>
  (ir: Builder, { d, n, m, z }: Binary): void => {
    emit(ir, op, sized(d, z), sized(fieldN(n), z), z).vb = sized(m, z);
  };
const unary =
  (op: number, more = 0) =>
  (ir: Builder, { d, m, z }: Unary): void => {
    emit(ir, op, sized(d, z), sized(m, z), z | more);
  };
const compare = (ir: Builder, { d, m, z, e }: Unary & { e: number }): void => {
  emit(ir, Op.vcmp, -1, sized(d, z), z | (e << 1)).vb = sized(m, z);
};
const compareZero = (ir: Builder, { d, z, e }: { d: number; z: number; e: number }): void => {
  emit(ir, Op.vcmp, -1, sized(d, z), z | (e << 1)).vb = ZERO[z as 0 | 1];
};
const toInteger = (ir: Builder, { d, m, z }: Unary, signed: number, rounding: number): void => {
  emit(ir, Op.vcvti, single(d), sized(m, z), z | (signed << 1) | (rounding << 2));
};

/** VFPExpandImm: the upper word of a double, or a single. */
function constant(i: number, z: number): number {
  const sign = (i & 0x80) << 24;
  const b = (i >> 6) & 1;
  const fraction = i & 63;
  return z
    ? sign | ((b ? 0xff : 0x100) << 22) | (fraction << 16)
    : sign | ((b ? 0x1f : 0x20) << 25) | (fraction << 19);
}
function moveConstant(ir: Builder, { d, i, z }: { d: number; i: number; z: number }): void {
  const word = firstWord(d, z);
  if (z) emit(ir, Op.vimm, word, -1, 0);
  emit(ir, Op.vimm, z ? word + 1 : word, -1, constant(i, z));
}

interface Fixed {
  d: number;
  z: number;
  i: number;
  u: number;
  x: number;
}
const fixed =
  (op: number) =>
  (ir: Builder, { d, z, i, u, x }: Fixed): void => {
    // i is imm4:i in the order of the bits, i:imm4.
    const fraction = (x ? 32 : 16) - (((i & 15) << 1) | (i >> 4));
    if (fraction < 0) return ir.undefined();
    emit(ir, op, sized(d, z), -1, z | ((u ^ 1) << 1) | (x << 2) | (fraction << 3));
  };

interface Multiple {
  d: number;
  i: number;
  z: number;
}
/** The words of a register list; undefined when the list is UNPREDICTABLE. */
function wordsOf({ d, i, z }: Multiple): { first: number; count: number } | undefined {
  const first = firstWord(d, z);
  // FLDMX and FSTMX have an odd number of words, and access one less.
  const count = z ? i & ~1 : i;
  if (count === 0 || (z && count > 32) || first + count > (z ? 64 : 32)) return undefined;
  return { first, count };
}
function transfer(
  ir: Builder,
  op: number,
  words: { first: number; count: number },
  base: number,
  offset: number,
): void {
  const x = ir.access(op, base, ir.imm(offset));
  x.vd = words.first;
  x.i = words.count;
}
const baseOf = (ir: Builder, n: number): number =>
  n === 15 ? ir.inRegister(ir.imm(ir.pcBase)) : n;
const one =
  (op: number) =>
  (ir: Builder, { U, d, n, z, i }: Multiple & { U: number; n: number }): void => {
    const offset = U ? 4 * i : -4 * i;
    const words = { first: firstWord(d, z), count: z ? 2 : 1 };
    transfer(ir, op, words, baseOf(ir, n), offset);
  };
const multiple =
  (op: number, before: boolean) =>
  (ir: Builder, f: Multiple & { n: number; W?: number }): void => {
    const words = wordsOf(f);
    const { n, i } = f;
    const writeback = before || f.W === 1;
    if (!words || (n === 15 && (writeback || ir.thumb))) return ir.undefined();
    transfer(ir, op, words, baseOf(ir, n), before ? -4 * i : 0);
    if (writeback) ir.add(n, n, ir.imm(before ? -4 * i : 4 * i));
  };
const stack =
  (op: number, before: boolean) =>
  (ir: Builder, f: Multiple): void =>
    multiple(op, before)(ir, { ...f, n: 13, W: 1 });

const put = (ir: Builder, word: number, t: number): void => {
  const x = ir.push(Op.vput);
  x.vd = word;
  x.a = t;
};
const get = (ir: Builder, t: number, word: number): void => {
  const x = ir.push(Op.vget);
  x.d = t;
  x.va = word;
};
interface Pair {
  t: number;
  u: number;
  m: number;
}
const putPair =
  (z: number) =>
  (ir: Builder, { t, u, m }: Pair): void => {
    const word = firstWord(m, z);
    if (word === 31 && !z) return ir.undefined();
    put(ir, word, t);
    put(ir, word + 1, u);
  };
const getPair =
  (z: number) =>
  (ir: Builder, { t, u, m }: Pair): void => {
    const word = firstWord(m, z);
    if (word === 31 && !z) return ir.undefined();
    get(ir, t, word);
    get(ir, u, word + 1);
  };

const half =
  (op: number, to: boolean) =>
  (ir: Builder, { d, m, z, x }: Unary & { x: number }): void => {
    emit(ir, op, to ? single(d) : sized(d, z), to ? sized(m, z) : single(m), z | (x << 1));
  };

/** EQ, VS, GE, GT. */
const SELECT = [0, 6, 10, 12];

const handlers = () => ({
  vmla: binary(Op.vmla),
  vmls: binary(Op.vmls),
  vnmls: binary(Op.vnmls),
  vnmla: binary(Op.vnmla),
  vmul: binary(Op.vmul),
  vnmul: binary(Op.vnmul),
  vadd: binary(Op.vadd),
  vsub: binary(Op.vsub),
  vdiv: binary(Op.vdiv),
  vfnms: binary(Op.vfnms),
  vfnma: binary(Op.vfnma),
  vfma: binary(Op.vfma),
  vfms: binary(Op.vfms),
  vmov_imm: moveConstant,
  vmov: unary(Op.vmov),
  vabs: unary(Op.vabs),
  vneg: unary(Op.vneg),
  vsqrt: unary(Op.vsqrt),
  vcvt_from_half: half(Op.vhalff, false),
  vcvt_to_half: half(Op.vhalfi, true),
  vcmp: compare,
  vcmp_zero: compareZero,
  vrintr: unary(Op.vrint, FROM_STATUS << 1),
  vrintz: unary(Op.vrint, ZEROWARDS << 1),
  vrintx: unary(Op.vrint, (FROM_STATUS << 1) | 16),
  vcvt_f64_f32: (ir: Builder, { d, m }: { d: number; m: number }) => {
    emit(ir, Op.vcvt, d, single(m), 1);
  },
  vcvt_f32_f64: (ir: Builder, { d, m }: { d: number; m: number }) => {
    emit(ir, Op.vcvt, single(d), m, 0);
  },
  vcvt_from_int: (ir: Builder, { d, m, z, s }: Unary & { s: number }) => {
    emit(ir, Op.vcvtf, sized(d, z), single(m), z | (s << 1));
  },
  vcvt_to_int: (ir: Builder, f: Unary & { s: number; r: number }) =>
    toInteger(ir, f, f.s, f.r ? ZEROWARDS : FROM_STATUS),
  vcvt_from_fixed: fixed(Op.vfixf),
  vcvt_to_fixed: fixed(Op.vfixi),

  vpush: stack(Op.vstm, true),
  vpop: stack(Op.vldm, false),
  vstr: one(Op.vstm),
  vldr: one(Op.vldm),
  vstmia: multiple(Op.vstm, false),
  vldmia: multiple(Op.vldm, false),
  vstmdb: multiple(Op.vstm, true),
  vldmdb: multiple(Op.vldm, true),

  vmov_to_single: (ir: Builder, { n, t }: { n: number; t: number }) => put(ir, n, t),
  vmov_from_single: (ir: Builder, { n, t }: { n: number; t: number }) => get(ir, t, n),
  vmov_to_lane: (ir: Builder, { n, t, x }: { n: number; t: number; x: number }) =>
    put(ir, 2 * fieldN(n) + x, t),
  vmov_from_lane: (ir: Builder, { n, t, x }: { n: number; t: number; x: number }) =>
    get(ir, t, 2 * fieldN(n) + x),
  vmsr: (ir: Builder, { t }: { t: number }) => {
    ir.push(Op.vmsr).a = t;
  },
  vmrs_flags: (ir: Builder) => {
    ir.push(Op.vmrs).set = NZCV;
  },
  vmrs: (ir: Builder, { t }: { t: number }) => {
    ir.push(Op.vmrs).d = t;
  },
  vmov_to_singles: putPair(0),
  vmov_from_singles: getPair(0),
  vmov_to_double: putPair(1),
  vmov_from_double: getPair(1),

  vsel: (ir: Builder, { d, n, m, z, y }: Binary & { y: number }) => {
    emit(ir, Op.vsel, sized(d, z), sized(fieldN(n), z), z | (SELECT[y] << 1)).vb = sized(m, z);
  },
  vmaxnm: binary(Op.vmaxnm),
  vminnm: binary(Op.vminnm),
  vrint_direct: (ir: Builder, f: Unary & { r: number }) => unary(Op.vrint, DIRECT[f.r] << 1)(ir, f),
  vcvt_direct: (ir: Builder, f: Unary & { s: number; r: number }) =>
    toInteger(ir, f, f.s, DIRECT[f.r]),
});

export const a32Float = () => handlers() satisfies Partial<Handlers<VfpA32, Builder>>;
export const thumb32Float = () => handlers() satisfies Partial<Handlers<VfpThumb, Builder>>;
