import { NONE } from "../ir/ops.ts";
import type { Readable } from "./readable.ts";
import { type CountedLoop, margin, MARGIN } from "./counted.ts";
import { askPlaces, LAST, MAX_STORED, OUT, TIMES } from "./counted-places.ts";
import { Local, local, WORK_SHIFT } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

// What is to be known before the second version of a counted loop is entered, and how it goes on.

/** Iterations at once: below the first there is nothing to be won. */
const LEAST = 3;
const MOST = 1 << 20;
/** Bulk loops do these better. */
const BULK = 32;
/** What registers add to a counter; eight times that is no sum beyond 32 bits. */
const MAX_WAY = 1 << 26;
/** Numbers up to here can be divided as signed ones, which the host does by multiplication. */
const MAX_SPAN = 1 << 30;

/** Where the second version ends; no way out needs Key within it. */
const BOUND = Local.Key;

/**
 * Goes to the loop as it is when something of the iterations to come might be refused or they are few. Otherwise BOUND is where they
 * end: before the last one, when the units or the memory that has been looked at do not last for all. `units`: an iteration uses up so many,
 * and the last one is the business of the loop as it is.
 */
export function emitEntry(
  w: Writer,
  loop: CountedLoop,
  readable: Readable,
  key: number,
  units?: number,
): void {
  const { places, step, by, equal, relation } = loop;
  const limits = places.filter((p) => p.store && p.step).map((p) => MAX_STORED / Math.abs(p.step!));
  const most = Math.floor(Math.min(MOST, ...limits));
  if (relation !== "ne") {
    pushFirst(w, loop);
    pushEnd(w, loop);
    w.op(compare(loop), W.eqz);
    w.brIf(OUT);
    emitMargin(w, loop);
  }
  // The way from the first comparison to the end.
  if (relation === "down" || step < 0) {
    pushFirst(w, loop);
    pushEnd(w, loop);
  } else {
    pushEnd(w, loop);
    pushFirst(w, loop);
  }
  w.op(W.sub);
  w.set(TIMES);
  const pushUnits = (): void => {
    w.get(Local.Work);
    w.const64(WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
    if (units === undefined || units === 1) return;
    w.const(units);
    w.op(W.divU);
  };
  if (by === NONE) {
    countTimes(w, loop);
    w.get(TIMES);
    w.set(LAST);
    if (units !== undefined) {
      w.get(TIMES);
      w.const(1);
      w.op(W.sub);
      w.set(TIMES);
    }
    if (loop.bulk) {
      w.get(TIMES);
      w.const(BULK);
      w.op(W.geU);
      w.brIf(OUT);
    }
    for (const push of [pushUnits, () => w.const(most)]) {
      w.get(TIMES);
      push();
      w.get(TIMES);
      push();
      w.op(W.ltU, W.select);
      w.set(TIMES);
    }
    w.get(TIMES);
    w.const(LEAST);
    w.op(W.ltU);
    w.brIf(OUT);
    pushEnd(w, loop);
    pushFirst(w, loop);
    w.get(TIMES);
    w.const(1);
    w.op(W.sub);
    w.const(step);
    w.op(W.mul, W.add);
    if (equal) {
      w.const(relation === "up" ? -1 : 1);
      w.op(W.add);
    }
    w.get(TIMES);
    w.get(LAST);
    w.op(W.eq, W.select);
    w.set(BOUND);
  } else countTimesBy(w, loop, by, pushUnits);
  askPlaces(w, loop, readable, key);
}

/** TIMES, which is the way to the end, becomes the number of iterations where each adds a register to the counter. */
function countTimesBy(w: Writer, loop: CountedLoop, by: number, pushUnits: () => void): void {
  w.get(local(by));
  w.const(1);
  w.op(W.sub);
  w.const(MARGIN / (2 * loop.row) - 1);
  w.op(W.geU);
  w.brIf(OUT);
  w.get(TIMES);
  if (!loop.equal) {
    w.const(1);
    w.op(W.sub);
  }
  w.tee(TIMES);
  w.const(MAX_WAY);
  w.op(W.geU);
  w.brIf(OUT);
  w.get(TIMES);
  // Few iterations are not worth a question.
  w.get(local(by));
  w.const(LEAST);
  w.op(W.mul, W.ltU);
  w.brIf(OUT);
  w.get(TIMES);
  w.get(local(by));
  w.op(W.divU);
  w.const(1);
  w.op(W.add);
  w.tee(TIMES);
  pushUnits();
  w.op(W.gtU);
  w.brIf(OUT);
  pushEnd(w, loop);
  w.set(BOUND);
}

/** Pushes 1 when the second version goes on; `toEnd`: it goes on to the end. */
export function emitGoesOn(w: Writer, loop: CountedLoop, toEnd = false): void {
  w.get(local(loop.counter));
  if (loop.behind) {
    w.const(loop.behind);
    w.op(W.sub);
  }
  if (toEnd) pushEnd(w, loop);
  else w.get(BOUND);
  w.op(compare(loop));
}

/** Pushes 1 when the second version goes on for at least a row of iterations, the last of which may be the last of all. */
export function emitGoesOnForRow(w: Writer, loop: CountedLoop): void {
  const { counter, before, step, by, relation, row } = loop;
  if (relation === "ne") {
    // The end is reached exactly. It has been passed when the last iteration was the last of all.
    const [from, to] = step > 0 ? [counter, NONE] : [NONE, counter];
    for (const r of [to, from])
      if (r === NONE) w.get(BOUND);
      else pushFirst(w, loop);
    w.op(W.sub);
    w.const(Math.abs(step) * (row - 1));
    w.op(W.geS);
    return;
  }
  w.get(local(counter));
  if (by === NONE) w.const(before + step * (row - 2));
  else {
    w.get(local(by));
    w.const(row - 1);
    w.op(W.mul);
  }
  w.op(W.add);
  w.get(BOUND);
  w.op(compare(loop));
}

/** The op that says whether to go on from a value of the counter and the end. */
function compare({ relation, signed, equal }: CountedLoop): number {
  if (relation === "ne") return W.ne;
  const strict = relation === "up" ? [W.ltU, W.ltS] : [W.gtU, W.gtS];
  const other = relation === "up" ? [W.leU, W.leS] : [W.geU, W.geS];
  return (equal ? other : strict)[signed ? 1 : 0];
}

/** What is compared first; of a register that steps by another one: what it is when the loop is entered. */
function pushFirst(w: Writer, { counter, before }: CountedLoop): void {
  w.get(local(counter));
  if (before === 0) return;
  w.const(before);
  w.op(W.add);
}
function pushEnd(w: Writer, { end }: CountedLoop): void {
  if (end.r === NONE) w.const(end.k);
  else w.get(local(end.r));
}

/** Goes to the loop as it is when the counter might go over the end of all numbers before it is compared. */
function emitMargin(w: Writer, { end, relation, signed }: CountedLoop): void {
  if (end.r === NONE) return;
  const { lowest, count } = margin(relation === "down", signed);
  w.get(local(end.r));
  w.const(lowest);
  w.op(W.sub);
  w.const(count);
  w.op(W.geU);
  w.brIf(OUT);
}

/** TIMES, which is the way to the end, becomes the number of iterations. */
function countTimes(w: Writer, { step, relation, equal }: CountedLoop): void {
  const size = Math.abs(step);
  if (size > 1) {
    w.get(TIMES);
    w.const(MAX_SPAN);
    w.op(W.geU);
    w.brIf(OUT);
  }
  const power = (size & (size - 1)) === 0;
  const divide = (): void => {
    if (size === 1) return;
    w.const(power ? 31 - Math.clz32(size) : size);
    w.op(power ? W.shrU : W.divS);
  };
  if (relation === "ne" && size > 1) {
    w.get(TIMES);
    w.get(TIMES);
    divide();
    w.tee(TIMES);
    w.const(size);
    w.op(W.mul, W.ne);
    w.brIf(OUT);
    w.get(TIMES);
  } else {
    w.get(TIMES);
    if (relation !== "ne" && !equal && size > 1) {
      w.const(size - 1);
      w.op(W.add);
    }
    divide();
  }
  w.const(equal ? 2 : 1);
  w.op(W.add);
  w.set(TIMES);
}
