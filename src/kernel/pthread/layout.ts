import type { GuestMemory } from "../../memory/mod.ts";
import { struct, varying } from "../abi/field.ts";
import { SIZE } from "../abi/five.ts";
import { MUTEX, MUTEX_5, SEMAPHORE } from "../abi/layout.ts";

/** Layouts of pthread.h, semaphore.h and mqueue.h of RT-Thread 4.0.4; rows as in abi/layout.ts. */

export const ATTR = struct(24, {
  stackaddr: [0, "ptr"],
  stacksize: [4, "u32"],
  inheritsched: [8, "i32"],
  schedpolicy: [12, "i32"],
  priority: [16, "i32"],
  detachstate: [20, "i32"],
});

/** Value of `attr` in an object made by a static initialiser: it is set up at its first use. */
export const UNINITIALISED = -1;

/** Bytes of a pthread_mutex_t and a pthread_cond_t, in 4.0.4 and in 5.x. */
const MUTEX_SIZES = [4 + MUTEX.size, 4 + MUTEX_5.size] as const;
const COND_SIZES = [4 + SEMAPHORE.size, 4 + SIZE.semaphore] as const;

export const PMUTEX = struct(MUTEX_SIZES[0], { attr: [0, "i32"], lock: [4, "part"] });
export const mutexSize = (memory: GuestMemory) => MUTEX_SIZES[memory.layout];

export const COND = struct(COND_SIZES[0], { attr: [0, "i32"], sem: [4, "part"] });
export const condSize = (memory: GuestMemory) => COND_SIZES[memory.layout];

/** The lock, its two condition variables, who waits, and `refcount`: readers inside, -1 for a writer. */
const rwlock = (mutex: number, cond: number) => {
  const readers = 4 + mutex;
  const writers = readers + cond;
  const counts = writers + cond;
  return struct(counts + 12, {
    attr: [0, "i32"],
    mutex: [4, "part"],
    readers: [readers, "part"],
    writers: [writers, "part"],
    waitingReaders: [counts, "i32"],
    waitingWriters: [counts + 4, "i32"],
    refcount: [counts + 8, "i32"],
  });
};
export const RWLOCK = varying(
  rwlock(MUTEX_SIZES[0], COND_SIZES[0]),
  rwlock(MUTEX_SIZES[1], COND_SIZES[1]),
);

const barrier = (mutex: number, cond: number) =>
  struct(4 + cond + mutex, { count: [0, "u32"], cond: [4, "part"], mutex: [4 + cond, "part"] });
export const BARRIER = varying(
  barrier(MUTEX_SIZES[0], COND_SIZES[0]),
  barrier(MUTEX_SIZES[1], COND_SIZES[1]),
);

/** sem_t. `unamed` (sic): made by sem_init. */
export const PSEM = struct(12, {
  refcount: [0, "u16"],
  unlinked: [2, "u8"],
  unamed: [3, "u8"],
  sem: [4, "ptr"],
  next: [8, "ptr"],
});

export const MQDES = struct(12, {
  refcount: [0, "u16"],
  unlinked: [2, "u16"],
  mq: [4, "ptr"],
  next: [8, "ptr"],
});

export const MQ_ATTR = struct(16, {
  flags: [0, "i32"],
  maxmsg: [4, "i32"],
  msgsize: [8, "i32"],
  curmsgs: [12, "i32"],
});

export const PROCESS_PRIVATE = 0;
export const PROCESS_SHARED = 1;
