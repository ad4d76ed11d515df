import { callNamed, type ExportRow, SCHEDULE, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import type { ThreadState } from "../thread-state.ts";
import { deadline, FRACTION, LONGEST, NS_PER_TICK, seconds, store, TIMES } from "../time-rows.ts";
import { E, failed } from "./errno.ts";
import { ringOrRaise, SIGALRM } from "./alarm.ts";
import { valid } from "./signals.ts";
import type { Pthreads } from "./threads.ts";

/**
 * Timers of POSIX.1-2017 (timer_create), which later versions of RT-Thread have: each is a thread that sleeps, so that a function of
 * SIGEV_THREAD may wait and the timer goes with the module that made it. Numbers and structures are those of newlib.
 */

const SIGEV_NONE = 1;
const SIGEV_SIGNAL = 2;
const SIGEV_THREAD = 3;
const CLOCK_REALTIME = 1;
const CLOCK_MONOTONIC = 4;
const TIMER_ABSTIME = 4;
/** DELAYTIMER_MAX. */
const OVERRUN_MAX = 0x7fffffff;
const STACK = 2048;
const PRIORITY = 4;
const SLICE = 10;

interface PosixTimer {
  readonly clock: number;
  readonly notify: number;
  readonly signo: number;
  readonly value: number;
  readonly routine: number;
  /** Who gets the signal. */
  readonly owner: number;
  readonly ownerState: ThreadState;
  thread: number;
  state: ThreadState | undefined;
  /** Tick of the next expiry, while the timer runs. */
  due: number | undefined;
  /** Ticks between expiries, 0 for one shot. */
  interval: number;
  overrun: number;
  /** The thread waits for its time, not in a function of the program. */
  waits: boolean;
}

const tables = new WeakMap<Kernel, (PosixTimer | undefined)[]>();

/** By timer_t, from 1 on. */
function table(k: Kernel): (PosixTimer | undefined)[] {
  let timers = tables.get(k);
  if (timers === undefined) tables.set(k, (timers = [undefined]));
  return timers;
}

function find(k: Kernel, id: number): PosixTimer | undefined {
  const timer = table(k)[id];
  // It went with its module.
  return timer !== undefined && k.threads.states.get(timer.thread) === timer.state
    ? timer
    : undefined;
}

function create(c: Pthreads, clock: number, event: number, result: number): number {
  const { k } = c;
  const m = k.memory;
  const isClock = clock === CLOCK_REALTIME || clock === CLOCK_MONOTONIC;
  if (!isClock || result === 0) return failed(k, E.EINVAL);
  const notify = event === 0 ? SIGEV_SIGNAL : m.ld32(event);
  const signo = event === 0 ? SIGALRM : m.ld32(event + 4);
  const isKnown = notify === SIGEV_NONE || notify === SIGEV_SIGNAL || notify === SIGEV_THREAD;
  if (!isKnown || (notify === SIGEV_SIGNAL && (!valid(signo) || signo === 0)))
    return failed(k, E.EINVAL);
  const timers = table(k);
  let id = 1;
  while (find(k, id)) id++;
  const owner = k.scheduler.current;
  const timer: PosixTimer = {
    clock,
    notify,
    signo,
    value: event === 0 ? id : m.ld32(event + 8),
    routine: notify === SIGEV_THREAD ? m.ldu32(event + 12) : 0,
    owner,
    ownerState: k.threads.state(owner),
    thread: 0,
    state: undefined,
    due: undefined,
    interval: 0,
    overrun: 0,
    waits: false,
  };
  if (notify === SIGEV_THREAD && timer.routine === 0) return failed(k, E.EINVAL);
  m.st32(result, id);
  const name = `psxtm${String(id).padStart(2, "0")}`;
  timer.thread = k.threads.createTask(name, STACK, PRIORITY, SLICE, () => body(c, timer));
  if (timer.thread === 0) return failed(k, E.EAGAIN);
  timer.state = k.threads.state(timer.thread);
  timers[id] = timer;
  k.threads.startup(timer.thread);
  return 0;
}

function* body(c: Pthreads, timer: PosixTimer): Task<void> {
  const { k } = c;
  while (timer.state !== undefined) {
    const left = timer.due === undefined ? Infinity : (timer.due - k.tick) | 0;
    if (left > 0) {
      timer.waits = true;
      if (left === Infinity) {
        k.threads.suspend(timer.thread);
        yield SCHEDULE;
      } else yield* k.threads.sleep(left);
      timer.waits = false;
      continue;
    }
    passOn(k, timer, -left);
    yield* notice(c, timer);
  }
}

/** The timer expired `late` ticks ago: when it does so again, and how often it has in between. */
function passOn(k: Kernel, timer: PosixTimer, late: number): void {
  const missed = timer.interval === 0 ? 0 : Math.floor(late / timer.interval);
  timer.overrun = Math.min(missed, OVERRUN_MAX);
  timer.due =
    timer.interval === 0 ? undefined : (k.tick - late + (missed + 1) * timer.interval) >>> 0;
}

function* notice(c: Pthreads, timer: PosixTimer): Task<void> {
  const { k } = c;
  if (timer.notify === SIGEV_THREAD)
    yield* callNamed("the function of a POSIX timer", timer.routine, timer.value);
  else if (timer.notify === SIGEV_SIGNAL && k.threads.states.get(timer.owner) === timer.ownerState)
    ringOrRaise(c, timer.owner, timer.signo);
}

function remove(c: Pthreads, id: number): number {
  const { k } = c;
  const timer = find(k, id);
  if (timer === undefined) return failed(k, E.EINVAL);
  table(k)[id] = undefined;
  timer.state = undefined;
  timer.due = undefined;
  // From its own function: the thread ends when that is over.
  if (timer.waits) k.threads.delete(timer.thread);
  return 0;
}

/** Ticks of the timespec at `address`, rounded up; undefined for one that is none. */
function ticksOf(k: Kernel, address: number): number | undefined {
  const part = k.memory.ld32(address + FRACTION);
  const whole = seconds(k, address);
  if (part < 0 || part >= 1e9 || whole < 0) return undefined;
  return Math.min(whole * (1e9 / NS_PER_TICK) + Math.ceil(part / NS_PER_TICK), LONGEST);
}

/** it_interval and it_value as they are now. */
function report(k: Kernel, timer: PosixTimer, address: number): void {
  const left = timer.due === undefined ? 0 : Math.max(1, (timer.due - k.tick) | 0);
  for (const [at, ticks] of [
    [0, timer.interval],
    [TIMES, left],
  ]) {
    const ns = ticks * NS_PER_TICK;
    store(k, address + at, Math.floor(ns / 1e9), ns % 1e9);
  }
}

function setTime(c: Pthreads, id: number, flags: number, wanted: number, old: number): number {
  const { k } = c;
  const timer = find(k, id);
  if (timer === undefined || wanted === 0) return failed(k, E.EINVAL);
  const interval = ticksOf(k, wanted);
  const value = ticksOf(k, wanted + TIMES);
  if (interval === undefined || value === undefined) return failed(k, E.EINVAL);
  const absolute = (flags & TIMER_ABSTIME) !== 0;
  const isMonotonic = timer.clock === CLOCK_MONOTONIC;
  const ticks = absolute && value !== 0 ? deadline(k, wanted + TIMES, isMonotonic) : value;
  if (old !== 0) report(k, timer, old);
  timer.interval = value === 0 ? 0 : interval;
  timer.due = value === 0 ? undefined : (k.tick + ticks) >>> 0;
  timer.overrun = 0;
  if (!timer.waits) return 0;
  k.threads.resume(timer.thread);
  k.scheduler.schedule();
  return 0;
}

const HEADER = "time.h";

export const timerRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "timer_create",
    proto: "int timer_create(clockid_t clockid, struct sigevent *evp, timer_t *timerid);",
    header: HEADER,
    call: create,
  },
  {
    name: "timer_delete",
    proto: "int timer_delete(timer_t timerid);",
    header: HEADER,
    call: remove,
  },
  {
    name: "timer_settime",
    proto:
      "int timer_settime(timer_t timerid, int flags, const struct itimerspec *value, struct itimerspec *ovalue);",
    header: HEADER,
    call: setTime,
  },
  {
    name: "timer_gettime",
    proto: "int timer_gettime(timer_t timerid, struct itimerspec *value);",
    header: HEADER,
    call: (c, id, value) => {
      const timer = find(c.k, id);
      if (timer === undefined || value === 0) return failed(c.k, E.EINVAL);
      report(c.k, timer, value);
      return 0;
    },
  },
  {
    name: "timer_getoverrun",
    proto: "int timer_getoverrun(timer_t timerid);",
    header: HEADER,
    call: (c, id) => find(c.k, id)?.overrun ?? failed(c.k, E.EINVAL),
  },
];
