import { C, type Inst } from "../ir/ops.ts";
import type { Flags } from "./flags.ts";
import { Local } from "./layout.ts";
import { type Emit, pushA, pushB, result } from "./operands.ts";
import { W, type Writer } from "./wasm.ts";

// Shifts (ARM ARM A2.2.1).

/** Shift: by a constant, or by the low byte of a register. */
export const shift =
  (op: number): Emit =>
  (x, w, flags) => {
    if (x.kb) shiftBy(op, x, w, flags);
    else if (x.set & C) shiftWithCarry(op, x, w, flags);
    else shiftByRegister(op, x, w, flags);
  };

function shiftBy(op: number, x: Inst, w: Writer, flags: Flags): void {
  const k = x.b;
  if (x.set & C) {
    pushA(x, w);
    w.const(op === W.shl ? 32 - k : k - 1);
    w.op(W.shrU);
    w.const(1);
    w.op(W.and);
    w.set(Local.C);
    flags.wrote(C);
  }
  if (k === 32 && op !== W.shrS) w.const(0);
  else {
    pushA(x, w);
    w.const(Math.min(k, 31));
    w.op(op);
  }
  result(x, w, flags);
}

function shiftByRegister(op: number, x: Inst, w: Writer, flags: Flags): void {
  pushB(x, w);
  w.const(255);
  w.op(W.and);
  w.set(Local.S1);
  pushA(x, w);
  if (op === W.rotr) {
    w.get(Local.S1);
    w.op(op);
  } else if (op === W.shrS) {
    w.get(Local.S1);
    w.const(31);
    w.get(Local.S1);
    w.const(32);
    w.op(W.ltU, W.select, op);
  } else {
    w.get(Local.S1);
    w.op(op);
    w.const(0);
    w.get(Local.S1);
    w.const(32);
    w.op(W.ltU, W.select);
  }
  result(x, w, flags);
}

/** With carry out, in 64 bits: an amount of 0 leaves C alone, more than 33 is as 33. */
function shiftWithCarry(op: number, x: Inst, w: Writer, flags: Flags): void {
  flags.settle(C);
  pushB(x, w);
  w.const(255);
  w.op(W.and);
  w.set(Local.S1);
  if (op === W.rotr) {
    pushA(x, w);
    w.get(Local.S1);
    w.op(op);
    w.tee(Local.S0);
    w.const(31);
    w.op(W.shrU);
  } else {
    const left = op === W.shl;
    pushA(x, w);
    w.op(op === W.shrS ? W.extendS : W.extendU);
    if (!left) {
      w.op(W.i64, 1, W.shl64);
    }
    w.get(Local.S1);
    w.const(33);
    w.get(Local.S1);
    w.const(33);
    w.op(W.ltU, W.select, W.extendU);
    w.op(left ? W.shl64 : op === W.shrS ? W.shrS64 : W.shrU64);
    w.set(Local.Long);
    w.get(Local.Long);
    if (!left) w.op(W.i64, 1, W.shrU64);
    w.op(W.wrap);
    w.set(Local.S0);
    w.get(Local.Long);
    if (left) w.op(W.i64, 32, W.shrU64);
    w.op(W.wrap);
    w.const(1);
    w.op(W.and);
  }
  w.get(Local.C);
  w.get(Local.S1);
  w.op(W.select);
  w.set(Local.C);
  flags.wrote(C);
  w.get(Local.S0);
  result(x, w, flags);
}

export const rrx: Emit = (x, w, flags) => {
  flags.need(C);
  flags.pushC();
  w.const(31);
  w.op(W.shl);
  pushA(x, w);
  w.const(1);
  w.op(W.shrU, W.or);
  w.set(Local.S0);
  if (x.set & C) {
    pushA(x, w);
    w.const(1);
    w.op(W.and);
    w.set(Local.C);
    flags.wrote(C);
  }
  w.get(Local.S0);
  result(x, w, flags);
};
