import { IPC_FLAG_FIFO, RT_EINTR, RT_EOK, RT_ERROR, RT_ETIMEOUT } from "../abi/constants.ts";
import { IPC, SEMAPHORE, THREAD } from "../abi/layout.ts";
import { type ExportRow, SCHEDULE, type Task } from "../call.ts";
import { semInit, semRelease, semTake } from "../ipc/sem.ts";
import { listHasLost } from "../list.ts";
import { isNoTime, ticksUntil } from "../time-rows.ts";
import { ObjectClass } from "../types.ts";
import { E } from "./errno.ts";
import { COND, condSize, PROCESS_PRIVATE, PROCESS_SHARED, UNINITIALISED } from "./layout.ts";
import { lock, mutexUnlock, ownerOf, unlist } from "./mutex.ts";
import { attrDestroy, attrInit, attrShared } from "./private-attr.ts";
import type { Pthreads } from "./threads.ts";
import { finish } from "./wait.ts";

/** pthread_cond_t: a semaphore from 0. A signal that nobody waits for is remembered, which POSIX lets look like a spurious wake-up. */

const HEADER = "pthread.h";
const semOf = (cond: number) => COND.sem.at(cond);

export function condInit(c: Pthreads, cond: number, attr: number): number {
  const { k } = c;
  if (cond === 0 || (attr !== 0 && k.memory.ld32(attr) !== PROCESS_PRIVATE)) return E.EINVAL;
  COND.attr.set(k.memory, cond, PROCESS_PRIVATE);
  semInit(k, semOf(cond), c.name("cond"), 0, IPC_FLAG_FIFO);
  unlist(c, semOf(cond), ObjectClass.Semaphore);
  return 0;
}

function prepare(c: Pthreads, cond: number): void {
  if (COND.attr.get(c.k.memory, cond) === UNINITIALISED) condInit(c, cond, 0);
}

export const count = ({ k }: Pthreads, cond: number) => SEMAPHORE.value.get(k.memory, semOf(cond));

const waitedFor = ({ k }: Pthreads, cond: number) =>
  !k.waits.isEmpty(IPC.suspend_thread.at(semOf(cond)));

/** 4.0.4 destroys only what has a signal left over. */
export function condDestroy(c: Pthreads, cond: number): number {
  const { memory, options } = c.k;
  if (cond === 0) return E.EINVAL;
  if (COND.attr.get(memory, cond) === UNINITIALISED) return 0;
  const busy = options.compat404 ? count(c, cond) === 0 : waitedFor(c, cond);
  if (busy) return E.EBUSY;
  memory.fill(cond, condSize(memory), 0);
  COND.attr.set(memory, cond, UNINITIALISED);
  return 0;
}

export function condSignal(c: Pthreads, cond: number): number {
  if (cond === 0) return E.EINVAL;
  prepare(c, cond);
  semRelease(c.k, semOf(cond));
  return 0;
}

/** Wakes everybody and leaves the count positive. */
export function condBroadcast(c: Pthreads, cond: number): number {
  if (cond === 0) return E.EINVAL;
  prepare(c, cond);
  const { memory, waits } = c.k;
  const waiters = IPC.suspend_thread.at(semOf(cond));
  while (count(c, cond) === 0) {
    const first = waits.first(waiters);
    semRelease(c.k, semOf(cond));
    if (first !== 0) listHasLost(memory, waiters, THREAD.tlist.at(first, memory));
  }
  return 0;
}

/** _pthread_cond_timedwait: gives an rt_err_t. */
function* timedwait(c: Pthreads, cond: number, mutex: number, ticks: number): Task<number> {
  const { k } = c;
  if (cond === 0 || mutex === 0) return -RT_ERROR;
  prepare(c, cond);
  if (ownerOf(c, mutex) !== k.scheduler.current) return -RT_ERROR;
  if (!k.options.compat404) {
    const error = yield* release(c, cond, mutex, ticks);
    yield* lock(c, mutex);
    return error;
  }
  if (mutexUnlock(c, mutex) !== 0) return -RT_ERROR;
  // A better thread that waited for the mutex runs now.
  if (k.scheduler.requested) yield SCHEDULE;
  const result = yield* finish(semTake(k, semOf(cond), ticks));
  yield* lock(c, mutex);
  return result;
}

/**
 * Waits from the moment on in which the mutex is released. In 4.0.4 other threads run in between, and one of them may take the signal
 * that was meant for this one.
 */
function* release(c: Pthreads, cond: number, mutex: number, ticks: number): Task<number> {
  const { k } = c;
  const thread = k.scheduler.current;
  if (ticks === 0 || count(c, cond) > 0) {
    const taken = yield* finish(semTake(k, semOf(cond), 0));
    mutexUnlock(c, mutex);
    yield SCHEDULE;
    return taken;
  }
  THREAD.result.set(k.memory, thread, RT_EOK);
  k.waits.suspend(IPC.suspend_thread.at(semOf(cond)), thread, IPC_FLAG_FIFO);
  if (ticks > 0) k.threads.armTimer(thread, ticks);
  mutexUnlock(c, mutex);
  yield SCHEDULE;
  return THREAD.result.get(k.memory, thread);
}

/** A signal handler that ran meanwhile looks like a spurious wake-up. */
function asErrno({ k }: Pthreads, error: number): number {
  if (error === RT_EOK) return 0;
  if (error === -RT_ETIMEOUT) return E.ETIMEDOUT;
  return error === -RT_EINTR && !k.options.compat404 ? 0 : E.EINVAL;
}

export function* condWait(c: Pthreads, cond: number, mutex: number, ticks = -1): Task<number> {
  return asErrno(c, yield* timedwait(c, cond, mutex, ticks));
}

const on = (
  name: string,
  argument: string,
  call: (c: Pthreads, object: number) => number,
): ExportRow<Pthreads> => ({ name, proto: `int ${name}(${argument});`, header: HEADER, call });

export const condRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_cond_init",
    proto: "int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr);",
    header: HEADER,
    call: condInit,
  },
  on("pthread_cond_destroy", "pthread_cond_t *cond", condDestroy),
  on("pthread_cond_signal", "pthread_cond_t *cond", condSignal),
  on("pthread_cond_broadcast", "pthread_cond_t *cond", condBroadcast),
  {
    name: "pthread_cond_wait",
    proto: "int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);",
    header: HEADER,
    call: (c, cond, mutex) => condWait(c, cond, mutex),
  },
  {
    name: "pthread_cond_timedwait",
    proto:
      "int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *abstime);",
    header: HEADER,
    call: (c, cond, mutex, time) =>
      isNoTime(c.k, time) ? E.EINVAL : condWait(c, cond, mutex, ticksUntil(c.k, time)),
  },
  {
    name: "_pthread_cond_timedwait",
    proto:
      "rt_err_t _pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, rt_int32_t timeout);",
    header: HEADER,
    call: timedwait,
  },
  attrInit("pthread_condattr"),
  attrDestroy("pthread_condattr"),
  // Every wait is on the real-time clock.
  on("pthread_condattr_getclock", "const pthread_condattr_t *attr, clockid_t *clock_id", () => 0),
  on("pthread_condattr_setclock", "pthread_condattr_t *attr, clockid_t clock_id", () => 0),
  attrShared("pthread_condattr"),
  {
    name: "pthread_condattr_setpshared",
    proto: "int pthread_condattr_setpshared(pthread_condattr_t *attr, int pshared);",
    header: HEADER,
    call: (_, _attr, shared) => {
      if (shared === PROCESS_PRIVATE) return 0;
      return shared === PROCESS_SHARED ? E.ENOSYS : E.EINVAL;
    },
  },
];
