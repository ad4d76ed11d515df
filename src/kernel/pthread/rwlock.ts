import type { ExportRow, Task } from "../call.ts";
import { isNoTime, ticksUntil } from "../time-rows.ts";
import { condBroadcast, condDestroy, condInit, condSignal, condWait, count } from "./cond.ts";
import { E } from "./errno.ts";
import { PROCESS_PRIVATE, RWLOCK, UNINITIALISED } from "./layout.ts";
import { lock, mutexDestroy, mutexInit, mutexUnlock } from "./mutex.ts";
import { attrDestroy, attrInit, attrShared } from "./private-attr.ts";
import type { Pthreads } from "./threads.ts";

/** pthread_rwlock_t: a mutex and two condition variables; waiting writers go before waiting readers. */

const HEADER = "pthread.h";
const WRITER = -1;

function init(c: Pthreads, rwlock: number): number {
  const m = c.k.memory;
  if (rwlock === 0) return E.EINVAL;
  RWLOCK.attr.set(m, rwlock, PROCESS_PRIVATE);
  mutexInit(c, RWLOCK.mutex.at(rwlock, c.k.memory), 0);
  condInit(c, RWLOCK.readers.at(rwlock, c.k.memory), 0);
  condInit(c, RWLOCK.writers.at(rwlock, c.k.memory), 0);
  RWLOCK.waitingReaders.set(m, rwlock, 0);
  RWLOCK.waitingWriters.set(m, rwlock, 0);
  RWLOCK.refcount.set(m, rwlock, 0);
  return 0;
}

/** Runs `body` with the lock's mutex held. */
function* guarded(c: Pthreads, rwlock: number, body: () => Task<number>): Task<number> {
  if (rwlock === 0) return E.EINVAL;
  if (RWLOCK.attr.get(c.k.memory, rwlock) === UNINITIALISED) init(c, rwlock);
  const error = yield* lock(c, RWLOCK.mutex.at(rwlock, c.k.memory));
  if (error !== 0) return error;
  const result = yield* body();
  mutexUnlock(c, RWLOCK.mutex.at(rwlock, c.k.memory));
  return result;
}

/** How readers and writers differ. */
interface Side {
  readonly cond: "readers" | "writers";
  readonly waiting: "waitingReaders" | "waitingWriters";
  blocked(c: Pthreads, rwlock: number): boolean;
  enter(c: Pthreads, rwlock: number): void;
}

const READER: Side = {
  cond: "readers",
  waiting: "waitingReaders",
  blocked: ({ k: { memory } }, rwlock) =>
    RWLOCK.refcount.get(memory, rwlock) < 0 || RWLOCK.waitingWriters.get(memory, rwlock) > 0,
  enter: ({ k: { memory } }, rwlock) =>
    RWLOCK.refcount.set(memory, rwlock, RWLOCK.refcount.get(memory, rwlock) + 1),
};

const WRITER_SIDE: Side = {
  cond: "writers",
  waiting: "waitingWriters",
  blocked: ({ k: { memory } }, rwlock) => RWLOCK.refcount.get(memory, rwlock) !== 0,
  enter: ({ k: { memory } }, rwlock) => RWLOCK.refcount.set(memory, rwlock, WRITER),
};

/** `until` gives the ticks that are left, negative for ever, undefined for a time that is none. */
const take = (
  c: Pthreads,
  rwlock: number,
  side: Side,
  until: () => number | undefined,
): Task<number> =>
  guarded(c, rwlock, function* () {
    const { memory } = c.k;
    const waiting = RWLOCK[side.waiting];
    while (side.blocked(c, rwlock)) {
      const ticks = until();
      if (ticks === undefined) return E.EINVAL;
      waiting.set(memory, rwlock, waiting.get(memory, rwlock) + 1);
      const error = yield* condWait(
        c,
        RWLOCK[side.cond].at(rwlock, c.k.memory),
        RWLOCK.mutex.at(rwlock, c.k.memory),
        ticks,
      );
      waiting.set(memory, rwlock, waiting.get(memory, rwlock) - 1);
      if (error !== 0) return error;
    }
    side.enter(c, rwlock);
    return 0;
  });

const tryTake = (c: Pthreads, rwlock: number, side: Side): Task<number> =>
  guarded(c, rwlock, function* () {
    if (side.blocked(c, rwlock)) return E.EBUSY;
    side.enter(c, rwlock);
    return 0;
  });

const unlock = (c: Pthreads, rwlock: number): Task<number> =>
  guarded(c, rwlock, function* () {
    const { memory } = c.k;
    const inside = RWLOCK.refcount.get(memory, rwlock);
    const left = inside > 0 ? inside - 1 : 0;
    RWLOCK.refcount.set(memory, rwlock, left);
    if (RWLOCK.waitingWriters.get(memory, rwlock) > 0)
      return left === 0 ? condSignal(c, RWLOCK.writers.at(rwlock, c.k.memory)) : 0;
    if (RWLOCK.waitingReaders.get(memory, rwlock) > 0)
      return condBroadcast(c, RWLOCK.readers.at(rwlock, c.k.memory));
    return 0;
  });

function* destroy(c: Pthreads, rwlock: number): Task<number> {
  const { memory, options } = c.k;
  if (rwlock === 0) return E.EINVAL;
  if (RWLOCK.attr.get(memory, rwlock) === UNINITIALISED) return 0;
  const [readers, writers] = [
    RWLOCK.readers.at(rwlock, c.k.memory),
    RWLOCK.writers.at(rwlock, c.k.memory),
  ];
  const result = yield* guarded(c, rwlock, function* () {
    const used =
      RWLOCK.refcount.get(memory, rwlock) !== 0 ||
      RWLOCK.waitingReaders.get(memory, rwlock) !== 0 ||
      RWLOCK.waitingWriters.get(memory, rwlock) !== 0;
    // In 4.0.4 a lock whose condition variables have no signal left over counts as busy.
    const kept = options.compat404 && (count(c, readers) === 0 || count(c, writers) === 0);
    return used || kept ? E.EBUSY : 0;
  });
  if (result !== 0) return result;
  condDestroy(c, readers);
  condDestroy(c, writers);
  mutexDestroy(c, RWLOCK.mutex.at(rwlock, c.k.memory));
  if (!options.compat404) RWLOCK.attr.set(memory, rwlock, UNINITIALISED);
  return 0;
}

const on = (
  name: string,
  call: (c: Pthreads, rwlock: number) => Task<number>,
): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(pthread_rwlock_t *rwlock);`,
  header: HEADER,
  call,
});

const timed = (name: string, side: Side): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(pthread_rwlock_t *rwlock, const struct timespec *abstime);`,
  header: HEADER,
  call: (c, rwlock, time) =>
    take(c, rwlock, side, () => (isNoTime(c.k, time) ? undefined : ticksUntil(c.k, time))),
});

const FOREVER = () => -1;

export const rwlockRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_rwlock_init",
    proto: "int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attr);",
    header: HEADER,
    call: (c, rwlock) => init(c, rwlock),
  },
  on("pthread_rwlock_destroy", destroy),
  on("pthread_rwlock_rdlock", (c, rwlock) => take(c, rwlock, READER, FOREVER)),
  on("pthread_rwlock_wrlock", (c, rwlock) => take(c, rwlock, WRITER_SIDE, FOREVER)),
  on("pthread_rwlock_tryrdlock", (c, rwlock) => tryTake(c, rwlock, READER)),
  on("pthread_rwlock_trywrlock", (c, rwlock) => tryTake(c, rwlock, WRITER_SIDE)),
  timed("pthread_rwlock_timedrdlock", READER),
  timed("pthread_rwlock_timedwrlock", WRITER_SIDE),
  on("pthread_rwlock_unlock", unlock),
  attrInit("pthread_rwlockattr"),
  attrDestroy("pthread_rwlockattr"),
  attrShared("pthread_rwlockattr"),
  {
    name: "pthread_rwlockattr_setpshared",
    proto: "int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int pshared);",
    header: HEADER,
    call: (_, attr, shared) => (attr !== 0 && shared === PROCESS_PRIVATE ? 0 : E.EINVAL),
  },
];
