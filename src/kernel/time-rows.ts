import type { ExportRow, Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";

/** newlib for ARM: 64-bit time_t, 32-bit long; struct timeval and struct timespec are 16 bytes with the fraction at 8. */
export const FRACTION = 8;
export const TIMES = 16;
const CLOCK_REALTIME = 1;
const CLOCK_MONOTONIC = 4;
const EINTR = 4;
const EINVAL = 22;
const ENOTTY = 25;
const TTY = "/dev/tty";
const UMASK = 0o022;
const TICKS_PER_SECOND = 100;
export const NS_PER_TICK = 10_000_000;
/** A timer takes less than half the range of the tick counter. */
export const LONGEST = 0x7ffffffe;
/** Local time is 8 hours ahead of UTC, as the reference board is configured. */
const MINUTES_WEST = -480;

/** Nanoseconds of the current second: the board's soft RTC has none, its clock_gettime counts ticks. */
function fraction(k: Kernel): number {
  return k.options.compat404 ? 0 : Math.floor(k.nanoseconds % 1e9);
}

export function store(k: Kernel, address: number, seconds: number, part: number): void {
  const { memory } = k;
  memory.fill(address, TIMES, 0);
  memory.st32(address, seconds);
  memory.st32(address + 4, Math.floor(seconds / 2 ** 32));
  memory.st32(address + FRACTION, part);
}

export const seconds = (k: Kernel, address: number): number =>
  k.memory.ldu32(address) + k.memory.ld32(address + 4) * 2 ** 32;

/** Nanoseconds of the current second as clock_gettime gives them: the board counts ticks. */
const realTimePart = (k: Kernel) =>
  k.options.compat404 ? (k.tick % TICKS_PER_SECOND) * NS_PER_TICK : fraction(k);

/** A struct timespec with a fraction that is none: POSIX has calls refuse it that would have to wait; 4.0.4 adds it up. */
export function isNoTime(k: Kernel, time: number): boolean {
  if (time === 0 || k.options.compat404) return false;
  const part = k.memory.ld32(time + FRACTION);
  return part < 0 || part >= 1e9;
}

/** clock_time_to_tick: ticks from now to a point on the real-time clock, 0 when that is over. */
export function ticksUntil(k: Kernel, time: number): number {
  k.assert(time !== 0, "time != RT_NULL", "clock_time_to_tick", 0);
  const whole = (seconds(k, time) - k.rtc) * TICKS_PER_SECOND;
  const part = (k.memory.ld32(time + FRACTION) - realTimePart(k)) / NS_PER_TICK;
  const ticks = whole + (k.options.compat404 ? Math.trunc(part) : Math.ceil(part));
  return Math.max(0, Math.min(ticks, LONGEST));
}

/** Ticks from now to a point on a clock, 0 when that is over. */
export function deadline(k: Kernel, time: number, isMonotonic: boolean): number {
  if (!isMonotonic) return ticksUntil(k, time);
  const ns = seconds(k, time) * 1e9 + k.memory.ld32(time + FRACTION) - k.nanoseconds;
  return Math.max(0, Math.min(Math.ceil(ns / NS_PER_TICK), LONGEST));
}

function clockGetTime(k: Kernel, clock: number, result: number): number {
  if (result === 0) return k.fail(EINVAL);
  if (clock === CLOCK_REALTIME) {
    store(k, result, k.rtc, realTimePart(k));
    return 0;
  }
  if (clock !== CLOCK_MONOTONIC || k.options.compat404) return k.fail(EINVAL);
  store(k, result, Math.floor(k.nanoseconds / 1e9), Math.floor(k.nanoseconds % 1e9));
  return 0;
}

/** Sleeps; gives the whole seconds that are left. */
function* sleep(k: Kernel, amount: number): Task<number> {
  const start = k.tick;
  yield* k.threads.sleep(amount * TICKS_PER_SECOND);
  return Math.max(0, amount - Math.floor(((k.tick - start) >>> 0) / TICKS_PER_SECOND));
}

/** A signal handler ends it early. */
function* usleep(k: Kernel, microseconds: number): Task<number> {
  const start = k.tick;
  const ticks = Math.ceil((microseconds >>> 0) / (1e6 / TICKS_PER_SECOND));
  yield* k.threads.sleep(ticks);
  return (k.tick - start) >>> 0 < ticks && !k.options.compat404 ? k.fail(EINTR) : 0;
}

/** A signal handler ends it early. */
function* nanosleep(k: Kernel, wanted: number, rest: number): Task<number> {
  const part = k.memory.ld32(wanted + FRACTION);
  const whole = seconds(k, wanted);
  if (part < 0 || part >= 1e9 || whole < 0) return k.fail(EINVAL);
  const ticks = Math.min(whole * TICKS_PER_SECOND + Math.ceil(part / NS_PER_TICK), LONGEST);
  const start = k.tick;
  if (ticks > 0) yield* k.threads.sleep(ticks);
  const left = ticks - ((k.tick - start) >>> 0);
  if (left <= 0) return 0;
  if (rest !== 0)
    store(k, rest, Math.floor(left / TICKS_PER_SECOND), (left % TICKS_PER_SECOND) * NS_PER_TICK);
  return k.fail(EINTR);
}

/** The string that ttyname gives, in guest memory. */
const ttyNames = new WeakMap<Kernel, number>();

function ttyname(k: Kernel, fd: number): number {
  if (fd < 0 || fd > 2) {
    k.fail(ENOTTY);
    return 0;
  }
  let address = ttyNames.get(k);
  if (address === undefined) {
    address = k.systemAlloc(TTY.length + 1);
    k.memory.write(address, new TextEncoder().encode(`${TTY}\0`));
    ttyNames.set(k, address);
  }
  return address;
}

/** Time, as time.c and clock_time.c of RT-Thread 4.0.4 give it, and the identity calls of a system with one user. */
export const timeRows: readonly ExportRow<Kernel>[] = [
  {
    name: "clock",
    proto: "clock_t clock(void);",
    header: "time.h",
    call: (k) => k.tick,
  },
  {
    name: "gettimeofday",
    proto: "int gettimeofday(struct timeval *tp, void *ignore);",
    header: "sys/time.h",
    call: (k, time, zone) => {
      if (time !== 0) store(k, time, k.rtc, Math.floor(fraction(k) / 1000));
      if (zone !== 0) {
        k.memory.st32(zone, MINUTES_WEST);
        k.memory.st32(zone + 4, 0);
      }
      return 0;
    },
  },
  {
    name: "settimeofday",
    proto: "int settimeofday(const struct timeval *tv, const struct timezone *tz);",
    header: "sys/time.h",
    call: (k, time) => {
      if (time === 0) return k.fail(EINVAL);
      k.rtc = seconds(k, time);
      return 0;
    },
  },
  {
    name: "stime",
    proto: "int stime(const time_t *t);",
    header: "time.h",
    call: (k, time) => {
      if (time === 0) return k.fail(EINVAL);
      k.rtc = seconds(k, time);
      return 0;
    },
  },
  {
    name: "clock_gettime",
    proto: "int clock_gettime(clockid_t clockid, struct timespec *tp);",
    header: "time.h",
    call: clockGetTime,
  },
  {
    name: "clock_getres",
    proto: "int clock_getres(clockid_t clockid, struct timespec *res);",
    header: "time.h",
    call: (k, clock, result) => {
      if (result === 0 || clock !== CLOCK_REALTIME) return k.fail(EINVAL);
      store(k, result, 0, NS_PER_TICK);
      return 0;
    },
  },
  {
    name: "clock_settime",
    proto: "int clock_settime(clockid_t clockid, const struct timespec *tp);",
    header: "time.h",
    call: (k, clock, time) => {
      if (time === 0 || clock !== CLOCK_REALTIME) return k.fail(EINVAL);
      k.rtc = seconds(k, time);
      return 0;
    },
  },
  {
    name: "clock_time_to_tick",
    proto: "int clock_time_to_tick(const struct timespec *time);",
    header: "time.h",
    call: ticksUntil,
  },
  {
    name: "sleep",
    proto: "unsigned int sleep(unsigned int seconds);",
    header: "unistd.h",
    call: (k, amount) => sleep(k, amount >>> 0),
  },
  {
    name: "usleep",
    proto: "int usleep(useconds_t usec);",
    header: "unistd.h",
    call: usleep,
  },
  {
    name: "nanosleep",
    proto: "int nanosleep(const struct timespec *rqtp, struct timespec *rmtp);",
    header: "time.h",
    call: (k, wanted, rest) => (wanted === 0 ? k.fail(EINVAL) : nanosleep(k, wanted, rest)),
  },
  {
    name: "ttyname",
    proto: "char *ttyname(int);",
    header: "unistd.h",
    call: ttyname,
  },
  {
    name: "umask",
    proto: "mode_t umask(mode_t mask);",
    header: "sys/stat.h",
    call: () => UMASK,
  },
  ...["getpid", "getppid", "getuid", "geteuid", "getgid", "getegid"].map((name) => ({
    name,
    proto: `int ${name}(void);`,
    header: "unistd.h",
    call: () => 0,
  })),
];
