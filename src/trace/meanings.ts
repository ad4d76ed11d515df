import * as C from "./constants.ts";
import type { Shape, Structure } from "./shapes.ts";
import { matcher } from "./types.ts";

const one = (names: C.Names): Shape => ({ kind: "named", names });
const outWords = (shape: Shape, count = 1): Shape => ({ kind: "words out", count, shape });
const received = (length: number, whole = false): Shape => ({ kind: "received", length, whole });
const given = (of: Structure, count?: number): Shape => ({
  kind: "structure",
  of,
  out: false,
  count,
});
const filled = (of: Structure, count?: number): Shape => ({
  kind: "structure",
  of,
  out: true,
  count,
});

const HEX: Shape = { kind: "hex" };
const POINTER: Shape = { kind: "pointer" };
const SIGNED: Shape = { kind: "signed" };
const UNSIGNED: Shape = { kind: "unsigned" };
const OCTAL: Shape = { kind: "octal" };
const INPUT: Shape = { kind: "input" };
const TEXT_OUT: Shape = { kind: "text out" };
const MODE_WHEN_CREATED: Shape = { kind: "more when", some: C.O_CREAT, shape: OCTAL };

const RESULT = "=";

type Row = readonly [functions: string, parameter: string | number, shape: Shape];

/**
 * What prototypes do not say. Functions (with `*`), separated by spaces; a parameter by its name or, where headers give none, by its place;
 * `=` is the result. The first row that fits counts.
 */
export const ROWS: readonly Row[] = [
  // Objects, threads, timers.
  ["rt_object_*", "type", one(C.OBJECT_CLASS)],
  ["rt_thread_control", "cmd", one(C.THREAD_COMMAND)],
  ["rt_thread_get_name", "name", TEXT_OUT],
  ["rt_thread_delay_until", "tick", outWords(UNSIGNED)],
  ["rt_timer_init rt_timer_create", "flag", one(C.TIMER_FLAG)],
  ["rt_timer_control", "cmd", one(C.TIMER_COMMAND)],
  ["rt_memory_info", "total", outWords(UNSIGNED)],
  ["rt_memory_info", "used", outWords(UNSIGNED)],
  ["rt_memory_info", "max_used", outWords(UNSIGNED)],

  // IPC.
  ["rt_sem_* rt_mutex_* rt_event_* rt_mb_* rt_mq_*", "flag", one(C.IPC_FLAG)],
  ["rt_thread_suspend_to_list", "ipc_flags", one(C.IPC_FLAG)],
  ["rt_sem_* rt_mutex_* rt_event_* rt_mb_* rt_mq_*", "cmd", one(C.IPC_COMMAND)],
  ["rt_event_*", "set", HEX],
  ["rt_event_*", "option", one(C.EVENT_OPTION)],
  ["rt_event_*", "recved", outWords(HEX)],
  ["rt_mb_send* rt_mb_urgent", "value", HEX],
  ["rt_mb_recv*", "value", outWords(HEX)],
  ["rt_mq_recv*", "buffer", received(2, true)],
  ["rt_data_queue_pop rt_data_queue_peek", "data_ptr", outWords(POINTER)],
  ["rt_data_queue_pop rt_data_queue_peek", "size", outWords(UNSIGNED)],
  ["rt_ringbuffer_put*", "ptr", INPUT],
  ["rt_ringbuffer_get", "ptr", received(2)],

  // Devices.
  ["rt_device_open", "oflag", one(C.DEVICE_OPEN_FLAG)],
  ["rym_*", "oflag", one(C.DEVICE_OPEN_FLAG)],
  ["rt_device_register", "flags", one(C.DEVICE_FLAG)],
  ["rt_device_create", "type", one(C.DEVICE_CLASS)],
  ["rt_device_control", "cmd", one(C.DEVICE_COMMAND)],
  ["rt_device_read", "buffer", received(3)],
  ["rt_pin_mode", "mode", one(C.PIN_MODE)],
  ["rt_pin_write", "value", one(C.PIN_LEVEL)],
  ["rt_pin_read", RESULT, one(C.PIN_LEVEL)],
  ["rt_pin_attach_irq", "mode", one(C.PIN_IRQ_MODE)],
  ["rt_pin_irq_enable", "enabled", one(C.PIN_IRQ)],

  // Files.
  ["open", 1, one(C.OPEN_FLAG)],
  ["sem_open mq_open", "oflag", one(C.OPEN_FLAG)],
  ["open sem_open mq_open", "...", MODE_WHEN_CREATED],
  ["creat mkdir", 1, OCTAL],
  ["umask", 0, OCTAL],
  ["umask", RESULT, OCTAL],
  ["umask", "mask", OCTAL],
  ["lseek", 2, one(C.WHENCE)],
  ["read pread", 1, received(2)],
  ["readv", 1, POINTER],
  ["writev", 1, given("iovec", 2)],
  ["fcntl", 1, one(C.FCNTL_COMMAND)],
  [
    "fcntl",
    "...",
    {
      kind: "more when",
      cases: new Map<number, Shape>([
        [0, SIGNED],
        [2, SIGNED],
        [C.F_SETFL, one(C.OPEN_FLAG)],
      ]),
    },
  ],
  ["ioctl", 1, HEX],
  ["ioctl", "...", { kind: "more when", some: -1, shape: HEX }],
  ["stat lstat fstat", 1, filled("stat")],
  ["readdir", RESULT, filled("dirent")],
  ["getcwd", 0, TEXT_OUT],
  ["pipe", 0, outWords(SIGNED, 2)],
  ["pipe", "fildes", outWords(SIGNED, 2)],
  ["select", "timeout", given("timeval")],
  ["select", "*fds", filled("fd_set", 0)],
  ["poll", "fds", filled("pollfd", 1)],
  ["tcsetattr", "act", one(C.TC_WHEN)],
  ["tcflush", "queue", one(C.TC_QUEUE)],

  // Time and signals.
  ["clock_* timer_create pthread_condattr_setclock", "clock*id", one(C.CLOCK)],
  ["clock_gettime", "tp", filled("timespec")],
  ["clock_settime", "tp", given("timespec")],
  ["clock_getres", "res", filled("timespec")],
  ["gettimeofday", "tp", filled("timeval")],
  ["settimeofday", "tv", given("timeval")],
  ["nanosleep", "rqtp", given("timespec")],
  ["sem_timedwait mq_timed* pthread_*timed*", "abs*", given("timespec")],
  ["timer_create", "timerid", outWords(SIGNED)],
  ["timer_settime", "flags", one(C.TIMER_SETTIME)],
  ["timer_settime", "value", given("itimerspec")],
  ["timer_gettime", "value", filled("itimerspec")],
  ["*", "signo", one(C.SIGNAL)],
  ["rt_thread_kill pthread_kill", "sig", one(C.SIGNAL)],
  ["sigwait", "sig", outWords(one(C.SIGNAL))],
  ["sigprocmask pthread_sigmask", "how", one(C.SIG_HOW)],

  // pthreads.
  ["pthread_create", "tid", outWords(SIGNED)],
  ["pthread_join", "value_ptr", outWords(POINTER)],
  ["pthread_key_create", "key", outWords(SIGNED)],
  ["pthread_attr_setdetachstate", "state", one(C.DETACH_STATE)],
  ["pthread_attr_getdetachstate", "state", outWords(one(C.DETACH_STATE))],
  ["pthread_setcancel*", "old*", outWords(SIGNED)],
  ["pthread_attr_getstacksize", "stack_size", outWords(UNSIGNED)],
  ["sem_getvalue", "sval", outWords(SIGNED)],
  ["mq_send mq_timedsend", "msg_ptr", INPUT],
  ["mq_receive mq_timedreceive", "msg_ptr", received(2)],
  ["mq_receive mq_timedreceive", "msg_prio", outWords(UNSIGNED)],
  ["mq_getattr", "mqstat", filled("mq_attr")],
  ["mq_setattr", "mqstat", given("mq_attr")],

  // Modules.
  ["dlopen", "flags", one(C.DL_FLAG)],

  // Results. Those of pthreads are numbers of errno.h, those of the file calls -1 with errno.
  ["pthread_self pthread_equal pthread_getspecific pthread_attr_getscope", RESULT, HEX],
  ["pthread_barrier_wait", RESULT, SIGNED],
  ["pthread_* sigwait", RESULT, { kind: "errno" }],
  ["rt_thread_kill rt_signal_wait", RESULT, { kind: "error" }],
  ["opendir getcwd sem_open", RESULT, { kind: "posix pointer" }],
  [
    [
      "open close read write lseek fsync ftruncate fcntl ioctl stat lstat fstat statfs unlink rmdir rename mkdir chdir",
      "closedir telldir creat dup dup2 truncate pread pwrite readv writev fdatasync pipe select poll tc*",
      "clock_* gettimeofday settimeofday stime usleep nanosleep sem_* mq_* timer_* sigaction sigprocmask sigpending",
      "sigsuspend pause sched_*",
    ].join(" "),
    RESULT,
    { kind: "posix" },
  ],
];

/** How a parameter, or the result (`=`), of a function is shown, if that is more than its type says. */
export function meaningOf(name: string, parameter: string, place: number): Shape | undefined {
  const row = ROWS.find(
    ([functions, wanted]) =>
      (typeof wanted === "number" ? wanted === place : fits(wanted, parameter)) &&
      functions.split(" ").some((pattern) => fits(pattern, name)),
  );
  return row?.[2];
}

const fits = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.includes("*") && matcher(pattern)(name));
