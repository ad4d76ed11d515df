import { Slot } from "../interp/state.ts";
import type { Inst } from "../ir/ops.ts";
import { type LaneRow, laneRow } from "../ir/parallel.ts";
import { Local, local } from "./layout.ts";
import { a, b, by, type Emit, loadFile, storeFile } from "./media-operands.ts";
import { W, type Writer } from "./wasm.ts";

// Parallel addition and subtraction (ARM ARM A4.4.5), and SEL, which chooses by the flags that these leave.

/** Pushes lane k of the word. */
export function lane(
  w: Writer,
  push: () => void,
  k: number,
  width: number,
  unsigned: boolean,
): void {
  push();
  if (unsigned) {
    by(w, k * width, W.shrU);
    by(w, 2 ** width - 1, W.and);
  } else {
    by(w, 32 - width - k * width, W.shl);
    by(w, 32 - width, W.shrS);
  }
}
/** S0 brought into [low, high]. */
function clamp(w: Writer, low: number, high: number): void {
  for (const [limit, beyond] of [
    [low, W.ltS],
    [high, W.gtS],
  ]) {
    w.const(limit);
    w.get(Local.S0);
    w.get(Local.S0);
    by(w, limit, beyond, W.select);
    w.set(Local.S0);
  }
}
/** Lane by lane; the result gathers in S1, GE in S2. */
function lanes(x: Inst, w: Writer, row: LaneRow): void {
  const { width, exchange, signs, unsigned, kind } = row;
  signs.forEach((sign, k) => {
    lane(w, () => a(x, w), k, width, unsigned);
    lane(w, () => b(x, w), exchange ? k ^ 1 : k, width, unsigned);
    w.op(sign > 0 ? W.add : W.sub);
    w.set(Local.S0);
    if (row.setsGE) {
      w.get(Local.S0);
      if (unsigned && sign > 0) by(w, width, W.shrU);
      else {
        by(w, 31, W.shrU);
        by(w, 1, W.xor);
      }
      by(w, (width === 8 ? 1 : 3) << ((k * width) >> 3), W.mul);
      gather(w, Local.S2, k);
    }
    if (kind === "saturate") {
      if (unsigned) clamp(w, 0, 2 ** width - 1);
      else clamp(w, -(2 ** (width - 1)), 2 ** (width - 1) - 1);
    }
    w.get(Local.S0);
    if (kind === "halve") by(w, 1, W.shrS);
    by(w, 2 ** width - 1, W.and);
    by(w, k * width, W.shl);
    gather(w, Local.S1, k);
  });
  if (row.setsGE) storeFile(w, Slot.GE, () => w.get(Local.S2));
  w.get(Local.S1);
  w.set(local(x.d));
}
function gather(w: Writer, into: number, k: number): void {
  if (k > 0) {
    w.get(into);
    w.op(W.or);
  }
  w.set(into);
}

/** UADD8, which functions of the C library look for zero bytes with: all lanes at once. */
function uadd8(x: Inst, w: Writer): void {
  a(x, w);
  by(w, 0x7f7f7f7f, W.and);
  b(x, w);
  by(w, 0x7f7f7f7f, W.and, W.add);
  a(x, w);
  b(x, w);
  w.op(W.xor);
  by(w, 0x80808080, W.and, W.xor);
  w.set(Local.S0);
  storeFile(w, Slot.GE, () => {
    // Carries out of the lanes, as of a sum, are in bits 7, 15, 23, 31.
    a(x, w);
    b(x, w);
    w.op(W.and);
    a(x, w);
    b(x, w);
    w.op(W.or);
    w.get(Local.S0);
    by(w, -1, W.xor, W.and, W.or);
    by(w, 7, W.shrU);
    by(w, 0x01010101, W.and);
    // They meet in bits 27:24.
    by(w, 0x01020408, W.mul);
    by(w, 24, W.shrU);
    by(w, 15, W.and);
  });
  w.get(Local.S0);
  w.set(local(x.d));
}

export const sel: Emit = (x, w) => {
  a(x, w);
  b(x, w);
  w.op(W.xor);
  // Bit k of GE goes to bit 8 k, and from there to the whole byte.
  loadFile(w, Slot.GE);
  by(w, 0x00204081, W.mul);
  by(w, 0x01010101, W.and);
  by(w, 255, W.mul, W.and);
  b(x, w);
  w.op(W.xor);
  w.set(local(x.d));
};

export const parallel: Emit = (x, w) => {
  const row = laneRow(x.i);
  if (row.name === "uadd8") uadd8(x, w);
  else lanes(x, w, row);
};
