import { FPSCR } from "../float/mod.ts";
import type { Inst } from "../ir/ops.ts";
import { A, FloatArithmetic, R, type Refused } from "./float-arithmetic.ts";
import { Local } from "./layout.ts";
import { F, VOID, W } from "./wasm.ts";

/** Conversions between integers, singles and doubles. */
export class FloatConversions extends FloatArithmetic {
  protected fromInteger(x: Inst, size: number, refused: Refused): void {
    const { w } = this;
    const signed = (x.i & 2) !== 0;
    this.registers.getBits(x.va);
    w.set(Local.S0);
    w.get(Local.S0);
    if (size) w.op(signed ? F.fromSigned64 : F.fromUnsigned64);
    else w.op(signed ? F.fromSigned32 : F.fromUnsigned32);
    w.set(R[size]);
    if (!size) {
      this.unlessInexactIsSet(refused, () => {
        this.wide(Local.SingleR);
        w.get(Local.S0);
        w.op(signed ? F.fromSigned64 : F.fromUnsigned64, F.ne64);
      });
    }
    this.put(size, x.vd, false);
  }
  protected toInteger(x: Inst, size: number, refused: Refused): void {
    const { w } = this;
    const signed = (x.i & 2) !== 0;
    this.take(A, size, x.va);
    if (!size) {
      this.wide(Local.SingleA);
      w.set(Local.DoubleA);
    }
    w.get(Local.DoubleA);
    w.double(signed ? -(2 ** 31) - 1 : -1);
    w.op(F.gt64);
    w.get(Local.DoubleA);
    w.double(signed ? 2 ** 31 : 2 ** 32);
    w.op(F.lt64, W.and, W.eqz);
    this.orFlushes();
    w.openUnlikely();
    refused(1);
    w.end();
    w.get(Local.DoubleA);
    w.op(signed ? F.toSigned64 : F.toUnsigned64);
    w.set(Local.S0);
    if (!this.step) {
      w.get(Local.Status);
      w.const(FPSCR.IXC);
      w.op(W.and, W.eqz);
      w.openUnlikely();
      w.get(Local.S0);
      w.op(signed ? F.fromSigned64 : F.fromUnsigned64);
      w.get(Local.DoubleA);
      w.op(F.ne64, W.if, VOID);
      this.setInexact();
      w.end();
      w.end();
    }
    this.registers.setBits(x.vd, () => w.get(Local.S0));
  }
  protected widen(x: Inst, refused: Refused): void {
    const { w } = this;
    this.take(A, 0, x.va);
    if (!this.step?.sure) {
      w.get(Local.SingleA);
      w.get(Local.SingleA);
      w.op(F.ne32);
      this.orFlushes();
      w.openUnlikely();
      refused(1);
      w.end();
    }
    this.wide(Local.SingleA);
    w.set(Local.DoubleR);
    this.put(1, x.vd, false);
  }
  protected narrow(x: Inst, refused: Refused): void {
    const { w } = this;
    this.take(A, 1, x.va);
    w.get(Local.DoubleA);
    w.op(F.demote);
    w.set(Local.SingleR);
    this.check(
      0,
      () => this.isZero(A, 1),
      refused,
      () => {
        this.wide(Local.SingleR);
        w.get(Local.DoubleA);
        w.op(F.eq64);
      },
    );
    this.put(0, x.vd, false);
  }
}
