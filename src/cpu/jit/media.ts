import { Slot } from "../interp/state.ts";
import { type Inst, Op } from "../ir/ops.ts";
import { lane, parallel, sel } from "./lanes.ts";
import { Local, local } from "./layout.ts";
import { a, b, by, type Emit, loadFile, storeFile } from "./media-operands.ts";
import { W, type Writer } from "./wasm.ts";

// Media and DSP instructions. Q and GE are in the register file always.

// Saturation: the exact value is in Long, what becomes of it in S0. Q is set when that is another.

function setQ(w: Writer): void {
  storeFile(w, Slot.Q, () => {
    loadFile(w, Slot.Q);
    w.get(Local.S0);
    w.op(W.extendS);
    w.get(Local.Long);
    w.op(W.ne64, W.or);
  });
}
function saturate(w: Writer, low: number, high: number): void {
  w.const(low);
  w.const(high);
  w.get(Local.Long);
  w.op(W.wrap);
  w.const64(high);
  w.get(Local.Long);
  w.op(W.ltS64, W.select);
  w.get(Local.Long);
  w.const64(low);
  w.op(W.ltS64, W.select);
  w.set(Local.S0);
  setQ(w);
}
const saturateTo = (w: Writer, bits: number, signed: boolean): void =>
  signed ? saturate(w, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) : saturate(w, 0, 2 ** bits - 1);

/** a op b, or a op 2 * b with that saturated first. */
const saturating =
  (op: number, doubles: boolean): Emit =>
  (x, w) => {
    if (doubles) {
      b(x, w);
      w.op(W.extendS, W.i64, 1, W.shl64);
      w.set(Local.Long);
      saturateTo(w, 32, true);
    }
    a(x, w);
    w.op(W.extendS);
    if (doubles) w.get(Local.S0);
    else b(x, w);
    w.op(W.extendS, op);
    w.set(Local.Long);
    saturateTo(w, 32, true);
    w.get(Local.S0);
    w.set(local(x.d));
  };
/** SSAT, USAT. */
const saturateOne =
  (signed: boolean): Emit =>
  (x, w) => {
    a(x, w);
    w.op(W.extendS);
    w.set(Local.Long);
    saturateTo(w, x.i, signed);
    w.get(Local.S0);
    w.set(local(x.d));
  };
/** SSAT16, USAT16. */
const saturateHalves =
  (signed: boolean): Emit =>
  (x, w) => {
    a(x, w);
    w.op(W.extend16, W.extendS);
    w.set(Local.Long);
    saturateTo(w, x.i, signed);
    w.get(Local.S0);
    by(w, 0xffff, W.and);
    w.set(Local.S1);
    a(x, w);
    by(w, 16, W.shrS);
    w.op(W.extendS);
    w.set(Local.Long);
    saturateTo(w, x.i, signed);
    w.get(Local.S0);
    by(w, 16, W.shl);
    w.get(Local.S1);
    w.op(W.or);
    w.set(local(x.d));
  };

// Multiplication.

/** Pushes a.lo * b.lo op a.hi * b.hi, 64 bits. */
function dualProduct(x: Inst, w: Writer, op: number): void {
  a(x, w);
  w.op(W.extend16);
  b(x, w);
  w.op(W.extend16, W.mul, W.extendS);
  a(x, w);
  by(w, 16, W.shrS);
  b(x, w);
  by(w, 16, W.shrS, W.mul);
  w.op(W.extendS, op);
}
const dual =
  (op: number): Emit =>
  (x, w) => {
    dualProduct(x, w, op);
    w.get(local(x.c));
    w.op(W.extendS, W.add64);
    w.set(Local.Long);
    wrapToD(x, w);
  };
/** d is the low word of Long; Q when that is not all of it. */
function wrapToD(x: Inst, w: Writer): void {
  w.get(Local.Long);
  w.op(W.wrap);
  w.set(Local.S0);
  setQ(w);
  w.get(Local.S0);
  w.set(local(x.d));
}
const dualLong =
  (op: number): Emit =>
  (x, w) => {
    dualProduct(x, w, op);
    w.get(local(x.e));
    w.op(W.extendU, W.i64, 32, W.shl64);
    w.get(local(x.d));
    w.op(W.extendU, W.or64, W.add64);
    w.set(Local.Long);
    w.get(Local.Long);
    w.op(W.wrap);
    w.set(local(x.d));
    w.get(Local.Long);
    w.op(W.i64, 32, W.shrU64, W.wrap);
    w.set(local(x.e));
  };
/** SMMLA, SMMLS: the most significant word of c:0 op a * b, rounded when i. */
const mostSignificant =
  (op: number): Emit =>
  (x, w) => {
    w.get(local(x.c));
    w.op(W.extendU, W.i64, 32, W.shl64);
    a(x, w);
    w.op(W.extendS);
    b(x, w);
    w.op(W.extendS, W.mul64, op);
    if (x.i) w.op(W.i64, 1, W.i64, 31, W.shl64, W.add64);
    w.op(W.i64, 32, W.shrU64, W.wrap);
    w.set(local(x.d));
  };

const usada8: Emit = (x, w) => {
  w.get(local(x.c));
  for (let k = 0; k < 4; k++) {
    lane(w, () => a(x, w), k, 8, true);
    lane(w, () => b(x, w), k, 8, true);
    w.op(W.sub);
    w.tee(Local.S0);
    w.get(Local.S0);
    by(w, 31, W.shrS, W.xor);
    w.get(Local.S0);
    by(w, 31, W.shrU, W.add, W.add);
  }
  w.set(local(x.d));
};

const rbit: Emit = (x, w) => {
  a(x, w);
  w.set(Local.S0);
  for (const [shift, mask] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
  ]) {
    w.get(Local.S0);
    by(w, shift, W.shrU);
    by(w, mask, W.and);
    w.get(Local.S0);
    by(w, mask, W.and);
    by(w, shift, W.shl, W.or);
    w.set(Local.S0);
  }
  w.get(Local.S0);
  by(w, 8, W.rotl);
  by(w, 0x00ff00ff, W.and);
  w.get(Local.S0);
  by(w, 8, W.rotr);
  by(w, 0xff00ff00, W.and, W.or);
  w.set(local(x.d));
};

const emitters: (Emit | undefined)[] = [];
emitters[Op.parallel] = parallel;
emitters[Op.sel] = sel;
emitters[Op.usada8] = usada8;
emitters[Op.rbit] = rbit;
emitters[Op.sxtb16] = (x, w) => {
  a(x, w);
  w.op(W.extend8);
  by(w, 0xffff, W.and);
  a(x, w);
  by(w, 8, W.shl);
  by(w, 24, W.shrS);
  by(w, 16, W.shl, W.or);
  w.set(local(x.d));
};
emitters[Op.qadd] = saturating(W.add64, false);
emitters[Op.qsub] = saturating(W.sub64, false);
emitters[Op.qdadd] = saturating(W.add64, true);
emitters[Op.qdsub] = saturating(W.sub64, true);
emitters[Op.addq] = (x, w) => {
  a(x, w);
  w.op(W.extendS);
  b(x, w);
  w.op(W.extendS, W.add64);
  w.set(Local.Long);
  wrapToD(x, w);
};
emitters[Op.ssat] = saturateOne(true);
emitters[Op.usat] = saturateOne(false);
emitters[Op.ssat16] = saturateHalves(true);
emitters[Op.usat16] = saturateHalves(false);
emitters[Op.smlad] = dual(W.add64);
emitters[Op.smlsd] = dual(W.sub64);
emitters[Op.smlald] = dualLong(W.add64);
emitters[Op.smlsld] = dualLong(W.sub64);
emitters[Op.smmla] = mostSignificant(W.add64);
emitters[Op.smmls] = mostSignificant(W.sub64);

/** The code for a media op; undefined for other ops. */
export function mediaEmitter(op: number): Emit | undefined {
  return emitters[op];
}
