import { C, type Inst, NONE, NZ, NZCV, Op, V } from "../ir/ops.ts";
import { constant, register } from "./flags-values.ts";
import { Local, local } from "./layout.ts";
import { type Emit, pushA, pushB, result } from "./operands.ts";
import { rrx, shift } from "./shifts.ts";
import { mediaEmitter } from "./media.ts";
import { I32, W, type Writer } from "./wasm.ts";

// Data processing: ops that cannot fault or leave.

/** Addition or subtraction: the flags stay pending. */
const sum =
  (op: number, sub: boolean, reverse: boolean): Emit =>
  (x, w, flags) => {
    const first = reverse ? pushB : pushA;
    const second = reverse ? pushA : pushB;
    if (!(x.set & NZCV)) {
      first(x, w);
      second(x, w);
      w.op(op);
      return result(x, w, flags);
    }
    const a = x.ka ? constant(x.a) : register(x.a);
    const b = x.kb ? constant(x.b) : register(x.b);
    let [p, q] = reverse ? [b, a] : [a, b];
    const { d } = x;
    if (d !== NONE) {
      first(x, w);
      second(x, w);
      w.op(op);
      // What is added or taken away again gives the operand that is overwritten.
      if (p.r === d && q.r === NONE) p = register(d, sub ? q.k : -q.k | 0);
      else {
        if (p.r === d) p = flags.save(p);
        if (q.r === d) q = p.r === d ? p : flags.save(q);
      }
      w.set(local(d));
    }
    flags.setSum({ sub, x: p, y: q }, d);
  };

/** AddWithCarry (ARM ARM A2.2.1). */
const withCarry =
  (subtracts: boolean, reverse: boolean): Emit =>
  (x, w, flags) => {
    flags.need(C);
    (reverse ? pushB : pushA)(x, w);
    w.set(Local.S0);
    (reverse ? pushA : pushB)(x, w);
    if (subtracts) {
      w.const(-1);
      w.op(W.xor);
    }
    w.tee(Local.S1);
    w.get(Local.S0);
    w.op(W.add);
    flags.pushC();
    w.op(W.add);
    w.set(Local.S2);
    if (x.set) {
      // Carry out: ((x & y) | ((x | y) & ~r)) >>> 31.
      w.get(Local.S0);
      w.get(Local.S1);
      w.op(W.and);
      w.get(Local.S0);
      w.get(Local.S1);
      w.op(W.or);
      w.get(Local.S2);
      w.const(-1);
      w.op(W.xor, W.and, W.or);
      w.const(31);
      w.op(W.shrU);
      w.set(Local.C);
      w.get(Local.S0);
      w.get(Local.S2);
      w.op(W.xor);
      w.get(Local.S1);
      w.get(Local.S2);
      w.op(W.xor, W.and);
      w.set(Local.V);
      flags.setNZ(Local.S2);
      flags.wrote(C | V);
    }
    if (x.d === NONE) return;
    w.get(Local.S2);
    w.set(local(x.d));
  };

/** a op b, b complemented first when `not`. */
const logic =
  (op: number, not = false): Emit =>
  (x, w, flags) => {
    pushA(x, w);
    if (not && x.kb) w.const(~x.b);
    else {
      pushB(x, w);
      if (not) {
        w.const(-1);
        w.op(W.xor);
      }
    }
    w.op(op);
    result(x, w, flags);
  };

/** e:d = a * b, plus e:d, or plus d and e. */
const long =
  (extend: number, add: "" | "both" | "each" = ""): Emit =>
  (x, w, flags) => {
    pushA(x, w);
    w.op(extend);
    pushB(x, w);
    w.op(extend, W.mul64);
    if (add) {
      w.get(local(x.e));
      w.op(W.extendU);
      if (add === "both") w.op(W.i64, 32, W.shl64);
      w.op(W.add64);
      w.get(local(x.d));
      w.op(W.extendU, W.add64);
    }
    w.set(Local.Long);
    w.get(Local.Long);
    w.op(W.wrap);
    w.set(local(x.d));
    w.get(Local.Long);
    w.op(W.i64, 32, W.shrU64, W.wrap);
    w.set(local(x.e));
    if (!(x.set & NZ)) return;
    w.get(local(x.e));
    w.tee(Local.N);
    w.get(local(x.d));
    w.op(W.or);
    w.set(Local.Z);
    flags.wrote(NZ);
  };

/** Division: what the host would trap on, by 0 and by -1, is a multiplication. */
const divide =
  (signed: boolean): Emit =>
  (x, w, flags) => {
    pushB(x, w);
    if (signed) {
      w.const(1);
      w.op(W.add);
      w.const(1);
      w.op(W.leU);
    } else w.op(W.eqz);
    w.op(W.if, I32);
    pushA(x, w);
    pushB(x, w);
    w.op(W.mul, W.else);
    pushA(x, w);
    pushB(x, w);
    w.op(signed ? W.divS : W.divU, W.end);
    result(x, w, flags);
  };

const unary =
  (f: (w: Writer, x: Inst) => void): Emit =>
  (x, w, flags) => {
    pushA(x, w);
    f(w, x);
    result(x, w, flags);
  };
const by = (w: Writer, k: number, ...ops: number[]): void => {
  w.const(k);
  w.op(...ops);
};

/** Halves of two shifted copies of a: (a op1 8) & m1 | (a op2 8) & m2. */
function swapped(x: Inst, w: Writer, left: number, m1: number, right: number, m2: number): void {
  by(w, 8, left);
  by(w, m1, W.and);
  pushA(x, w);
  by(w, 8, right);
  by(w, m2, W.and, W.or);
}

const emitters: (Emit | undefined)[] = [];
emitters[Op.nop] = () => {};
emitters[Op.mov] = (x, w, flags) => {
  pushB(x, w);
  result(x, w, flags);
};
emitters[Op.mvn] = (x, w, flags) => {
  pushB(x, w);
  by(w, -1, W.xor);
  result(x, w, flags);
};
emitters[Op.add] = sum(W.add, false, false);
emitters[Op.sub] = sum(W.sub, true, false);
emitters[Op.rsb] = sum(W.sub, true, true);
emitters[Op.adc] = withCarry(false, false);
emitters[Op.sbc] = withCarry(true, false);
emitters[Op.rsc] = withCarry(true, true);
emitters[Op.and] = logic(W.and);
emitters[Op.orr] = logic(W.or);
emitters[Op.eor] = logic(W.xor);
emitters[Op.bic] = logic(W.and, true);
emitters[Op.orn] = logic(W.or, true);
emitters[Op.lsl] = shift(W.shl);
emitters[Op.lsr] = shift(W.shrU);
emitters[Op.asr] = shift(W.shrS);
emitters[Op.ror] = shift(W.rotr);
emitters[Op.rrx] = rrx;
emitters[Op.setc] = (x, w, flags) => {
  w.const(x.i);
  w.set(Local.C);
  flags.wrote(C);
};
emitters[Op.mul] = logic(W.mul);
emitters[Op.mla] = (x, w, flags) => {
  w.get(local(x.c));
  pushA(x, w);
  pushB(x, w);
  w.op(W.mul, W.add);
  result(x, w, flags);
};
emitters[Op.mls] = (x, w, flags) => {
  w.get(local(x.c));
  pushA(x, w);
  pushB(x, w);
  w.op(W.mul, W.sub);
  result(x, w, flags);
};
emitters[Op.umull] = long(W.extendU);
emitters[Op.smull] = long(W.extendS);
emitters[Op.umlal] = long(W.extendU, "both");
emitters[Op.smlal] = long(W.extendS, "both");
emitters[Op.umaal] = long(W.extendU, "each");
emitters[Op.sdiv] = divide(true);
emitters[Op.udiv] = divide(false);
emitters[Op.sxtb] = unary((w) => w.op(W.extend8));
emitters[Op.sxth] = unary((w) => w.op(W.extend16));
emitters[Op.uxtb16] = unary((w) => by(w, 0x00ff00ff, W.and));
emitters[Op.add16] = (x, w, flags) => {
  pushA(x, w);
  by(w, 0xffff0000, W.and);
  pushB(x, w);
  by(w, 0xffff0000, W.and, W.add);
  pushA(x, w);
  pushB(x, w);
  w.op(W.add);
  by(w, 0xffff, W.and, W.or);
  result(x, w, flags);
};
emitters[Op.ubfx] = unary((w, x) => {
  by(w, 32 - x.i - x.j, W.shl);
  by(w, 32 - x.j, W.shrU);
});
emitters[Op.sbfx] = unary((w, x) => {
  by(w, 32 - x.i - x.j, W.shl);
  by(w, 32 - x.j, W.shrS);
});
emitters[Op.bfi] = unary((w, x) => {
  const mask = x.j === 32 ? -1 : ((1 << x.j) - 1) << x.i;
  by(w, x.i, W.shl);
  by(w, mask, W.and);
  w.get(local(x.d));
  by(w, ~mask, W.and, W.or);
});
emitters[Op.clz] = unary((w) => w.op(W.clz));
emitters[Op.rev] = unary((w, x) => swapped(x, w, W.rotl, 0x00ff00ff, W.rotr, 0xff00ff00));
emitters[Op.rev16] = unary((w, x) => swapped(x, w, W.shl, 0xff00ff00, W.shrU, 0x00ff00ff));
emitters[Op.revsh] = unary((w, x) => {
  swapped(x, w, W.shl, 0xff00, W.shrU, 0xff);
  w.op(W.extend16);
});
emitters[Op.pkh] = (x, w, flags) => {
  pushA(x, w);
  by(w, 0xffff, W.and);
  pushB(x, w);
  by(w, 0xffff0000, W.and, W.or);
  result(x, w, flags);
};
emitters[Op.smulw] = (x, w, flags) => {
  pushA(x, w);
  w.op(W.extendS);
  pushB(x, w);
  w.op(W.extendS, W.mul64, W.i64, 16, W.shrS64, W.wrap);
  result(x, w, flags);
};

/** The code for a data processing op; undefined for one that is left to the interpreter. */
export function dataEmitter(op: number): Emit | undefined {
  return emitters[op] ?? mediaEmitter(op);
}
