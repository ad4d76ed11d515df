import { STATUS, TOUCHED } from "../float/mod.ts";
import { type Inst, NONE, Op } from "../ir/ops.ts";
import type { Flags } from "./flags.ts";
import { register } from "./flags-values.ts";
import {
  A,
  ABS,
  ADD,
  B,
  EQ,
  GT,
  LT,
  NEG,
  R,
  type Refused,
  type Sizes,
  SQRT,
} from "./float-arithmetic.ts";
import { FloatConversions } from "./float-conversions.ts";
import type { Step } from "./float-facts.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { FILE, GREATER, LESS, Local, local } from "./layout.ts";
import { F, VOID, W, type Writer } from "./wasm.ts";

interface Accumulate {
  readonly negateProduct: boolean;
  readonly negateSum: boolean;
  readonly fused: boolean;
}
const accumulates = new Map<number, Accumulate>();
for (const [fused, names] of [
  [false, ["vmla", "vmls", "vnmls", "vnmla"]],
  [true, ["vfma", "vfms", "vfnms", "vfnma"]],
] as const) {
  names.forEach((name, k) => {
    accumulates.set(Op[name], {
      negateProduct: k === 1 || k === 3,
      negateSum: k >= 2,
      fused,
    });
  });
}
const arithmetic = new Set([Op.vadd, Op.vsub, Op.vmul, Op.vnmul, Op.vdiv]);
const moves = new Set([Op.vabs, Op.vneg, Op.vmov, Op.vimm, Op.vget, Op.vput]);
const ZEROWARDS = 3;
/** What the last comparison compared. */
const X: Sizes = [Local.SingleX, Local.DoubleX];
const Y: Sizes = [Local.SingleY, Local.DoubleY];

/** True for ops of floating-point registers that translated code does; loads and stores are not among them. */
export function isFloatOp(x: Inst): boolean {
  const { op } = x;
  if (arithmetic.has(op) || moves.has(op)) return true;
  const accumulate = accumulates.get(op);
  if (accumulate) return !accumulate.fused || (x.i & 1) === 0;
  if (op === Op.vcvti) return x.i >> 2 === ZEROWARDS;
  return op === Op.vsqrt || op === Op.vcmp || op === Op.vmrs || op === Op.vcvtf || op === Op.vcvt;
}

/** True for every op that concerns floating-point registers. */
export function touchesFloat(op: number): boolean {
  return op >= Op.vadd && op <= Op.vmsr;
}

export class FloatEmitter extends FloatConversions {
  /** The unit is marked as used at this point of the block. */
  touched = false;
  /** NZCV of the FPSCR are computed at ways out only: the region has a plan, so that it has few of them. */
  lazy = false;
  /** The size of the comparison that was the last in this block. */
  private compared: number | undefined;

  /** `compares`: sizes of which the region has comparisons. */
  constructor(
    w: Writer,
    registers: FloatRegisters,
    private readonly flags: Flags,
    private readonly compares: readonly number[],
  ) {
    super(w, registers);
  }

  /** Nothing is known here. */
  forget(): void {
    this.touched = false;
    this.compared = undefined;
  }
  /** Behind something that may not have been executed. */
  join(touched: boolean): void {
    this.touched = touched;
    this.compared = undefined;
  }

  /** The FPSCR and the registers into their locals. */
  reload(): void {
    const { w } = this;
    w.const(FILE);
    w.memory(W.load, STATUS * 4);
    w.set(Local.Status);
    if (this.lazy) {
      w.const(0);
      w.set(Local.Compared);
    }
    this.setUnready();
    this.registers.reload();
  }
  /** The FPSCR and what may have been written into registers into the file. */
  store(): void {
    this.registers.store();
    this.storeComparison();
  }
  /** The FPSCR, when it is not in the file. */
  storeComparison(): void {
    if (!this.lazy || this.compares.length === 0) return;
    this.settleStatus();
    this.storeStatus();
  }
  touch(): void {
    if (this.touched) return;
    this.touched = true;
    const { w } = this;
    w.const(FILE);
    w.const(1);
    w.memory(W.store, TOUCHED * 4);
  }

  emit(x: Inst, refused: Refused, step?: Step): void {
    this.touch();
    const { w } = this;
    const size = x.i & 1;
    this.step = step;
    if (step) {
      for (const v of step.tests) this.checkRegister(size, v, refused);
      this.sure = step.sure;
    }
    const accumulate = accumulates.get(x.op);
    if (accumulate?.fused) return this.fused(x, accumulate, refused);
    if (accumulate) return this.accumulate(x, size, accumulate, refused);
    switch (x.op) {
      case Op.vadd:
      case Op.vsub:
      case Op.vmul:
      case Op.vnmul:
      case Op.vdiv:
        this.take(A, size, x.va);
        this.take(B, size, x.vb, x.op === Op.vsub && !step);
        if (x.op === Op.vdiv) this.divide(size, refused);
        else if (x.op === Op.vmul || x.op === Op.vnmul) this.multiply(size, refused);
        else this.add(size, refused, x.op === Op.vsub && step !== undefined);
        return this.put(size, x.vd, x.op === Op.vnmul);
      case Op.vsqrt:
        return this.squareRoot(x, size, refused);
      case Op.vcmp:
        return this.compare(x, size, refused);
      case Op.vmrs:
        return this.readStatus(x);
      case Op.vcvtf:
        return this.fromInteger(x, size, refused);
      case Op.vcvti:
        return this.toInteger(x, size, refused);
      case Op.vcvt:
        return size ? this.widen(x, refused) : this.narrow(x, refused);
      case Op.vimm:
        return this.registers.setBits(x.vd, () => w.const(x.i));
      case Op.vget:
        this.registers.getBits(x.va);
        return w.set(local(x.d));
      case Op.vput:
        return this.registers.setBits(x.vd, () => w.get(local(x.a)));
      default:
        this.moveBits(x, size);
    }
  }

  /** VMOV, VABS, VNEG: a NaN stays what it is but for its sign, in the host's as well. */
  private moveBits(x: Inst, size: number): void {
    const { w } = this;
    this.registers.set(size, x.vd, () => {
      this.registers.get(size, x.va);
      if (x.op === Op.vabs) w.op(ABS[size]);
      else if (x.op === Op.vneg) w.op(NEG[size]);
    });
  }
  private squareRoot(x: Inst, size: number, refused: Refused): void {
    const { w } = this;
    this.take(A, size, x.va);
    w.get(A[size]);
    w.op(SQRT[size]);
    w.set(R[size]);
    // Of -0 it is -0.
    this.check(
      size,
      () => w.const(1),
      refused,
      (refused) => {
        if (size) return this.isProduct(R, R, refused);
        this.wide(Local.SingleR);
        this.wide(Local.SingleR);
        w.op(F.mul64);
        this.wide(Local.SingleA);
        w.op(F.eq64);
      },
    );
    this.put(size, x.vd, false);
  }
  /** VMLA and its like, rounded twice. */
  private accumulate(x: Inst, size: number, how: Accumulate, refused: Refused): void {
    const { w } = this;
    this.take(A, size, x.va);
    this.take(B, size, x.vb);
    this.multiply(size, refused);
    w.get(R[size]);
    if (how.negateProduct && !this.step) w.op(NEG[size]);
    w.set(B[size]);
    this.take(A, size, x.vd, how.negateSum);
    if (this.step) this.sure = this.step.sureSum;
    this.add(size, refused, how.negateProduct && this.step !== undefined);
    this.put(size, x.vd, false);
  }
  /**
   * VFMA and its like, of singles. The product is exact as a double. The sum is rounded to odd, so that the second rounding gives
   * what one would (Boldo and Melquiond, Emulation of FMA).
   */
  private fused(x: Inst, how: Accumulate, refused: Refused): void {
    const { w } = this;
    this.take(A, 0, x.va, how.negateProduct);
    this.take(B, 0, x.vb);
    this.wide(Local.SingleA);
    this.wide(Local.SingleB);
    w.op(F.mul64);
    w.set(Local.DoubleA);
    this.take(B, 0, x.vd, how.negateSum);
    this.wide(Local.SingleB);
    w.set(Local.DoubleB);
    this.compute(ADD, 1);
    this.rest();
    w.set(Local.DoubleB);
    w.get(Local.DoubleR);
    w.op(F.bits64);
    w.set(Local.Long);
    // One up or down when the last bit is even and something is cut off.
    w.get(Local.Long);
    w.get(Local.DoubleB);
    w.double(0);
    w.op(F.gt64);
    w.get(Local.DoubleR);
    w.double(0);
    w.op(F.gt64, W.eq);
    w.const(1);
    w.op(W.shl);
    w.const(1);
    w.op(W.sub);
    w.get(Local.DoubleB);
    w.double(0);
    w.op(F.ne64);
    w.get(Local.Long);
    w.op(W.wrap);
    w.const(1);
    w.op(W.and, W.eqz, W.and, W.mul, W.extendS, W.add64, F.fromBits64, F.demote);
    w.set(Local.SingleR);
    if (this.step) {
      this.check(
        0,
        () => w.const(0),
        refused,
        () => {},
      );
      return this.put(0, x.vd, false);
    }
    // Of a zero the interpreter knows better.
    this.isNormal(0);
    w.op(W.eqz);
    w.openUnlikely();
    refused(1);
    w.end();
    this.unlessInexactIsSet(refused, () => {
      w.get(Local.DoubleB);
      w.double(0);
      w.op(F.ne64);
      this.wide(Local.SingleR);
      w.get(Local.DoubleR);
      w.op(F.ne64, W.or);
    });
    this.put(0, x.vd, false);
  }

  // Comparison and conversion.

  private compare(x: Inst, size: number, refused: Refused): void {
    const { w } = this;
    this.take(A, size, x.va);
    this.take(B, size, x.vb);
    if (!this.step?.sure) {
      for (const of of [A, B]) {
        w.get(of[size]);
        w.get(of[size]);
        w.op(EQ[size]);
      }
      w.op(W.and, W.eqz);
      this.orFlushes();
      w.openUnlikely();
      refused(1);
      w.end();
    }
    w.get(A[size]);
    w.set(X[size]);
    w.get(B[size]);
    w.set(Y[size]);
    this.compared = size;
    if (this.lazy) {
      w.const(size + 1);
      return w.set(Local.Compared);
    }
    this.setComparison(size);
    this.storeStatus();
  }
  /** Pushes 1 when the relation holds between what was compared. */
  private relation(op: Sizes, size: number): void {
    const { w } = this;
    w.get(X[size]);
    w.get(Y[size]);
    w.op(op[size]);
  }
  /** NZCV of the last comparison into the FPSCR. */
  private settleStatus(): void {
    const { w } = this;
    if (!this.lazy) return;
    for (const size of this.compares) {
      w.get(Local.Compared);
      w.const(size + 1);
      w.op(W.eq, W.if, VOID);
      this.setComparison(size);
      w.end();
    }
  }
  /** NZCV of what was compared into the local of the FPSCR: 0110 equal, 1000 less, 0010 greater. */
  private setComparison(size: number): void {
    const { w } = this;
    w.get(Local.Status);
    w.const(0x0fffffff);
    w.op(W.and);
    w.const(6);
    this.relation(GT, size);
    w.const(2);
    w.op(W.shl, W.sub);
    this.relation(LT, size);
    w.const(1);
    w.op(W.shl, W.add);
    w.const(28);
    w.op(W.shl, W.or);
    w.set(Local.Status);
  }

  private readStatus(x: Inst): void {
    const { w, flags, compared } = this;
    if (x.d === NONE && compared !== undefined) {
      // (a > b) - (a < b) has the flags of the comparison.
      this.relation(GT, compared);
      w.set(local(GREATER));
      this.relation(LT, compared);
      w.set(local(LESS));
      return flags.setSum({ sub: true, x: register(GREATER), y: register(LESS) }, NONE);
    }
    this.settleStatus();
    if (x.d === NONE) return flags.setStatus(Local.Status);
    w.get(Local.Status);
    w.set(local(x.d));
  }
}
