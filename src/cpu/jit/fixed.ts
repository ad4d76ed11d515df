import { NONE } from "../ir/ops.ts";
import { MOST_LOADED, MOST_STORED } from "./bounded.ts";
import type { CountedLoop, Place } from "./counted.ts";
import type { Knowledge } from "./known.ts";
import type { Readable } from "./readable.ts";
import { isAssumed, type Surroundings } from "./surroundings.ts";

// Counted loops of which it is known when they are translated how often they go round: they have no questions about that, and those
// that do little are written out.

/** Iterations that are counted here. */
const MOST_TIMES = 256;
/** Ops of a loop that is written out. */
const MAX_OUT = 72;

export interface FixedLoop {
  readonly times: number;
  /** Iterations in a row: all of them, or a part that fits. */
  readonly row: number;
  /** Places of which it is not known that all iterations may touch them. */
  readonly asked: readonly Place[];
  /** Ranges that it relies on being able to store to: start, end, ... */
  readonly stores: readonly number[];
}

/** The loop as such a one, `before` being what is known where it is entered. */
export function fixedLoop(
  loop: CountedLoop,
  before: Knowledge,
  surroundings: Surroundings,
): FixedLoop | undefined {
  const { quiet, calculates, by } = loop;
  if (!(quiet || (calculates && surroundings.ordinaryNumbers)) || by !== NONE) return undefined;
  const { counter, end, step } = loop;
  const first = before.of(counter);
  const last = end.r === NONE ? undefined : before.of(end.r);
  if (first.least !== first.most || (last && last.least !== last.most)) return undefined;
  const goesOn = relationOf(loop, last ? last.least : end.k);
  let value = (first.least + loop.before) | 0;
  let times = 1;
  for (; goesOn(value); value = (value + step) | 0) if (++times > MOST_TIMES) return undefined;
  if (times < 2 || (loop.bulk && times >= 32)) return undefined;
  const stores: number[] = [];
  const asked = loop.places.filter((place) => {
    if (isAllowed(place, times, before, surroundings.readable)) return false;
    const range = rangeOf(place, times, before);
    if (!range || !isAssumed(surroundings, ...range)) return true;
    stores.push(...range);
    return false;
  });
  if (!asked.every((place) => canAsk(place, times, surroundings.readable))) return undefined;
  if (times * loop.branch <= MAX_OUT) return { times, row: times, asked, stores };
  if (!quiet) return undefined;
  let row = loop.row;
  while (times % row !== 0) row--;
  return { times, row, asked, stores };
}

/** Whether the loop goes on from a value of the counter, 32 bits. */
function relationOf({ relation, signed, equal }: CountedLoop, end: number): (v: number) => boolean {
  const number = (v: number): number => (signed ? v | 0 : v >>> 0);
  const to = number(end);
  if (relation === "ne") return (v) => number(v) !== to;
  if (relation === "up") return (v) => (equal ? number(v) <= to : number(v) < to);
  return (v) => (equal ? number(v) >= to : number(v) > to);
}

/** Bytes that so many iterations touch, from the address of the first iteration on. */
function spanOf({ step, low, high, most, shift }: Place, times: number): readonly [number, number] {
  const way = (times - 1) * step!;
  return [
    low + Math.min(way, 0),
    high + Math.max(way, 0) + (most === undefined ? 0 : most << shift),
  ];
}
/** Whether one question about all iterations makes sense. */
function canAsk(place: Place, times: number, readable: Readable): boolean {
  const [low, high] = spanOf(place, times);
  return high - low <= (place.store ? MOST_STORED : Math.min(MOST_LOADED, readable.size));
}
/** Whether all iterations certainly may touch the place. */
function isAllowed(place: Place, times: number, before: Knowledge, readable: Readable): boolean {
  const { base, index, most, store, aligned } = place;
  if (index !== NONE && most === undefined) return false;
  const [low, high] = spanOf(place, times);
  return before.of(base).allows(low, high, store, aligned, readable);
}
/** Where all iterations store to, when that is known. */
function rangeOf(place: Place, times: number, before: Knowledge): [number, number] | undefined {
  const { base, index, most, store, aligned } = place;
  const { least, most: last } = before.of(base);
  if (!store || least !== last || (index !== NONE && most === undefined)) return undefined;
  const [low, high] = spanOf(place, times);
  return aligned && (least + low) & 3 ? undefined : [least + low, least + high];
}
