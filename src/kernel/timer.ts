import type { GuestMemory } from "../memory/mod.ts";
import {
  RT_EOK,
  RT_ERROR,
  THREAD_STAT_MASK,
  THREAD_SUSPEND,
  TICK_MAX_HALF,
  TIMER_CTRL_GET_FUNC,
  TIMER_CTRL_GET_PARM,
  TIMER_CTRL_GET_REMAIN_TIME,
  TIMER_CTRL_GET_STATE,
  TIMER_CTRL_SET_FUNC,
  TIMER_CTRL_SET_PARM,
  TIMER_CTRL_GET_TIME,
  TIMER_CTRL_SET_ONESHOT,
  TIMER_CTRL_SET_PERIODIC,
  TIMER_CTRL_SET_TIME,
  TIMER_FLAG_ACTIVATED,
  TIMER_FLAG_PERIODIC,
  TIMER_FLAG_SOFT,
} from "./abi/constants.ts";
import { THREAD, TIMER } from "./abi/layout.ts";
import { callGuest, SCHEDULE, type Task } from "./call.ts";
import { callHook } from "./hook-rows.ts";
import type { Kernel } from "./kernel.ts";
import {
  listEach,
  listHasLost,
  listInit,
  listInsertAfter,
  listIsEmpty,
  listNext,
  listRemove,
} from "./list.ts";
import { TimerOrder } from "./timer-order.ts";
import { ObjectClass } from "./types.ts";

/** Two list heads and the two rings of the timer whose callback runs. */
export const TIMER_LISTS_SIZE = 32;

/** Timers: src/timer.c of RT-Thread 4.0.4 (skip list of one level). */
export class Timers {
  private readonly memory: GuestMemory;
  private readonly hard: number;
  private readonly soft: number;
  private readonly running: number;
  private readonly hardOrder: TimerOrder;
  private readonly softOrder: TimerOrder;
  /** A soft timer's callback runs: starting another one does not wake the timer thread. */
  private softBusy = false;
  /** The timers whose callbacks were called last, for reports. */
  calledHard = 0;
  calledSoft = 0;
  private readonly errands: (() => Task<void>)[] = [];
  /** TCB of the thread `timer`. */
  thread = 0;

  constructor(
    private readonly k: Kernel,
    lists: number,
  ) {
    this.memory = k.memory;
    this.hard = lists;
    this.soft = lists + 8;
    this.running = lists + 16;
    for (let head = lists; head < lists + TIMER_LISTS_SIZE; head += 8) listInit(this.memory, head);
    this.hardOrder = new TimerOrder(this.memory, this.hard);
    this.softOrder = new TimerOrder(this.memory, this.soft);
  }

  init(
    timer: number,
    name: string,
    func: number,
    parameter: number,
    ticks: number,
    flag: number,
  ): void {
    this.k.assert(timer !== 0, "timer != RT_NULL", "rt_timer_init", 223);
    this.k.objects.init(timer, ObjectClass.Timer, name);
    this.set(timer, func, parameter, ticks, flag);
  }

  create(name: string, func: number, parameter: number, ticks: number, flag: number): number {
    const timer = this.k.objects.allocate(ObjectClass.Timer, name);
    if (timer !== 0) this.set(timer, func, parameter, ticks, flag);
    return timer;
  }

  private set(timer: number, func: number, parameter: number, ticks: number, flag: number): void {
    const m = this.memory;
    TIMER.flag.set(m, timer, flag & ~TIMER_FLAG_ACTIVATED);
    TIMER.timeout_func.set(m, timer, func);
    TIMER.parameter.set(m, timer, parameter);
    TIMER.timeout_tick.set(m, timer, 0);
    TIMER.init_tick.set(m, timer, ticks);
    listInit(m, TIMER.row.at(timer));
  }

  private unlink(timer: number): void {
    listRemove(this.memory, TIMER.row.at(timer));
    this.hardOrder.remove(timer, this.k.tick);
    this.softOrder.remove(timer, this.k.tick);
  }

  private clearActive(timer: number): void {
    TIMER.flag.set(this.memory, timer, TIMER.flag.get(this.memory, timer) & ~TIMER_FLAG_ACTIVATED);
  }

  detach(timer: number): number {
    this.unlink(timer);
    this.clearActive(timer);
    this.k.objects.detach(timer);
    return RT_EOK;
  }

  delete(timer: number): number {
    this.unlink(timer);
    this.clearActive(timer);
    this.k.objects.delete(timer);
    return RT_EOK;
  }

  start(timer: number): number {
    const m = this.memory;
    this.unlink(timer);
    this.clearActive(timer);
    const ticks = TIMER.init_tick.get(m, timer);
    this.k.assert(
      ticks < TICK_MAX_HALF,
      "timer->init_tick < RT_TICK_MAX / 2",
      "rt_timer_start",
      366,
    );
    const timeout = (this.k.tick + ticks) >>> 0;
    TIMER.timeout_tick.set(m, timer, timeout);
    const isSoft = (TIMER.flag.get(m, timer) & TIMER_FLAG_SOFT) !== 0;
    const order = isSoft ? this.softOrder : this.hardOrder;
    const behind =
      order.nodeBefore(timeout, this.k.tick) ??
      this.lastUntil(isSoft ? this.soft : this.hard, timeout);
    listInsertAfter(m, behind, TIMER.row.at(timer));
    order.add(timer, timeout, this.k.tick);
    TIMER.flag.set(m, timer, TIMER.flag.get(m, timer) | TIMER_FLAG_ACTIVATED);
    if (isSoft && !this.softBusy && this.thread !== 0) {
      if ((THREAD.stat.get(m, this.thread) & THREAD_STAT_MASK) === THREAD_SUSPEND) {
        this.k.threads.resume(this.thread);
        this.k.scheduler.schedule();
      }
    }
    return RT_EOK;
  }

  /** The last node of a list whose timer expires no later than `timeout`. */
  private lastUntil(head: number, timeout: number): number {
    let behind = head;
    for (const other of listEach(this.memory, head, TIMER.row.offset)) {
      const later = (TIMER.timeout_tick.get(this.memory, other) - timeout) >>> 0;
      if (later !== 0 && later < TICK_MAX_HALF) break;
      behind = TIMER.row.at(other);
    }
    return behind;
  }

  stop(timer: number): number {
    if (!(TIMER.flag.get(this.memory, timer) & TIMER_FLAG_ACTIVATED)) return -RT_ERROR;
    this.unlink(timer);
    this.clearActive(timer);
    return RT_EOK;
  }

  control(timer: number, command: number, argument: number): number {
    const m = this.memory;
    const flag = TIMER.flag.get(m, timer);
    switch (command) {
      case TIMER_CTRL_GET_TIME:
        m.st32(argument, TIMER.init_tick.get(m, timer));
        break;
      case TIMER_CTRL_SET_TIME:
        if (this.k.five && flag & TIMER_FLAG_ACTIVATED) this.stop(timer);
        TIMER.init_tick.set(m, timer, m.ldu32(argument));
        break;
      case TIMER_CTRL_SET_ONESHOT:
        TIMER.flag.set(m, timer, flag & ~TIMER_FLAG_PERIODIC);
        break;
      case TIMER_CTRL_SET_PERIODIC:
        TIMER.flag.set(m, timer, flag | TIMER_FLAG_PERIODIC);
        break;
      case TIMER_CTRL_GET_STATE:
        m.st32(argument, flag & TIMER_FLAG_ACTIVATED);
        break;
      default:
        if (this.k.five) this.controlFive(timer, command, argument);
    }
    return RT_EOK;
  }

  /** Commands that 5.x has besides. */
  private controlFive(timer: number, command: number, argument: number): void {
    const m = this.memory;
    switch (command) {
      case TIMER_CTRL_GET_REMAIN_TIME:
        // The tick of the time-out, in spite of the name.
        m.st32(argument, TIMER.timeout_tick.get(m, timer));
        break;
      case TIMER_CTRL_GET_FUNC:
        m.st32(argument, TIMER.timeout_func.get(m, timer));
        break;
      case TIMER_CTRL_SET_FUNC:
        TIMER.timeout_func.set(m, timer, argument);
        break;
      case TIMER_CTRL_GET_PARM:
        m.st32(argument, TIMER.parameter.get(m, timer));
        break;
      case TIMER_CTRL_SET_PARM:
        TIMER.parameter.set(m, timer, argument);
        break;
    }
  }

  /** Tick at which the next hard timer expires; undefined when none runs. */
  nextHard(): number | undefined {
    const first = listNext(this.memory, this.hard);
    return first === this.hard
      ? undefined
      : TIMER.timeout_tick.get(this.memory, first - TIMER.row.offset);
  }

  /** rt_timer_check, part of the tick interrupt. */
  *checkHard(): Task<void> {
    yield* this.check(this.hard, this.running, false);
  }

  private *check(head: number, ring: number, soft: boolean): Task<void> {
    const m = this.memory;
    while (!listIsEmpty(m, head)) {
      const timer = listNext(m, head) - TIMER.row.offset;
      if ((this.k.tick - TIMER.timeout_tick.get(m, timer)) >>> 0 >= TICK_MAX_HALF) break;
      this.unlink(timer);
      listHasLost(m, head, TIMER.row.at(timer));
      if (!(TIMER.flag.get(m, timer) & TIMER_FLAG_PERIODIC)) this.clearActive(timer);
      listInit(m, ring);
      listInsertAfter(m, ring, TIMER.row.at(timer));
      const func = TIMER.timeout_func.get(m, timer);
      const parameter = TIMER.parameter.get(m, timer);
      if (func === this.k.threadTimeout) {
        this.k.threads.timeout(parameter);
      } else {
        if (soft) {
          this.softBusy = true;
          this.calledSoft = timer;
        } else this.calledHard = timer;
        yield* callHook(this.k, "timer_enter", timer);
        yield* callGuest(func, parameter);
        yield* callHook(this.k, "timer_exit", timer);
        if (soft) this.softBusy = false;
      }
      // The callback stopped, restarted or deleted its own timer.
      if (listIsEmpty(m, ring)) continue;
      this.unlink(timer);
      const flag = TIMER.flag.get(m, timer);
      if (flag & TIMER_FLAG_PERIODIC && flag & TIMER_FLAG_ACTIVATED) {
        this.clearActive(timer);
        this.start(timer);
      }
    }
  }

  /** Has the thread run a Task next. */
  errand(task: () => Task<void>): void {
    this.errands.push(task);
    if (this.k.threads.resume(this.thread) === 0) this.k.scheduler.schedule();
  }

  /** Body of the thread `timer`, which runs the callbacks of soft timers. */
  *threadEntry(): Task<void> {
    const m = this.memory;
    for (;;) {
      for (let errand = this.errands.shift(); errand; errand = this.errands.shift())
        yield* errand();
      const first = listNext(m, this.soft);
      if (first === this.soft) {
        this.k.threads.suspend(this.thread);
        yield SCHEDULE;
      } else {
        const left = (TIMER.timeout_tick.get(m, first - TIMER.row.offset) - this.k.tick) >>> 0;
        if (left < TICK_MAX_HALF) yield* this.k.threads.sleep(left);
      }
      yield* this.check(this.soft, this.running + 8, true);
    }
  }
}
