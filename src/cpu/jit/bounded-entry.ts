import { GRANULE_SHIFT, WRITE } from "../../memory/mod.ts";
import type { BoundedLoop } from "./bounded.ts";
import type { Place } from "./counted.ts";
import { LOW, OUT, startOf } from "./counted-places.ts";
import { Local, WORK_SHIFT } from "./layout.ts";
import type { Readable } from "./readable.ts";
import { W, type Writer } from "./wasm.ts";

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
  const { shift, step, most, store, low, high } = place;
  const way = (times - 1) * (step ?? 0);
  const first = low + Math.min(way, 0);
  const size = high - low + Math.abs(way) + (most === undefined ? 0 : most << shift);
  startOf(w, place, first);
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
