import { THREAD_PRIORITY_MAX } from "../abi/constants.ts";
import { type ExportRow, SCHEDULE, type Task } from "../call.ts";
import { E } from "./errno.ts";
import type { Pthreads } from "./threads.ts";

/** sched.h and spin locks. A sched_priority is an RT-Thread priority: the lower number is the better one. */

const SCHED = "sched.h";
const PTHREAD = "pthread.h";
const SCHED_FIFO = 1;
const SCHED_RR = 2;

const limit = (name: string, value: number): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(int policy);`,
  header: SCHED,
  call: (_, policy) => (policy === SCHED_FIFO || policy === SCHED_RR ? value : E.EINVAL),
});

const spin = (
  name: string,
  call: (c: Pthreads, lock: number) => number | Task<number>,
): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(pthread_spinlock_t *lock);`,
  header: PTHREAD,
  call: (c, lock) => (lock === 0 ? E.EINVAL : call(c, lock)),
});

/** Spinning on one CPU only makes sense when the holder can run: the others get their turn, worse ones too after a tick. */
function* acquire({ k }: Pthreads, lock: number): Task<number> {
  for (let tries = 0; k.memory.ld32(lock) !== 0; tries++) {
    if (tries === 0) k.threads.yield();
    else yield* k.threads.sleep(1);
    yield SCHEDULE;
  }
  k.memory.st32(lock, 1);
  return 0;
}

export const schedRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "sched_yield",
    proto: "int sched_yield(void);",
    header: SCHED,
    call: ({ k }) => k.threads.yield(),
  },
  limit("sched_get_priority_min", 0),
  limit("sched_get_priority_max", THREAD_PRIORITY_MAX - 1),
  {
    name: "sched_setscheduler",
    proto: "int sched_setscheduler(pid_t pid, int policy);",
    header: SCHED,
    call: () => E.EOPNOTSUPP,
  },
  {
    name: "pthread_spin_init",
    proto: "int pthread_spin_init(pthread_spinlock_t *lock, int pshared);",
    header: PTHREAD,
    call: ({ k }, lock) => {
      if (lock === 0) return E.EINVAL;
      k.memory.st32(lock, 0);
      return 0;
    },
  },
  spin("pthread_spin_destroy", () => 0),
  spin("pthread_spin_lock", acquire),
  spin("pthread_spin_trylock", ({ k }, lock) => {
    if (k.memory.ld32(lock) !== 0) return E.EBUSY;
    k.memory.st32(lock, 1);
    return 0;
  }),
  spin("pthread_spin_unlock", ({ k }, lock) => {
    if (k.memory.ld32(lock) === 0) return E.EPERM;
    k.memory.st32(lock, 0);
    return 0;
  }),
];
