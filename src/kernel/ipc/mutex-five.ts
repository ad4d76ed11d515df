import {
  IPC_FLAG_PRIO,
  RT_EFULL,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
  THREAD_STAT_MASK,
  THREAD_SUSPEND,
} from "../abi/constants.ts";
import {
  IPC,
  MUTEX_5 as MUTEX,
  OBJECT,
  THREAD,
  THREAD_PENDING,
  THREAD_TAKEN,
} from "../abi/layout.ts";
import type { Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listEach, listInit, listInsertAfter, listRemove } from "../list.ts";

/**
 * Mutexes of RT-Thread 5.x (src/ipc.c of 5.1): always in order of priority, with inheritance along chains of waiting owners, a priority
 * ceiling, and a list of what each thread has taken, from which its priority is found anew whenever something changes.
 */

const HOLD_MAX = 0xff;
const NONE = 0xff;
/** What rt_mutex_getprioceiling gives when there is none. */
export const NO_CEILING = NONE;

/** The members of a new thread that concern mutexes. */
export function threadSetup(k: Kernel, thread: number): void {
  listInit(k.memory, THREAD_TAKEN.at(thread));
  THREAD_PENDING.set(k.memory, thread, 0);
}

export function setupFive(k: Kernel, mutex: number): void {
  const m = k.memory;
  listInit(m, IPC.suspend_thread.at(mutex));
  listInit(m, MUTEX.taken_list.at(mutex));
  OBJECT.flag.set(m, mutex, IPC_FLAG_PRIO);
  MUTEX.owner.set(m, mutex, 0);
  MUTEX.priority.set(m, mutex, NONE);
  MUTEX.ceiling_priority.set(m, mutex, NONE);
  MUTEX.hold.set(m, mutex, 0);
  m.st8(mutex + MUTEX.hold.offset + 1, 0);
}

const waiters = (mutex: number) => IPC.suspend_thread.at(mutex);

/** The best priority that waits for the mutex. */
function renewPriority(k: Kernel, mutex: number): void {
  const first = k.waits.first(waiters(mutex));
  const priority = first === 0 ? NONE : THREAD.current_priority.get(k.memory, first);
  MUTEX.priority.set(k.memory, mutex, priority);
}

/** A thread's own priority, or a better one that a mutex it has taken gives it. */
function deserved(k: Kernel, thread: number): number {
  const m = k.memory;
  let best = THREAD.init_priority.get(m, thread);
  for (const mutex of listEach(m, THREAD_TAKEN.at(thread), MUTEX.taken_list.offset))
    best = Math.min(best, MUTEX.priority.get(m, mutex), MUTEX.ceiling_priority.get(m, mutex));
  return best;
}

/** Gives a thread a priority; when it waits for a mutex itself, that one's queue and owner follow. */
function update(k: Kernel, start: number, priority: number): void {
  const m = k.memory;
  let wanted = priority;
  // A circle of owners, a deadlock, has no end: no chain is longer than there are threads.
  let left = k.threads.states.size;
  for (let thread = start; left-- > 0 && k.threads.states.has(thread);) {
    if (THREAD.current_priority.get(m, thread) === wanted) return;
    k.threads.changePriority(thread, wanted);
    const mutex = THREAD_PENDING.get(m, thread);
    if (mutex === 0 || (THREAD.stat.get(m, thread) & THREAD_STAT_MASK) !== THREAD_SUSPEND) return;
    listRemove(m, THREAD.tlist.at(thread, m));
    k.waits.enqueue(waiters(mutex), thread, IPC_FLAG_PRIO);
    renewPriority(k, mutex);
    thread = MUTEX.owner.get(m, mutex);
    if (!k.threads.states.has(thread)) return;
    wanted = deserved(k, thread);
  }
}

function own(k: Kernel, mutex: number, thread: number): void {
  const m = k.memory;
  MUTEX.owner.set(m, mutex, thread);
  MUTEX.hold.set(m, mutex, 1);
  listInsertAfter(m, THREAD_TAKEN.at(thread), MUTEX.taken_list.at(mutex));
}

export function takeFive(k: Kernel, mutex: number, timeout: number): number | Task<number> {
  const m = k.memory;
  k.inThreadContext("_rt_mutex_take", 1413);
  const thread = k.scheduler.current;
  THREAD.result.set(m, thread, RT_EOK);
  const owner = MUTEX.owner.get(m, mutex);
  if (owner === thread) {
    const hold = MUTEX.hold.get(m, mutex);
    if (hold >= HOLD_MAX) return -RT_EFULL;
    MUTEX.hold.set(m, mutex, hold + 1);
    return RT_EOK;
  }
  if (owner === 0) {
    own(k, mutex, thread);
    MUTEX.priority.set(m, mutex, NONE);
    const ceiling = MUTEX.ceiling_priority.get(m, mutex);
    if (ceiling < THREAD.current_priority.get(m, thread)) update(k, thread, ceiling);
    return RT_EOK;
  }
  if (timeout === 0) {
    THREAD.result.set(m, thread, -RT_ETIMEOUT);
    return -RT_ETIMEOUT;
  }
  return wait(k, mutex, thread, timeout);
}

function* wait(k: Kernel, mutex: number, thread: number, timeout: number): Task<number> {
  const m = k.memory;
  const priority = THREAD.current_priority.get(m, thread);
  THREAD_PENDING.set(m, thread, mutex);
  if (priority < MUTEX.priority.get(m, mutex)) {
    MUTEX.priority.set(m, mutex, priority);
    const owner = MUTEX.owner.get(m, mutex);
    if (k.threads.states.has(owner) && priority < THREAD.current_priority.get(m, owner))
      update(k, owner, priority);
  }
  const error = yield* k.waits.block(waiters(mutex), IPC_FLAG_PRIO, timeout);
  if (error !== RT_EOK) gaveUp(k, mutex, thread);
  return error;
}

/** A waiter is gone: the owner may have to give back the priority it had from it. */
function gaveUp(k: Kernel, mutex: number, thread: number): void {
  const m = k.memory;
  THREAD_PENDING.set(m, thread, 0);
  renewPriority(k, mutex);
  const owner = MUTEX.owner.get(m, mutex);
  if (k.threads.states.has(owner)) update(k, owner, deserved(k, owner));
}

export function releaseFive(k: Kernel, mutex: number): number {
  const m = k.memory;
  k.inThreadContext("rt_mutex_release", 1674);
  const thread = k.scheduler.current;
  if (MUTEX.owner.get(m, mutex) !== thread) {
    THREAD.result.set(m, thread, -RT_ERROR);
    return -RT_ERROR;
  }
  const hold = MUTEX.hold.get(m, mutex) - 1;
  MUTEX.hold.set(m, mutex, hold);
  if (hold > 0) return RT_EOK;
  if (handOver(k, mutex, thread)) k.scheduler.schedule();
  return RT_EOK;
}

/** Takes the mutex away from its owner and gives it to the first waiter; true when somebody may run for it. */
function handOver(k: Kernel, mutex: number, owner: number): boolean {
  const m = k.memory;
  listRemove(m, MUTEX.taken_list.at(mutex));
  const before = THREAD.current_priority.get(m, owner);
  update(k, owner, deserved(k, owner));
  const next = k.waits.first(waiters(mutex));
  if (next === 0) {
    MUTEX.owner.set(m, mutex, 0);
    MUTEX.priority.set(m, mutex, NONE);
    return before !== THREAD.current_priority.get(m, owner);
  }
  own(k, mutex, next);
  THREAD_PENDING.set(m, next, 0);
  k.waits.resumeFirst(waiters(mutex));
  renewPriority(k, mutex);
  const wanted = deserved(k, next);
  if (wanted !== THREAD.current_priority.get(m, next)) update(k, next, wanted);
  return true;
}

/** rt_mutex_delete and rt_mutex_detach: nobody has it any more. */
export function goneFive(k: Kernel, mutex: number): void {
  const m = k.memory;
  for (const thread of k.threads.waiting(waiters(mutex))) THREAD_PENDING.set(m, thread, 0);
  k.waits.resumeAll(waiters(mutex));
  const owner = MUTEX.owner.get(m, mutex);
  listRemove(m, MUTEX.taken_list.at(mutex));
  MUTEX.owner.set(m, mutex, 0);
  if (k.threads.states.has(owner)) update(k, owner, deserved(k, owner));
}

/** A thread ends: what it has taken goes to who waits for it, and what it waits for does not count with it. */
export function threadGone(k: Kernel, thread: number): void {
  const m = k.memory;
  for (const mutex of [...listEach(m, THREAD_TAKEN.at(thread), MUTEX.taken_list.offset)])
    handOver(k, mutex, thread);
  const pending = THREAD_PENDING.get(m, thread);
  if (pending !== 0) gaveUp(k, pending, thread);
}

export const ceiling = (k: Kernel, mutex: number): number =>
  MUTEX.ceiling_priority.get(k.memory, mutex);

/** Gives the one before. An owner gets its new priority at once, without a scheduling point. */
export function setCeiling(k: Kernel, mutex: number, priority: number): number {
  const m = k.memory;
  const before = MUTEX.ceiling_priority.get(m, mutex);
  MUTEX.ceiling_priority.set(m, mutex, priority);
  const owner = MUTEX.owner.get(m, mutex);
  if (k.threads.states.has(owner)) update(k, owner, deserved(k, owner));
  return before;
}
