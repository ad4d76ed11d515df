import { type GuestMemory, IntMap } from "../memory/mod.ts";
import { TICK_MAX_HALF } from "./abi/constants.ts";
import { TIMER } from "./abi/layout.ts";
import { listNext } from "./list.ts";

/** Fewer timers are looked through one after the other. */
const FEW = 16;
/** A timer that is overdue by less still comes before one that is not. */
const LATE = 0x40000000;
/** Timers of a piece of the order: moving them is as cheap as to find one among so many pieces. */
const PIECE = 128;

/** Neighbours in the order: addresses of timers, and the time-outs they were started with. Never empty. */
interface Piece {
  readonly timers: number[];
  readonly times: number[];
}

/**
 * Where in a list of running timers one belongs, without a walk over thousands: the running timers in their order, beside the links in
 * guest memory, which are what counts. What a program overwrote there shows as a neighbour in the wrong place; then the list is walked
 * as on the board.
 */
export class TimerOrder {
  private readonly pieces: Piece[] = [];
  private readonly members = new IntMap<true>();

  constructor(
    private readonly memory: GuestMemory,
    /** Address of the list's head. */
    private readonly head: number,
  ) {}

  /** The list node behind which a timer of that time-out belongs; undefined when the list has to be walked. */
  nodeBefore(time: number, now: number): number | undefined {
    const { memory, head, pieces } = this;
    if (this.members.size < FEW) return undefined;
    const piece = this.pieceFor(time, now);
    const { timers, times } = pieces[piece];
    const at = behind(times, time, now);
    // The first piece is also that of times before all.
    const before = at > 0 ? timers[at - 1] : 0;
    const after = at < timers.length ? timers[at] : (pieces[piece + 1]?.timers[0] ?? 0);
    const node = before === 0 ? head : TIMER.row.at(before);
    if (listNext(memory, node) !== (after === 0 ? head : TIMER.row.at(after))) return undefined;
    if (before !== 0 && this.until(before, time) >= TICK_MAX_HALF) return undefined;
    if (after !== 0 && this.until(after, time) < TICK_MAX_HALF) return undefined;
    return node;
  }

  /** Ticks from the time-out of a timer to `time`, modulo 2^32. */
  private until(timer: number, time: number): number {
    return (time - TIMER.timeout_tick.get(this.memory, timer)) >>> 0;
  }

  add(timer: number, time: number, now: number): void {
    this.remove(timer, now);
    this.members.set(timer, true);
    const { pieces } = this;
    if (pieces.length === 0) pieces.push({ timers: [], times: [] });
    const index = this.pieceFor(time, now);
    const { timers, times } = pieces[index];
    const at = behind(times, time, now);
    timers.splice(at, 0, timer);
    times.splice(at, 0, time);
    if (timers.length > PIECE)
      pieces.splice(index + 1, 0, {
        timers: timers.splice(PIECE / 2),
        times: times.splice(PIECE / 2),
      });
  }

  remove(timer: number, now: number): void {
    if (!this.members.delete(timer)) return;
    const { pieces } = this;
    const time = TIMER.timeout_tick.get(this.memory, timer);
    let index = this.pieceFor(time, now);
    let at = pieces[index].timers.indexOf(timer);
    // Timers of the same time may begin in a piece before.
    while (at < 0 && index > 0 && pieces[index].times[0] === time)
      at = pieces[--index].timers.indexOf(timer);
    if (at < 0) {
      // The program changed the time-out, or time leapt.
      index = pieces.findIndex(({ timers }) => timers.includes(timer));
      at = pieces[index].timers.indexOf(timer);
    }
    pieces[index].timers.splice(at, 1);
    pieces[index].times.splice(at, 1);
    if (pieces[index].timers.length === 0) pieces.splice(index, 1);
  }

  /** The last piece whose first timer expires at `time` or before; the first one when there is none. */
  private pieceFor(time: number, now: number): number {
    const { pieces } = this;
    const wanted = order(time, now);
    let low = 0;
    let high = pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order(pieces[middle].times[0], now) <= wanted) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** What times are compared by: the tick counter wraps around. */
const order = (time: number, now: number): number => (time - now + LATE) >>> 0;

/** The place behind all of the times that are `time` or before. */
function behind(times: readonly number[], time: number, now: number): number {
  const wanted = order(time, now);
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(times[middle], now) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
