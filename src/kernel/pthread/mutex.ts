import { IPC_FLAG_FIFO, RT_EOK } from "../abi/constants.ts";
import { MUTEX, OBJECT } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import { mutexInit as kernelMutexInit, mutexRelease, mutexTake } from "../ipc/mutex.ts";
import { ObjectClass } from "../types.ts";
import { E } from "./errno.ts";
import { mutexSize, PMUTEX, PROCESS_PRIVATE, PROCESS_SHARED, UNINITIALISED } from "./layout.ts";
import { attrInit } from "./private-attr.ts";
import type { Pthreads } from "./threads.ts";
import { finish } from "./wait.ts";

/** pthread_mutex_t: an attribute word and a kernel mutex that no list shows. */

const HEADER = "pthread.h";
const RECURSIVE = 1;
const ERRORCHECK = 2;
/** Of the attribute word. */
const TYPE_MASK = 0x0f;
const SHARED_MASK = 0x10;

const lockOf = (mutex: number) => PMUTEX.lock.at(mutex);

/** Gives an object of a class that is embedded in a POSIX one its class, outside of every list. */
export function unlist({ k }: Pthreads, object: number, cls: ObjectClass): void {
  k.objects.detach(object);
  OBJECT.type.set(k.memory, object, cls);
}

export function mutexInit(c: Pthreads, mutex: number, attr: number): number {
  const { k } = c;
  if (mutex === 0) return E.EINVAL;
  PMUTEX.attr.set(k.memory, mutex, attr === 0 ? PROCESS_PRIVATE : k.memory.ld32(attr));
  kernelMutexInit(k, lockOf(mutex), c.name("pmtx"), IPC_FLAG_FIFO);
  unlist(c, lockOf(mutex), ObjectClass.Mutex);
  return 0;
}

/** A static initialiser has only marked the mutex. */
function prepare(c: Pthreads, mutex: number): number {
  if (PMUTEX.attr.get(c.k.memory, mutex) === UNINITIALISED) mutexInit(c, mutex, 0);
  return PMUTEX.attr.get(c.k.memory, mutex) & TYPE_MASK;
}

export function ownerOf({ k }: Pthreads, mutex: number): number {
  return MUTEX.owner.get(k.memory, lockOf(mutex));
}

/** 0 when the running thread may take the mutex. */
function relock(c: Pthreads, mutex: number): number {
  const type = prepare(c, mutex);
  return type !== RECURSIVE && ownerOf(c, mutex) === c.k.scheduler.current ? E.EDEADLK : 0;
}

function mutexLock(c: Pthreads, mutex: number): number | Task<number> {
  if (mutex === 0) return E.EINVAL;
  const error = relock(c, mutex);
  if (error !== 0) return error;
  const taken = mutexTake(c.k, lockOf(mutex), -1);
  return typeof taken === "number" ? asErrno(taken) : locked(taken);
}

const asErrno = (error: number) => (error === RT_EOK ? 0 : E.EINVAL);

function* locked(taken: Task<number>): Task<number> {
  return asErrno(yield* taken);
}

function mutexTrylock(c: Pthreads, mutex: number): number {
  if (mutex === 0) return E.EINVAL;
  return relock(c, mutex) || (mutexTake(c.k, lockOf(mutex), 0) === RT_EOK ? 0 : E.EBUSY);
}

export function mutexUnlock(c: Pthreads, mutex: number): number {
  if (mutex === 0) return E.EINVAL;
  const type = prepare(c, mutex);
  const owner = ownerOf(c, mutex);
  if (owner !== c.k.scheduler.current) {
    if (type === ERRORCHECK) return E.EPERM;
    if (owner === 0) return 0;
  }
  return asErrno(mutexRelease(c.k, lockOf(mutex)));
}

export function mutexDestroy(c: Pthreads, mutex: number): number {
  const { memory } = c.k;
  if (mutex === 0 || PMUTEX.attr.get(memory, mutex) === UNINITIALISED) return E.EINVAL;
  if (ownerOf(c, mutex) !== 0) return E.EBUSY;
  memory.fill(mutex, mutexSize(memory), 0);
  PMUTEX.attr.set(memory, mutex, UNINITIALISED);
  return 0;
}

/** pthread_mutex_lock as part of a Task. */
export function* lock(c: Pthreads, mutex: number): Task<number> {
  return yield* finish(mutexLock(c, mutex));
}

const onMutex = (
  name: string,
  call: (c: Pthreads, mutex: number) => number | Task<number>,
): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(pthread_mutex_t *mutex);`,
  header: HEADER,
  call,
});

export const mutexRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_mutex_init",
    proto: "int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);",
    header: HEADER,
    call: mutexInit,
  },
  onMutex("pthread_mutex_destroy", mutexDestroy),
  onMutex("pthread_mutex_lock", mutexLock),
  onMutex("pthread_mutex_trylock", mutexTrylock),
  onMutex("pthread_mutex_unlock", mutexUnlock),
  attrInit("pthread_mutexattr"),
  {
    name: "pthread_mutexattr_destroy",
    proto: "int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);",
    header: HEADER,
    call: ({ k }, attr) => {
      if (attr === 0) return E.EINVAL;
      k.memory.st32(attr, -1);
      return 0;
    },
  },
  {
    name: "pthread_mutexattr_settype",
    proto: "int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type);",
    header: HEADER,
    call: ({ k }, attr, type) => {
      if (attr === 0 || type < 0 || type > ERRORCHECK) return E.EINVAL;
      k.memory.st32(attr, (k.memory.ld32(attr) & ~TYPE_MASK) | type);
      return 0;
    },
  },
  {
    name: "pthread_mutexattr_gettype",
    proto: "int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type);",
    header: HEADER,
    call: ({ k }, attr, result) => {
      if (attr === 0 || result === 0) return E.EINVAL;
      const type = k.memory.ld32(attr) & TYPE_MASK;
      if (type > ERRORCHECK) return E.EINVAL;
      k.memory.st32(result, type);
      return 0;
    },
  },
  {
    name: "pthread_mutexattr_setpshared",
    proto: "int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int pshared);",
    header: HEADER,
    call: ({ k }, attr, shared) => {
      if (attr === 0 || (shared !== PROCESS_PRIVATE && shared !== PROCESS_SHARED)) return E.EINVAL;
      const bit = shared === PROCESS_SHARED ? SHARED_MASK : 0;
      k.memory.st32(attr, (k.memory.ld32(attr) & ~SHARED_MASK) | bit);
      return 0;
    },
  },
  {
    name: "pthread_mutexattr_getpshared",
    proto: "int pthread_mutexattr_getpshared(pthread_mutexattr_t *attr, int *pshared);",
    header: HEADER,
    call: ({ k }, attr, result) => {
      if (attr === 0 || result === 0) return E.EINVAL;
      k.memory.st32(result, (k.memory.ld32(attr) & SHARED_MASK) === 0 ? 0 : PROCESS_SHARED);
      return 0;
    },
  },
];
