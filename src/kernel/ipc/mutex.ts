import {
  IPC_FLAG_PRIO,
  RT_EFULL,
  RT_EINTR,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
} from "../abi/constants.ts";
import { IPC, MUTEX, OBJECT, THREAD } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { assertDynamic, assertStatic, objectCheck } from "./check.ts";
import { goneFive, releaseFive, setupFive, takeFive } from "./mutex-five.ts";

/** Mutexes with single-step priority inheritance: src/ipc.c of RT-Thread 4.0.4. */

const HOLD_MAX = 0xff;
const NO_PRIORITY = 0xff;

const checkMutex = objectCheck("Mutex", "mutex", "&mutex->parent.parent");

function setup(k: Kernel, mutex: number, flag: number): void {
  const m = k.memory;
  if (k.five) return setupFive(k, mutex);
  listInit(m, IPC.suspend_thread.at(mutex));
  MUTEX.value.set(m, mutex, 1);
  MUTEX.owner.set(m, mutex, 0);
  MUTEX.original_priority.set(m, mutex, NO_PRIORITY);
  MUTEX.hold.set(m, mutex, 0);
  OBJECT.flag.set(m, mutex, flag);
}

export function mutexInit(k: Kernel, mutex: number, name: string, flag: number): number {
  k.assert(mutex !== 0, "mutex != RT_NULL", "rt_mutex_init", 592);
  k.objects.init(mutex, ObjectClass.Mutex, name);
  setup(k, mutex, flag);
  return RT_EOK;
}

function mutexCreate(k: Kernel, name: string, flag: number): number {
  k.notInInterrupt("rt_mutex_create", 659);
  const mutex = k.objects.allocate(ObjectClass.Mutex, name);
  if (mutex !== 0) setup(k, mutex, flag);
  return mutex;
}

function mutexDetach(k: Kernel, mutex: number): number {
  if (k.five) goneFive(k, mutex);
  k.waits.resumeAll(IPC.suspend_thread.at(mutex));
  k.objects.detach(mutex);
  return RT_EOK;
}

function mutexDelete(k: Kernel, mutex: number): number {
  if (k.five) goneFive(k, mutex);
  k.waits.resumeAll(IPC.suspend_thread.at(mutex));
  k.objects.delete(mutex);
  return RT_EOK;
}

export function mutexTake(k: Kernel, mutex: number, timeout: number): number | Task<number> {
  if (k.five) return takeFive(k, mutex, timeout);
  const m = k.memory;
  k.inThreadContext("rt_mutex_take", 726);
  const thread = k.scheduler.current;
  THREAD.result.set(m, thread, RT_EOK);
  if (MUTEX.owner.get(m, mutex) === thread) {
    const hold = MUTEX.hold.get(m, mutex);
    if (hold >= HOLD_MAX) return -RT_EFULL;
    MUTEX.hold.set(m, mutex, hold + 1);
    return RT_EOK;
  }
  if (MUTEX.value.get(m, mutex) > 0) {
    MUTEX.value.set(m, mutex, MUTEX.value.get(m, mutex) - 1);
    MUTEX.owner.set(m, mutex, thread);
    MUTEX.original_priority.set(m, mutex, THREAD.current_priority.get(m, thread));
    MUTEX.hold.set(m, mutex, 1);
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
  for (;;) {
    const owner = MUTEX.owner.get(m, mutex);
    const priority = THREAD.current_priority.get(m, thread);
    // The owner of a mutex may have ended: its memory is no thread any more.
    if (k.threads.states.has(owner) && priority < THREAD.current_priority.get(m, owner))
      k.threads.changePriority(owner, priority);
    const flag = OBJECT.flag.get(m, mutex);
    const error = yield* k.waits.block(IPC.suspend_thread.at(mutex), flag, timeout);
    if (error !== -RT_EINTR) return error;
  }
}

export function mutexRelease(k: Kernel, mutex: number): number {
  if (k.five) return releaseFive(k, mutex);
  const m = k.memory;
  k.inThreadContext("rt_mutex_release", 887);
  const thread = k.scheduler.current;
  if (MUTEX.owner.get(m, mutex) !== thread) {
    THREAD.result.set(m, thread, -RT_ERROR);
    return -RT_ERROR;
  }
  const hold = MUTEX.hold.get(m, mutex) - 1;
  MUTEX.hold.set(m, mutex, hold);
  if (hold > 0) return RT_EOK;
  const original = MUTEX.original_priority.get(m, mutex);
  if (original !== THREAD.current_priority.get(m, thread))
    k.threads.changePriority(thread, original);
  const list = IPC.suspend_thread.at(mutex);
  const next = k.waits.first(list);
  if (next === 0) {
    MUTEX.value.set(m, mutex, MUTEX.value.get(m, mutex) + 1);
    MUTEX.owner.set(m, mutex, 0);
    MUTEX.original_priority.set(m, mutex, NO_PRIORITY);
    return RT_EOK;
  }
  MUTEX.owner.set(m, mutex, next);
  MUTEX.original_priority.set(m, mutex, THREAD.current_priority.get(m, next));
  MUTEX.hold.set(m, mutex, 1);
  k.waits.resumeFirst(list);
  inheritFromQueue(k, mutex, next, list);
  k.scheduler.schedule();
  return RT_EOK;
}

/** With the FIFO flag the new owner may have better waiters behind it. */
function inheritFromQueue(k: Kernel, mutex: number, owner: number, list: number): void {
  const m = k.memory;
  if (OBJECT.flag.get(m, mutex) === IPC_FLAG_PRIO) return;
  let best = THREAD.current_priority.get(m, owner);
  for (const waiter of k.threads.waiting(list))
    best = Math.min(best, THREAD.current_priority.get(m, waiter));
  if (best !== THREAD.current_priority.get(m, owner)) k.threads.changePriority(owner, best);
}

const HEADER = "rtthread.h";

export const mutexRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_mutex_init",
    proto: "rt_err_t rt_mutex_init(rt_mutex_t mutex, const char *name, rt_uint8_t flag);",
    header: HEADER,
    call: (k, mutex, name, flag) => mutexInit(k, mutex, k.name(name), flag),
  },
  {
    name: "rt_mutex_detach",
    proto: "rt_err_t rt_mutex_detach(rt_mutex_t mutex);",
    header: HEADER,
    call: (k, mutex) => {
      checkMutex(k, mutex, "rt_mutex_detach", 627);
      assertStatic(k, mutex, "mutex->parent.parent", "rt_mutex_detach", 629);
      return mutexDetach(k, mutex);
    },
  },
  {
    name: "rt_mutex_create",
    proto: "rt_mutex_t rt_mutex_create(const char *name, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, flag) => mutexCreate(k, k.name(name), flag),
  },
  {
    name: "rt_mutex_delete",
    proto: "rt_err_t rt_mutex_delete(rt_mutex_t mutex);",
    header: HEADER,
    call: (k, mutex) => {
      k.notInInterrupt("rt_mutex_delete", 696);
      checkMutex(k, mutex, "rt_mutex_delete", 699);
      assertDynamic(k, mutex, "mutex->parent.parent", "rt_mutex_delete", 701);
      return mutexDelete(k, mutex);
    },
  },
  {
    name: "rt_mutex_take",
    proto: "rt_err_t rt_mutex_take(rt_mutex_t mutex, rt_int32_t time);",
    header: HEADER,
    call: (k, mutex, timeout) => {
      checkMutex(k, mutex, "rt_mutex_take", 729);
      return mutexTake(k, mutex, timeout);
    },
  },
  {
    name: "rt_mutex_trytake",
    proto: "rt_err_t rt_mutex_trytake(rt_mutex_t mutex);",
    header: HEADER,
    call: (k, mutex) => {
      checkMutex(k, mutex, "rt_mutex_take", 729);
      return mutexTake(k, mutex, 0);
    },
  },
  {
    name: "rt_mutex_release",
    proto: "rt_err_t rt_mutex_release(rt_mutex_t mutex);",
    header: HEADER,
    call: (k, mutex) => {
      checkMutex(k, mutex, "rt_mutex_release", 879);
      return mutexRelease(k, mutex);
    },
  },
  {
    name: "rt_mutex_control",
    proto: "rt_err_t rt_mutex_control(rt_mutex_t mutex, int cmd, void *arg);",
    header: HEADER,
    call: (k, mutex) => {
      checkMutex(k, mutex, "rt_mutex_control", 1019);
      return -RT_ERROR;
    },
  },
];
