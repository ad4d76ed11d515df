import type { GuestMemory } from "../memory/mod.ts";
import { TICK_MAX_HALF } from "./abi/constants.ts";
import { TIMER } from "./abi/layout.ts";
import { listNext } from "./list.ts";

/** Fewer timers are looked through one after the other. */
const FEW = 16;
/** A timer that is overdue by less still comes before one that is not. */
const LATE = 0x40000000;

/**
 * Where in a list of running timers one belongs, without a walk over thousands: the running timers in their order, beside the links in
 * guest memory, which are what counts. What a program overwrote there shows as a neighbour in the wrong place; then the list is walked
 * as on the board.
 */
export class TimerOrder {
  /** Addresses of timers, and the time-outs they were started with, in the order of the list. */
  private readonly timers: number[] = [];
  private readonly times: number[] = [];
  private readonly members = new Set<number>();

  constructor(
    private readonly memory: GuestMemory,
    /** Address of the list's head. */
    private readonly head: number,
  ) {}

  /** The list node behind which a timer of that time-out belongs; undefined when the list has to be walked. */
  nodeBefore(time: number, now: number): number | undefined {
    const { timers, memory, head } = this;
    if (timers.length < FEW) return undefined;
    const at = this.behind(time, now);
    const node = at === 0 ? head : TIMER.row.at(timers[at - 1]);
    const next = at === timers.length ? head : TIMER.row.at(timers[at]);
    if (listNext(memory, node) !== next) return undefined;
    if (at > 0 && this.until(timers[at - 1], time) >= TICK_MAX_HALF) return undefined;
    if (at < timers.length && this.until(timers[at], time) < TICK_MAX_HALF) return undefined;
    return node;
  }

  /** Ticks from the time-out of a timer to `time`, modulo 2^32. */
  private until(timer: number, time: number): number {
    return (time - TIMER.timeout_tick.get(this.memory, timer)) >>> 0;
  }

  add(timer: number, time: number, now: number): void {
    this.remove(timer, now);
    const at = this.behind(time, now);
    this.timers.splice(at, 0, timer);
    this.times.splice(at, 0, time);
    this.members.add(timer);
  }

  remove(timer: number, now: number): void {
    if (!this.members.delete(timer)) return;
    const { timers, times } = this;
    let at = this.behind(TIMER.timeout_tick.get(this.memory, timer), now) - 1;
    while (at > 0 && timers[at] !== timer && times[at - 1] === times[at]) at--;
    // The program changed the time-out, or time leapt.
    if (timers[at] !== timer) at = timers.indexOf(timer);
    timers.splice(at, 1);
    times.splice(at, 1);
  }

  /** The place behind all timers that expire at `time` or before. */
  private behind(time: number, now: number): number {
    const { times } = this;
    const wanted = (time - now + LATE) >>> 0;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] - now + LATE) >>> 0 <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
