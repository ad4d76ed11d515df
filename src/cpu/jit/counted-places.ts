import { GRANULE_SHIFT, WRITE } from "../../memory/mod.ts";
import { NONE } from "../ir/ops.ts";
import type { CountedLoop, Place } from "./counted.ts";
import * as layout from "./layout.ts";
import { FILE, Local, local } from "./layout.ts";
import type { Readable } from "./readable.ts";
import { W, type Writer } from "./wasm.ts";

// What is to be known of memory before the second version of a counted loop is entered.

/** Bytes of one place whose rights are looked at. */
export const MAX_STORED = 1 << 16;
/** The way to the loop as it is: within the loop that comes back here is the second version. */
export const OUT = 1;
/** How many iterations are asked about. */
export const TIMES = Local.S0;
export const LOW = Local.S1;
export const LAST = Local.S2;

/** Goes to the loop as it is unless TIMES iterations may access all of its places. */
export function askPlaces(w: Writer, loop: CountedLoop, readable: Readable, key: number): void {
  const { places } = loop;
  // What can be stored to can be read.
  const asked = places.filter((p) => p.store || !places.some((q) => q.store && covers(q, p)));
  for (const p of asked) askPlace(w, loop, p, readable, windowOf(key, places.indexOf(p)));
}

/** Whether whoever may access `a` may access `b`, but for the right to store. */
function covers(a: Place, b: Place): boolean {
  return (
    a.base === b.base &&
    a.index === b.index &&
    a.shift === b.shift &&
    a.step === b.step &&
    a.most === b.most &&
    a.low <= b.low &&
    a.high >= b.high &&
    // Both begin at a multiple of 4 from the base.
    (!b.aligned || (a.aligned && ((a.low - b.low) & 3) === 0))
  );
}

/** LOW becomes the address so many bytes from where the place is now; goes to the loop as it is when that is not aligned as it has to be. */
export function startOf(
  w: Writer,
  { base, index, shift, most, aligned }: Place,
  offset: number,
): void {
  w.get(local(base));
  if (index !== NONE && most === undefined) {
    w.get(local(index));
    if (shift) {
      w.const(shift);
      w.op(W.shl);
    }
    w.op(W.add);
  }
  if (offset) {
    w.const(offset);
    w.op(W.add);
  }
  w.set(LOW);
  if (aligned) {
    w.get(LOW);
    w.const(3);
    w.op(W.and);
    w.brIf(OUT);
  }
}

/** Goes to the loop as it is unless all that is accessed there can be. */
function askPlace(
  w: Writer,
  loop: CountedLoop,
  place: Place,
  readable: Readable,
  window: number,
): void {
  const { index, shift, step, most, store, low, high } = place;
  startOf(w, place, low);
  const size = high - low;
  // The last byte.
  w.get(LOW);
  if (most !== undefined) w.const((most << shift) + size - 1);
  else if (step === 0) w.const(size - 1);
  else {
    w.get(TIMES);
    w.const(1);
    w.op(W.sub);
    if (step === undefined) {
      // The counter, or it as an index.
      w.get(local(loop.by));
      w.op(W.mul);
      w.const(index === loop.counter ? shift : 0);
      w.op(W.shl);
    } else {
      w.const(Math.abs(step));
      w.op(W.mul);
    }
    w.tee(LAST);
    if (step !== undefined && step < 0) {
      // Down to there, and up to the end of the first.
      w.op(W.drop);
      w.const(size - 1);
    } else {
      w.const(size - 1);
      w.op(W.add);
    }
  }
  w.op(W.add);
  if (step !== undefined && step < 0) {
    w.get(LOW);
    w.get(LAST);
    w.op(W.sub);
    w.set(LOW);
  }
  w.set(LAST);
  if (!store) {
    for (const at of [LOW, LAST]) {
      w.get(at);
      w.const(readable.start);
      w.op(W.sub);
      w.const(readable.size);
      w.op(W.geU);
      w.brIf(OUT);
    }
    return;
  }
  checkStored(w, window);
}

/** Goes to the loop as it is unless the granules of [LOW, LAST] can be stored to. */
function checkStored(w: Writer, window: number): void {
  // Not over the end of all addresses, and not too much.
  w.get(LAST);
  w.get(LOW);
  w.op(W.sub);
  w.const(2 * MAX_STORED);
  w.op(W.geU);
  w.brIf(OUT);
  for (const at of [LOW, LAST]) {
    w.get(at);
    w.const(GRANULE_SHIFT);
    w.op(W.shrU);
    w.set(at);
  }
  const RIGHTS = WRITE * 0x01010101;
  const pushRights = (): void => {
    w.get(LOW);
    w.memory(W.load, 0);
  };
  const load = (offset: number): void => {
    w.const(FILE);
    w.memory(W.load, offset);
  };
  const store = (offset: number, push: () => void): void => {
    w.const(FILE);
    push();
    w.memory(W.store, offset);
  };
  w.open(W.block);
  // In the range that was found the last time?
  w.open(W.block);
  load(layout.EPOCH);
  load(window + 8);
  w.op(W.ne);
  w.brIf(0);
  w.get(LOW);
  load(window);
  w.op(W.sub);
  load(window + 4);
  w.op(W.geU);
  w.brIf(0);
  w.get(LAST);
  load(window);
  w.op(W.sub);
  load(window + 4);
  w.op(W.ltU);
  w.brIf(1);
  w.end();
  store(window, () => w.get(LOW));
  store(window + 4, () => w.const(0));
  w.open(W.block);
  w.open(W.loop);
  w.get(LAST);
  w.get(LOW);
  w.op(W.sub);
  w.tee(Local.Address);
  w.const(3);
  w.op(W.ltU);
  w.open(W.if);
  pushRights();
  w.const(RIGHTS);
  w.const(24);
  w.get(Local.Address);
  w.const(3);
  w.op(W.shl, W.sub, W.shrU);
  w.tee(Local.Address);
  w.op(W.and);
  w.get(Local.Address);
  w.op(W.ne);
  w.brIf(OUT + 4);
  w.br(2);
  w.end();
  pushRights();
  w.const(RIGHTS);
  w.op(W.and);
  w.const(RIGHTS);
  w.op(W.ne);
  w.brIf(OUT + 3);
  w.get(LOW);
  w.const(4);
  w.op(W.add);
  w.tee(LOW);
  w.get(LAST);
  w.op(W.leU);
  w.brIf(0);
  w.end();
  w.end();
  store(window + 4, () => {
    w.get(LAST);
    load(window);
    w.op(W.sub);
    w.const(1);
    w.op(W.add);
  });
  store(window + 8, () => load(layout.EPOCH));
  w.end();
}

/** Where a place remembers which granules can be stored to. What is there is true whoever wrote it. */
function windowOf(key: number, place: number): number {
  return layout.WINDOWS + (((key >>> 2) + place * 7) % layout.WINDOW_COUNT) * layout.WINDOW_SIZE;
}
