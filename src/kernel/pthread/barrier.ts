import { IPC, THREAD } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import { condBroadcast, condDestroy, condInit, condWait } from "./cond.ts";
import { E } from "./errno.ts";
import { BARRIER, COND, PROCESS_PRIVATE } from "./layout.ts";
import { lock, mutexInit, mutexUnlock } from "./mutex.ts";
import { attrDestroy, attrInit } from "./private-attr.ts";
import type { Pthreads } from "./threads.ts";

/**
 * pthread_barrier_t. In 4.0.4 a barrier opens once; here it closes again. `count` holds the threads still missing, and in its upper
 * half how many it is for.
 */

const HEADER = "pthread.h";
const TOTAL_SHIFT = 16;
const MISSING = 0xffff;
/** What one of the threads gets, here the one that opens the barrier. In 4.0.4 all get 0. */
const SERIAL_THREAD = -1;

function init(c: Pthreads, barrier: number, attr: number, count: number): number {
  const { memory, options } = c.k;
  if (barrier === 0 || (attr !== 0 && memory.ld32(attr) !== PROCESS_PRIVATE)) return E.EINVAL;
  const wanted = count >>> 0;
  // Nobody could ever pass it.
  if (wanted === 0 && !options.compat404) return E.EINVAL;
  const reusable = !options.compat404 && wanted <= MISSING >> 1;
  BARRIER.count.set(memory, barrier, reusable ? (wanted << TOTAL_SHIFT) | wanted : wanted);
  condInit(c, BARRIER.cond.at(barrier, c.k.memory), 0);
  mutexInit(c, BARRIER.mutex.at(barrier, c.k.memory), 0);
  return 0;
}

function* wait404(c: Pthreads, barrier: number): Task<number> {
  const { memory } = c.k;
  const mutex = BARRIER.mutex.at(barrier, c.k.memory);
  if ((yield* lock(c, mutex)) !== 0) return E.EINVAL;
  let result = 0;
  const missing = BARRIER.count.get(memory, barrier);
  if (missing === 0) result = E.EINVAL;
  else {
    BARRIER.count.set(memory, barrier, missing - 1);
    if (missing === 1) condBroadcast(c, BARRIER.cond.at(barrier, c.k.memory));
    else yield* condWait(c, BARRIER.cond.at(barrier, c.k.memory), mutex);
  }
  mutexUnlock(c, mutex);
  return result;
}

function wait(c: Pthreads, barrier: number): number | Task<number> {
  const { memory, options, waits, threads, scheduler } = c.k;
  if (barrier === 0) return E.EINVAL;
  if (options.compat404) return wait404(c, barrier);
  const count = BARRIER.count.get(memory, barrier);
  const missing = count & MISSING;
  if (missing === 0) return E.EINVAL;
  const list = waitersOf(c, barrier);
  if (missing > 1) {
    BARRIER.count.set(memory, barrier, count - 1);
    return waitFor(c, list);
  }
  const total = count >>> TOTAL_SHIFT;
  BARRIER.count.set(memory, barrier, (total << TOTAL_SHIFT) | total);
  for (let thread = waits.first(list); thread !== 0; thread = waits.first(list)) {
    THREAD.result.set(memory, thread, 0);
    if (threads.resume(thread) !== 0) scheduler.remove(thread);
  }
  scheduler.schedule();
  return SERIAL_THREAD;
}

const waitersOf = (c: Pthreads, barrier: number) =>
  IPC.suspend_thread.at(COND.sem.at(BARRIER.cond.at(barrier, c.k.memory)));

function* waitFor({ k }: Pthreads, list: number): Task<number> {
  const thread = k.scheduler.current;
  // Only the last one to come sets the error to 0 for good; a signal handler leaves -RT_EINTR.
  while ((yield* k.waits.block(list, 0, -1)) !== 0) THREAD.result.set(k.memory, thread, 0);
  return 0;
}

function destroy(c: Pthreads, barrier: number): number {
  return barrier === 0 ? E.EINVAL : condDestroy(c, BARRIER.cond.at(barrier, c.k.memory));
}

export const barrierRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_barrier_init",
    proto:
      "int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr, unsigned count);",
    header: HEADER,
    call: init,
  },
  {
    name: "pthread_barrier_destroy",
    proto: "int pthread_barrier_destroy(pthread_barrier_t *barrier);",
    header: HEADER,
    call: destroy,
  },
  {
    name: "pthread_barrier_wait",
    proto: "int pthread_barrier_wait(pthread_barrier_t *barrier);",
    header: HEADER,
    call: wait,
  },
  attrInit("pthread_barrierattr"),
  attrDestroy("pthread_barrierattr"),
  {
    name: "pthread_barrierattr_getpshared",
    proto: "int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr, int *pshared);",
    header: HEADER,
    call: ({ k }, attr, result) => {
      if (attr === 0) return E.EINVAL;
      k.memory.st32(result, k.memory.ld32(attr));
      return 0;
    },
  },
  {
    name: "pthread_barrierattr_setpshared",
    proto: "int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int pshared);",
    header: HEADER,
    // 4.0.4 refuses every value.
    call: ({ k }, attr, shared) =>
      attr !== 0 && shared === PROCESS_PRIVATE && !k.options.compat404 ? 0 : E.EINVAL,
  },
];
