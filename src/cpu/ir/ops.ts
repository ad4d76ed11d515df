import { NONE } from "./registers.ts";
/** Flag masks of `Inst.set` and of the op table. */
export const N = 8;
export const Z = 4;
export const C = 2;
export const V = 1;
export const NZ = N | Z;
export const NZC = N | Z | C;
export const NZCV = N | Z | C | V;

/** One row of the op table. */
export interface OpRow {
  /**
   * Operands in the order of print: `d e` registers written, `a b c` sources (a register, or a constant where the builder
   * allows one), `s t` registers stored, `i j` numbers, `cond` a condition, `to` a guest address (bit 0: Thumb), `label` a
   * place in the block. `vd va vb` are floating-point registers: d0-d31, or words of them, of which s0-s31 are the first.
   */
  readonly operands: string;
  /** Flags which the op writes when asked to (`Inst.set`). */
  readonly sets: number;
  /** Flags which the op always reads; a condition reads those of `conditionReads`. */
  readonly reads: number;
  /** May fault, leave the block or call the host: every flag must be exact before it. */
  readonly leaves: boolean;
}

const op = (operands: string, sets = 0, reads = 0): OpRow => ({
  operands,
  sets,
  reads,
  leaves: false,
});
const leave = (operands: string): OpRow => ({ operands, sets: 0, reads: 0, leaves: true });

/**
 * The operations of the intermediate representation: what an engine has to implement, and all it has to. Registers are
 * r0-r14 and the temporaries t0-t7; the pc never appears, lifting has replaced it.
 */
export const ops = {
  nop: op(""),
  mov: op("d b", NZ),
  mvn: op("d b", NZ),
  add: op("d a b", NZCV),
  sub: op("d a b", NZCV),
  rsb: op("d a b", NZCV),
  adc: op("d a b", NZCV, C),
  sbc: op("d a b", NZCV, C),
  rsc: op("d a b", NZCV, C),
  and: op("d a b", NZ),
  orr: op("d a b", NZ),
  eor: op("d a b", NZ),
  bic: op("d a b", NZ),
  orn: op("d a b", NZ),
  /** Constant amount 1-31 (lsr, asr: 1-32), or the low byte of a register as in `LSL (register)`. */
  lsl: op("d a b", NZC),
  lsr: op("d a b", NZC),
  asr: op("d a b", NZC),
  ror: op("d a b", NZC),
  rrx: op("d a", NZC, C),
  /** C := i (carry of a rotated constant). */
  setc: op("i", C),

  mul: op("d a b", NZ),
  /** d = c + a * b; d = c - a * b. */
  mla: op("d a b c", NZ),
  mls: op("d a b c"),
  /** e:d = a * b (+ e:d). */
  umull: op("d e a b", NZ),
  smull: op("d e a b", NZ),
  umlal: op("d e a b", NZ),
  smlal: op("d e a b", NZ),
  /** e:d = a * b + d + e. */
  umaal: op("d e a b"),
  /** Division by zero gives 0 (SCTLR.DZ does not exist in ARMv7-A). */
  sdiv: op("d a b"),
  udiv: op("d a b"),

  sxtb: op("d a"),
  sxth: op("d a"),
  /** Both halves: sign or zero extension of bytes 0 and 2; addition without carry between halves. */
  sxtb16: op("d a"),
  uxtb16: op("d a"),
  add16: op("d a b"),
  /** i = lsb, j = width. bfi also reads d. */
  ubfx: op("d a i j"),
  sbfx: op("d a i j"),
  bfi: op("d a i j"),
  clz: op("d a"),
  rbit: op("d a"),
  rev: op("d a"),
  rev16: op("d a"),
  revsh: op("d a"),
  /** d = (a & 0xffff) | (b & 0xffff0000). */
  pkh: op("d a b"),

  /** Saturating; set Q. qdadd, qdsub double b first. */
  qadd: op("d a b"),
  qsub: op("d a b"),
  qdadd: op("d a b"),
  qdsub: op("d a b"),
  /** a + b wraps, Q is set on signed overflow. */
  addq: op("d a b"),
  /** i = number of bits (signed: including the sign). */
  ssat: op("d a i"),
  usat: op("d a i"),
  ssat16: op("d a i"),
  usat16: op("d a i"),
  /** Parallel add and subtract; i as in parallel.ts. Writes GE when the prefix is S or U. */
  parallel: op("d a b i"),
  sel: op("d a b"),
  usada8: op("d a b c"),
  /** d = (a * b) >> 16, b a signed 32-bit number. */
  smulw: op("d a b"),
  /** d = a.lo * b.lo + a.hi * b.hi + c (smlsd: - a.hi * b.hi); sets Q. */
  smlad: op("d a b c"),
  smlsd: op("d a b c"),
  smlald: op("d e a b"),
  smlsld: op("d e a b"),
  /** d = (c:0 +- a * b (+ 0x80000000 when i)) >> 32. */
  smmla: op("d a b c i"),
  smmls: op("d a b c i"),

  /** Address a + (b << i); unaligned words and halfwords are allowed. */
  ldr: leave("d a b i"),
  ldrb: leave("d a b i"),
  ldrh: leave("d a b i"),
  ldrsb: leave("d a b i"),
  ldrsh: leave("d a b i"),
  str: leave("s a b i"),
  strb: leave("s a b i"),
  strh: leave("s a b i"),
  /** Two words at a + b, aligned to 4; all or nothing. */
  ldrd: leave("d e a b"),
  strd: leave("s t a b"),
  /** Registers of the mask i (bit 15: t0) from a + j upwards, aligned to 4; all or nothing. */
  ldm: leave("a i j"),
  stm: leave("a i j"),
  /** Exclusive access of 1 << i bytes at a + b; i = 3 uses e or t too. strex: d = 0 when it stored, 1 when not. */
  ldrex: leave("d e a b i"),
  strex: leave("d s t a b i"),
  clrex: op(""),
  /** d = [a], [a] = s. */
  swp: leave("d s a"),
  swpb: leave("d s a"),

  /**
   * The stack is about to reach down from r13 to a: a data abort where it would cross a guard. Without it a large frame steps over
   * the guard below the stack.
   */
  reach: leave("a"),

  mrs: op("d", 0, NZCV),
  /** i = CPSR fields, bit 3: NZCVQ, bit 2: GE. */
  msr: op("a i", NZCV),
  /** From and to TPIDRURW. */
  tpget: op("d"),
  tpput: op("a"),

  /** Leave the block for a constant address. */
  br: leave("to"),
  brc: leave("cond to"),
  /** When a is zero / not zero. */
  brz: leave("a to"),
  brnz: leave("a to"),
  /** sub or and with flags (result dropped) and brc in one. */
  brcmp: { ...leave("cond a b to"), sets: NZCV },
  brtst: { ...leave("cond a b to"), sets: NZ },
  /** Interworking branch: bit 0 of a selects Thumb. */
  bx: leave("a"),
  /** Go on at the label when the condition holds. */
  skip: op("cond label"),
  skipcmp: op("cond a b label", NZCV),
  skiptst: op("cond a b label", NZ),

  /** Execution goes on across the border i of two pages (SLIDE_UNITS): a slice may end here, behind the instruction. */
  cross: leave("i"),

  /** Floating point; bit 0 of i: double. See lift/vfp.ts for the other bits. */
  vadd: op("vd va vb i"),
  vsub: op("vd va vb i"),
  vmul: op("vd va vb i"),
  vnmul: op("vd va vb i"),
  vdiv: op("vd va vb i"),
  /** vd += va * vb with the signs of the instruction, rounded twice, or once. */
  vmla: op("vd va vb i"),
  vmls: op("vd va vb i"),
  vnmla: op("vd va vb i"),
  vnmls: op("vd va vb i"),
  vfma: op("vd va vb i"),
  vfms: op("vd va vb i"),
  vfnma: op("vd va vb i"),
  vfnms: op("vd va vb i"),
  vmaxnm: op("vd va vb i"),
  vminnm: op("vd va vb i"),
  /** vd = condition i >> 1 ? va : vb. */
  vsel: op("vd va vb i", 0, NZCV),
  vabs: op("vd va i"),
  vneg: op("vd va i"),
  vmov: op("vd va i"),
  vsqrt: op("vd va i"),
  /** To an integral number; i: rounding << 1, exact << 4. */
  vrint: op("vd va i"),
  /** Flags of the FPSCR; i: signalling << 1. */
  vcmp: op("va vb i"),
  /** From a word; i: signed << 1. To a word; i: signed << 1, rounding << 2. */
  vcvtf: op("vd va i"),
  vcvti: op("vd va i"),
  /** From and to fixed point in the same register; i: signed << 1, 32 bits << 2, fraction bits << 3. */
  vfixf: op("vd i"),
  vfixi: op("vd i"),
  /** Single to double when i is 1, double to single when it is 0. */
  vcvt: op("vd va i"),
  /** From and to the half i >> 1 of a word. */
  vhalff: op("vd va i"),
  vhalfi: op("vd va i"),
  /** The word vd = i. */
  vimm: op("vd i"),
  /** Between a core register and a word. */
  vget: op("d va"),
  vput: op("vd a"),
  /** i words from the word vd on at a + b, aligned to 4; all or nothing. */
  vldm: leave("vd a b i"),
  vstm: leave("vd a b i"),
  /** Advanced SIMD; i: the operation (simd/operations.ts). */
  simd: op("vd va vb i"),
  /** Structures from and to memory at a; i: simd/structures.ts. All or nothing. */
  vldn: leave("vd a i"),
  vstn: leave("vd a i"),
  /** Between a core register and an element of 1 << (i & 3) bytes; i: unsigned << 2, index << 3. */
  vgetl: op("d va i"),
  vputl: op("vd a i"),
  /** All elements of such a size; i: q register << 2. */
  vdupr: op("vd a i"),
  /** The FPSCR, or its flags when d is none. */
  vmrs: op("d", NZCV),
  vmsr: op("a"),

  svc: leave("i"),
  bkpt: leave("i"),
  udf: leave(""),
} satisfies Record<string, OpRow>;

export type OpName = keyof typeof ops;

export const opNames = Object.keys(ops) as OpName[];
/** Number of an op: index of its row. */
export const Op = numbered(opNames);
export const opRows: readonly OpRow[] = Object.values(ops);

function numbered<K extends string>(names: readonly K[]): { readonly [N in K]: number } {
  const numbers: Partial<Record<K, number>> = {};
  for (let n = 0; n < names.length; n++) numbers[names[n]] = n;
  return numbers as Record<K, number>;
}

/** Floating point and vectors: their names, and no others, begin with v, but for `simd`. */
export function isFloat(op: number): boolean {
  return op === Op.simd || opNames[op].startsWith("v");
}

/** Conditions as in bits 31:28 of A32; 14 is always. */
export const AL = 14;
export const conditionNames = "eq ne cs cc mi pl vs vc hi ls ge lt gt le al".split(" ");

/** Flags which a condition reads. */
export const conditionReads = [
  Z,
  Z,
  C,
  C,
  N,
  N,
  V,
  V,
  C | Z,
  C | Z,
  N | V,
  N | V,
  NZ | V,
  NZ | V,
  0,
];

export { NONE, TEMP, TEMPS } from "./registers.ts";

/** A constant source operand. */
export class Const {
  constructor(readonly value: number) {}
}
/** A register number, or a constant. */
export type Operand = number | Const;

/** One operation of a block. */
export class Inst {
  d = NONE;
  e = NONE;
  a = NONE;
  b = NONE;
  c = NONE;
  s = NONE;
  t = NONE;
  vd = NONE;
  va = NONE;
  vb = NONE;
  i = 0;
  j = 0;
  /** `a`, `b` is a constant, not a register. */
  ka = false;
  kb = false;
  cond = AL;
  /** Guest address of a branch, bit 0: Thumb. */
  to = 0;
  /** Index of the op where a skip goes on. */
  label = 0;
  /** Flags to write. */
  set = 0;
  constructor(
    public op: number,
    /** Index of the guest instruction in the block. */
    readonly at: number,
  ) {}
}

/** A straight piece of guest code: entered at its start only, left at branches and at its end. */
export interface IrBlock {
  /** Address of the first instruction. */
  readonly start: number;
  /** Address behind the last. */
  readonly end: number;
  readonly thumb: boolean;
  readonly insts: readonly Inst[];
  /** Address of each instruction, and the address behind the last. */
  readonly pcs: readonly number[];
  /** ITSTATE before each instruction (0 outside IT blocks), and behind the last. */
  readonly its: readonly number[];
  /** The end can be reached: go on at `end`. */
  readonly open: boolean;
}
