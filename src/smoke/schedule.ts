import { type SchedulePolicy, UNITS_PER_TICK } from "../kernel/mod.ts";

/**
 * Mean units between the first ends of slices: a run uses one of them, so that coarse and fine interleavings are tried. A small
 * program is over after some hundred units.
 */
const PERIODS = [3, 10, 30, 100, 400, 2000] as const;
/** After so many ends the mean has doubled, so that long programs are not slowed down without end. */
const DOUBLING = 256;
/** Instructions behind a unit that are looked at for a place to end a slice: longer than most loop bodies. */
const STEPS_MAX = 24;

/**
 * The schedule with that number. The same number gives the same schedule of the same program; 0 is that of the board (undefined).
 * Ticks last from half to one and a half times as long as usual; between equal threads a slice may end at any instruction, and any
 * of those that are ready may be next. Priorities, wait queues and time-outs are as ever.
 */
export function scheduleOf(seed: number): SchedulePolicy | undefined {
  if (seed === 0) return undefined;
  const random = generator(seed);
  const period = PERIODS[seed % PERIODS.length];
  const below = (limit: number): number => Math.floor(random() * limit);
  let ends = 0;
  return {
    tickUnits: () => UNITS_PER_TICK / 2 + below(UNITS_PER_TICK),
    untilPreemption: () => 1 + below(2 * period * (1 + ends++ / DOUBLING)),
    stepsBefore: () => below(STEPS_MAX),
    choose: below,
  };
}

/** splitmix32: numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
