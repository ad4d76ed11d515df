import { struct } from "../abi/field.ts";
import { MUTEX, SEMAPHORE } from "../abi/layout.ts";

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

export const PMUTEX = struct(4 + MUTEX.size, { attr: [0, "i32"], lock: [4, "part"] });

export const COND = struct(4 + SEMAPHORE.size, { attr: [0, "i32"], sem: [4, "part"] });

export const RWLOCK = struct(140, {
  attr: [0, "i32"],
  mutex: [4, "part"],
  readers: [48, "part"],
  writers: [88, "part"],
  waitingReaders: [128, "i32"],
  waitingWriters: [132, "i32"],
  /** Readers inside; -1: a writer. */
  refcount: [136, "i32"],
});

export const BARRIER = struct(88, { count: [0, "u32"], cond: [4, "part"], mutex: [44, "part"] });

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
