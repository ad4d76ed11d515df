import { GRANULE_SHIFT, WRITE } from "../../memory/mod.ts";
import { NONE } from "../ir/ops.ts";
import type { BoundedLoop } from "./bounded.ts";
import type { Place } from "./counted.ts";
import { Local, local, WORK_SHIFT } from "./layout.ts";
import type { Readable } from "./readable.ts";
import { W, type Writer } from "./wasm.ts";

/** The way to the loop as it is. */
const OUT = 1;
const LOW = Local.S1;
/** Iterations to come; no way out needs Key before it sets it. */
export const TIMES = Local.Key;

/** Sets TIMES to a number of iterations that certainly are allowed, or goes to the loop as it is when there are none. */
export function emitBounds(w: Writer, { places, most }: BoundedLoop, readable: Readable): void {
  for (const place of places) checkPlace(w, place, most, readable);
  w.get(Local.Work);
  w.const64(WORK_SHIFT);
  w.op(W.shrS64, W.wrap);
  w.tee(TIMES);
  w.const(most);
  w.get(TIMES);
  w.const(most);
  w.op(W.ltU, W.select);
  w.tee(TIMES);
  w.op(W.eqz);
  w.brIf(OUT);
}

/** Goes to the loop as it is (the second label) unless so many iterations may access the place. */
export function checkPlace(w: Writer, place: Place, times: number, readable: Readable): void {
  const { base, index, shift, step, most, store, low, high, aligned } = place;
  w.get(local(base));
  if (index !== NONE && most === undefined) {
    w.get(local(index));
    if (shift) {
      w.const(shift);
      w.op(W.shl);
    }
    w.op(W.add);
  }
  const way = (times - 1) * (step ?? 0);
  const first = low + Math.min(way, 0);
  const size = high - low + Math.abs(way) + (most === undefined ? 0 : most << shift);
  if (first) {
    w.const(first);
    w.op(W.add);
  }
  w.set(LOW);
  if (aligned) {
    w.get(LOW);
    w.const(3);
    w.op(W.and);
    w.brIf(OUT);
  }
  w.get(LOW);
  if (!store) {
    w.const(readable.start);
    w.op(W.sub);
    w.const(readable.size - size + 1);
    w.op(W.geU);
    w.brIf(OUT);
    return;
  }
  w.const(GRANULE_SHIFT);
  w.op(W.shrU);
  w.set(LOW);
  w.get(LOW);
  w.memory(W.load, 0);
  // Wherever it begins, it is in so many granules.
  if (1 + Math.ceil((size - 1) / (1 << GRANULE_SHIFT)) > 4) {
    w.get(LOW);
    w.memory(W.load, 4);
    w.op(W.and);
  }
  for (const op of [W.and, W.ne]) {
    w.const(WRITE * 0x01010101);
    w.op(op);
  }
  w.brIf(OUT);
}
