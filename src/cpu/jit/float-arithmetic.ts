import { FPSCR, STATUS } from "../float/mod.ts";
import type { Step } from "./float-facts.ts";
import type { FloatGroups } from "./float-groups.ts";
import { TESTED } from "./float-ranges.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { FILE, Local, STRAYED } from "./layout.ts";
import { F, VOID, W, type Writer } from "./wasm.ts";

// Floating point. The host's arithmetic is the guest's when it rounds to nearest, flushes and
// replaces nothing (FPSCR), and the result is a normal number, or a zero that is exact; inexact is the only flag that can come of
// it. Everything else the interpreter executes: NaNs, infinities, denormals, other modes.

/** In these modes the host's arithmetic is not the guest's. */
export const MODES = FPSCR.FZ | FPSCR.DN | (3 << 22);

/** Of singles, of doubles. */
export type Sizes = readonly [single: number, double: number];
export const ADD: Sizes = [F.add32, F.add64];
const SUB: Sizes = [F.sub32, F.sub64];
const MUL: Sizes = [F.mul32, F.mul64];
const DIV: Sizes = [F.div32, F.div64];
export const SQRT: Sizes = [F.sqrt32, F.sqrt64];
export const NEG: Sizes = [F.neg32, F.neg64];
export const ABS: Sizes = [F.abs32, F.abs64];
export const EQ: Sizes = [F.eq32, F.eq64];
export const LT: Sizes = [F.lt32, F.lt64];
export const GT: Sizes = [F.gt32, F.gt64];
/** Operands and result. */
export const A: Sizes = [Local.SingleA, Local.DoubleA];
export const B: Sizes = [Local.SingleB, Local.DoubleB];
export const R: Sizes = [Local.SingleR, Local.DoubleR];

/** Of doubles: bits behind the first one, and what their exponents are counted from. */
const FRACTION_BITS = 52;
const BIAS = 1023;
const SPAN: Sizes = [Local.SingleSpan, Local.DoubleSpan];
/** Bit patterns of normal numbers, shifted by the sign; those of the least exponent are left out, they may have been rounded up to it. */
const NORMAL = [normal(0x02000000, 0xff000000), normal(0x00400000, 0xffe00000)] as const;

/** The same of numbers that pass the test of those of moderate size (float-ranges.ts). */
const moderate = (times: number) =>
  [
    { least: (127 - times * TESTED[0]) * 2 ** 24, span: (2 * times * TESTED[0] + 1) * 2 ** 24 },
    { least: (1023 - times * TESTED[1]) * 2 ** 21, span: (2 * times * TESTED[1] + 1) * 2 ** 21 },
  ] as const;
const MODERATE = moderate(1);
const MODERATE_PRODUCT = moderate(2);

function normal(least: number, infinity: number): { least: number; span: number } {
  return { least, span: infinity - least };
}

/** Writes the way out to the interpreter, within so many ifs. */
export type Refused = (ifs: number) => void;

/** Arithmetic: A op B gives R. */
export class FloatArithmetic {
  /** What has to be done for the op, in a region that has a plan: the flag for inexact is set, and modes are the usual ones. */
  protected step: Step | undefined;
  /** The result needs no test, by the plan. */
  protected sure = false;
  /** Where results are collected that are tested together, instead of one by one. */
  group: FloatGroups | undefined;
  /** The entry of the region. */
  key = 0;

  constructor(
    protected readonly w: Writer,
    protected readonly registers: FloatRegisters,
  ) {}

  /** `sub`: A - B instead, which is the same as A + -B; only where nobody asks whether it is exact. */
  protected add(size: number, refused: Refused, sub = false): void {
    this.compute(sub ? SUB : ADD, size);
    this.check(
      size,
      () => this.w.const(1),
      refused,
      () => this.sumIsExact(size),
    );
  }
  protected multiply(size: number, refused: Refused): void {
    const { w } = this;
    this.compute(MUL, size);
    const zero = (): void => {
      this.isZero(A, size);
      this.isZero(B, size);
      w.op(W.or);
    };
    const exact = (refused: Refused): void => {
      if (size) return this.productIsExact(A, B, R, refused);
      this.wide(Local.SingleA);
      this.wide(Local.SingleB);
      w.op(F.mul64);
      this.wide(Local.SingleR);
      w.op(F.eq64);
    };
    this.check(size, zero, refused, exact, true);
  }
  protected divide(size: number, refused: Refused): void {
    const { w } = this;
    this.compute(DIV, size);
    this.check(
      size,
      () => this.isZero(A, size),
      refused,
      (refused) => {
        if (size) return this.isProduct(R, B, refused);
        this.wide(Local.SingleR);
        this.wide(Local.SingleB);
        w.op(F.mul64);
        this.wide(Local.SingleA);
        w.op(F.eq64);
        // By an infinity, too.
        this.isZero(A, 0);
        w.op(W.or);
      },
    );
  }

  protected compute(code: Sizes, size: number): void {
    const { w } = this;
    w.get(A[size]);
    w.get(B[size]);
    w.op(code[size]);
    w.set(R[size]);
  }
  /**
   * Refuses what is not the host's business. `zero` pushes whether a result of zero is exact, `exact` whether the result is, which is
   * asked while the flag for inexact is clear.
   */
  protected check(
    size: number,
    zero: () => void,
    refused: Refused,
    exact: (refused: Refused) => void,
    isProduct = false,
  ): void {
    const { w } = this;
    if (this.step) {
      if (this.sure) return;
      if (this.step.isNumber && !isProduct) this.checkNumber(size, refused);
      else this.checkSize(R, size, zero, refused, isProduct);
      return;
    }
    // One comparison says that all is well: nothing is in the span while results need care.
    this.pushPattern(size);
    w.get(SPAN[size]);
    w.op(W.geU);
    w.openUnlikely();
    this.isNormal(size);
    w.op(W.eqz);
    w.openUnlikely();
    this.isZero(R, size);
    zero();
    w.op(W.and, W.eqz);
    w.openUnlikely();
    refused(3);
    w.end();
    w.end();
    w.get(Local.Unready);
    w.openUnlikely();
    w.get(Local.Status);
    w.const(MODES);
    w.op(W.and);
    w.openUnlikely();
    refused(3);
    w.end();
    exact((ifs) => refused(2 + ifs));
    w.op(W.eqz);
    w.openUnlikely();
    this.setInexact();
    w.end();
    w.end();
    w.end();
  }
  /** Refuses a result that is no number. */
  private checkNumber(size: number, refused: Refused): void {
    const { w } = this;
    w.get(R[size]);
    w.get(R[size]);
    w.op(size ? F.ne64 : F.ne32);
    w.openUnlikely();
    this.stray();
    refused(1);
    w.end();
  }
  /** Refuses what is not of moderate size; `zero` pushes whether a zero is well. */
  private checkSize(
    of: Sizes,
    size: number,
    zero: () => void,
    refused: Refused,
    isProduct = false,
  ): void {
    const { w } = this;
    if (this.group) return this.group.add(of[size], size, isProduct);
    const { least, span } = (isProduct ? MODERATE_PRODUCT : MODERATE)[size];
    w.get(of[size]);
    if (size) w.op(F.bits64, W.i64, 32, W.shrU64, W.wrap);
    else w.op(F.bits32);
    w.const(1);
    w.op(W.shl);
    w.const(least);
    w.op(W.sub);
    w.const(span);
    w.op(W.geU);
    w.openUnlikely();
    this.isZero(of, size);
    zero();
    w.op(W.and, W.eqz);
    w.openUnlikely();
    this.stray();
    refused(2);
    w.end();
    w.end();
  }
  /** Tests that a register is of moderate size. */
  checkRegister(size: number, v: number, refused: Refused): void {
    this.take(A, size, v);
    this.checkSize(A, size, () => this.w.const(1), refused);
  }
  /** Tests that a register has this value, which is not zero. */
  checkConstant(size: number, v: number, value: number, refused: Refused): void {
    const { w } = this;
    this.registers.get(size, v);
    if (size) w.double(value);
    else w.single(value);
    w.op(size ? F.ne64 : F.ne32);
    w.openUnlikely();
    this.stray();
    refused(1);
    w.end();
  }
  /** Has a register tested with what else is collected. */
  collect(size: number, v: number): void {
    this.take(A, size, v);
    this.group!.add(A[size], size, false);
  }
  /** Says that the region is not made for the numbers that it met. */
  stray(): void {
    const { w } = this;
    w.const(FILE);
    w.const(this.key);
    w.memory(W.store, STRAYED);
  }
  /** While the flag for inexact is clear: refuses other modes, and sets it when `inexact` pushes so. */
  protected unlessInexactIsSet(refused: Refused, inexact: () => void): void {
    if (this.step) return;
    const { w } = this;
    w.get(Local.Unready);
    w.openUnlikely();
    w.get(Local.Status);
    w.const(MODES);
    w.op(W.and);
    w.openUnlikely();
    refused(2);
    w.end();
    inexact();
    w.op(W.if, VOID);
    this.setInexact();
    w.end();
    w.end();
  }
  protected setInexact(): void {
    const { w } = this;
    w.get(Local.Status);
    w.const(FPSCR.IXC);
    w.op(W.or);
    w.set(Local.Status);
    this.setUnready();
    this.storeStatus();
  }
  /** Not 0 while a result needs more than the host's arithmetic: another mode, or the flag for inexact is clear. */
  protected setUnready(): void {
    const { w } = this;
    w.get(Local.Status);
    w.const(MODES | FPSCR.IXC);
    w.op(W.and);
    w.const(FPSCR.IXC);
    w.op(W.xor);
    w.set(Local.Unready);
    SPAN.forEach((local, size) => {
      w.const(0);
      w.const(NORMAL[size].span);
      w.get(Local.Unready);
      w.op(W.select);
      w.set(local);
    });
  }
  protected storeStatus(): void {
    const { w } = this;
    w.const(FILE);
    w.get(Local.Status);
    w.memory(W.store, STATUS * 4);
  }

  /** Pushes whether R is a normal number. */
  protected isNormal(size: number): void {
    const { w } = this;
    this.pushPattern(size);
    w.const(NORMAL[size].span);
    w.op(W.ltU);
  }
  /** Pushes the upper bits of R without the sign, counted from the least normal number on. */
  private pushPattern(size: number): void {
    const { w } = this;
    w.get(R[size]);
    if (size) w.op(F.bits64, W.i64, 32, W.shrU64, W.wrap);
    else w.op(F.bits32);
    w.const(1);
    w.op(W.shl);
    w.const(NORMAL[size].least);
    w.op(W.sub);
  }
  protected isZero(of: Sizes, size: number): void {
    const { w } = this;
    w.get(of[size]);
    if (size) w.double(0);
    else w.single(0);
    w.op(EQ[size]);
  }
  /** Pushes whether R is A + B exactly: Knuth's TwoSum; of singles in double precision. */
  protected sumIsExact(size: number): void {
    const { w } = this;
    if (!size) {
      this.wide(Local.SingleA);
      w.set(Local.DoubleA);
      this.wide(Local.SingleB);
      w.set(Local.DoubleB);
      this.compute(ADD, 1);
    }
    this.rest();
    w.double(0);
    w.op(F.eq64);
    if (size) return;
    this.wide(Local.SingleR);
    w.get(Local.DoubleR);
    w.op(F.eq64, W.and);
  }
  /** Pushes what the sum of doubles cuts off. */
  protected rest(): void {
    const { w } = this;
    w.get(Local.DoubleR);
    w.get(Local.DoubleA);
    w.op(F.sub64);
    w.set(Local.DoubleC);
    w.get(Local.DoubleA);
    w.get(Local.DoubleR);
    w.get(Local.DoubleC);
    w.op(F.sub64, F.sub64);
    w.get(Local.DoubleB);
    w.get(Local.DoubleC);
    w.op(F.sub64, F.add64);
  }
  /**
   * Pushes whether `of`, the product of two doubles as the host rounds it, is exact: odd numbers of n and m bits give one of n + m bits, or of
   * one less where the exponents are just added. Refuses denormals, whose first bit is elsewhere.
   */
  protected productIsExact(a: Sizes, b: Sizes, of: Sizes, refused: Refused): void {
    const { w } = this;
    const BITS = FRACTION_BITS + 1;
    const pushExponent = (x: Sizes): void => {
      w.get(x[1]);
      w.op(F.bits64, W.i64, 1, W.shl64);
      w.const64(BITS);
      w.op(W.shrU64, W.wrap);
    };
    for (const x of [a, b]) {
      pushExponent(x);
      w.op(W.eqz);
      this.isZero(x, 1);
      w.op(W.gtU);
    }
    w.op(W.or);
    w.openUnlikely();
    refused(1);
    w.end();
    // Zeros behind the last bit that is set.
    for (const x of [a, b]) {
      w.get(x[1]);
      w.op(F.bits64);
      w.const64(2 ** FRACTION_BITS);
      w.op(W.or64, W.ctz64, W.wrap);
    }
    w.op(W.add);
    pushExponent(a);
    pushExponent(b);
    w.op(W.add);
    pushExponent(of);
    w.op(W.sub);
    w.const(BIAS);
    w.op(W.eq, W.add);
    w.const(BITS);
    w.op(W.geU);
    // Two numbers of which one is zero.
    this.isZero(of, 1);
    w.op(W.or);
  }
  /** Pushes whether A is the product of two doubles. */
  protected isProduct(a: Sizes, b: Sizes, refused: Refused): void {
    const { w } = this;
    this.productIsExact(a, b, A, refused);
    w.get(a[1]);
    w.get(b[1]);
    w.op(F.mul64);
    w.get(A[1]);
    w.op(F.eq64, W.and);
    // By an infinity, too.
    this.isZero(A, 1);
    w.op(W.or);
  }
  /** Or denormals count as zero: not 0 when so. */
  protected orFlushes(): void {
    if (this.step) return;
    this.w.get(Local.Status);
    this.w.const(FPSCR.FZ);
    this.w.op(W.and, W.or);
  }

  /** Register v into an operand. */
  protected take(to: Sizes, size: number, v: number, negated = false): void {
    const { w } = this;
    this.registers.get(size, v);
    if (negated) w.op(NEG[size]);
    w.set(to[size]);
  }
  /** R into register v. */
  protected put(size: number, v: number, negated: boolean): void {
    const { w } = this;
    this.registers.set(size, v, () => {
      w.get(R[size]);
      if (negated) w.op(NEG[size]);
    });
  }
  /** Pushes a single as a double. */
  protected wide(local: number): void {
    this.w.get(local);
    this.w.op(F.promote);
  }
}
