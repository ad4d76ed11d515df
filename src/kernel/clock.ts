import { TICK_PER_SECOND } from "./abi/constants.ts";
import { Answer, type KernelWords } from "./attention.ts";
import type { KernelOptions, SchedulePolicy, WallClock } from "./types.ts";

/**
 * Units of execution (cpu/types.ts) of one tick of 10 ms in virtual time. A unit is a loop iteration or a call, about ten
 * instructions; 100 ns for it is a core of about 100 MIPS, what the reference board's users have. Fewer units would end polling loops
 * sooner but let time-outs hit code that has long finished on a board.
 */
export const UNITS_PER_TICK = 100_000;

const NS_PER_TICK = 1e9 / TICK_PER_SECOND;
const NS_PER_UNIT = NS_PER_TICK / UNITS_PER_TICK;
const MS_PER_TICK = 1000 / TICK_PER_SECOND;

/** Units between two looks at the wall clock in real time: well below a tick on every engine. */
const REALTIME_SLICE_UNITS = 20_000;

/**
 * When more ticks than these are overdue in real time, because the host slept, time leaps: timers that expired in between expire once.
 */
const MAX_CATCH_UP_TICKS = 10 * TICK_PER_SECOND;

/** Reference boards' soft RTC starts at 2018-01-01 00:00:00 UTC. */
export const RTC_BOOT = 1514764800;

/** When ticks happen: every UNITS_PER_TICK units, or by the host's clock. */
export class Clock {
  private ticks = 0;
  /** Units executed since boot. */
  units = 0;
  private readonly wall: WallClock | undefined;
  private readonly schedule: SchedulePolicy | undefined;
  private nextUnits = UNITS_PER_TICK;
  private nextWall = 0;
  /** Milliseconds of the host's clock when it was last looked at. */
  private seen = 0;

  constructor(
    options: KernelOptions,
    private readonly words: KernelWords,
  ) {
    this.tick = 0;
    this.wall = options.wall;
    this.schedule = options.schedule;
    if (this.wall !== undefined) this.nextWall = this.wall.now() + MS_PER_TICK;
  }

  /** rt_tick. */
  get tick(): number {
    return this.ticks;
  }
  set tick(tick: number) {
    this.ticks = tick;
    this.words.setAnswer(Answer.Tick, tick);
  }

  get isVirtual(): boolean {
    return this.wall === undefined;
  }

  /** Units the engine may run before somebody must look at the clock. */
  budget(): number {
    if (this.wall !== undefined) return REALTIME_SLICE_UNITS;
    const left = this.nextUnits - this.units;
    // A tick is due but held off: interrupts are masked, or a handler runs.
    return left > 0 ? left : UNITS_PER_TICK;
  }

  /** A tick interrupt is pending; `ahead` units of the running slice are not counted in `units` yet. */
  due(ahead = 0): boolean {
    return this.wall === undefined
      ? this.units + ahead >= this.nextUnits
      : (this.seen = this.wall.now()) >= this.nextWall;
  }

  /** Real time: ticks that are pending. */
  private overdue(): number {
    const late = this.wall === undefined ? 0 : this.wall.now() - this.nextWall;
    return late < 0 ? 0 : Math.floor(late / MS_PER_TICK) + 1;
  }

  /**
   * Takes the pending tick interrupt. When nothing can happen before `quiet` ticks have passed, real time catches up with at most as
   * many at once. Returns how many ticks were passed over.
   */
  take(quiet: number): number {
    let over = 0;
    if (this.wall === undefined) {
      // A tick that was held off by masked interrupts is late, and those behind it are lost, as on the board.
      this.nextUnits += this.schedule?.tickUnits() ?? UNITS_PER_TICK;
      if (this.nextUnits <= this.units) this.nextUnits = this.units + UNITS_PER_TICK;
    } else {
      const overdue = this.overdue();
      over = Math.max(0, overdue > MAX_CATCH_UP_TICKS ? overdue - 1 : Math.min(overdue, quiet) - 1);
      this.nextWall += (over + 1) * MS_PER_TICK;
    }
    this.tick = (this.tick + over + 1) >>> 0;
    return over;
  }

  /** Virtual time only: nothing happens for `ticks` ticks but the last, which becomes due now. */
  skip(ticks: number): void {
    this.units = this.nextUnits;
    if (ticks <= 1) return;
    this.tick = (this.tick + ticks - 1) >>> 0;
    this.units += (ticks - 1) * UNITS_PER_TICK;
    this.nextUnits = this.units;
  }

  /** Simulated nanoseconds since boot; `ahead` units of the running slice are not counted in `units` yet. */
  nanoseconds(ahead: number): number {
    if (this.wall === undefined) return (this.units + ahead) * NS_PER_UNIT;
    this.seen = this.wall.now();
    return this.lately(ahead);
  }

  /** The same as of the last look at the host's clock, which is less than a tick ago while guest code runs. */
  lately(ahead: number): number {
    if (this.wall === undefined) return this.nanoseconds(ahead);
    const intoTick = Math.min(1, Math.max(0, 1 - (this.nextWall - this.seen) / MS_PER_TICK));
    return (this.tick + intoTick) * NS_PER_TICK;
  }
}
