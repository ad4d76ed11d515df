import { IPC_FLAG_FIFO, NAME_MAX, RT_EOK, RT_ETIMEOUT } from "../abi/constants.ts";
import { IPC, OBJECT, SEMAPHORE } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import { checkSem, semCreate, semDelete, semRelease, semTake } from "../ipc/sem.ts";
import type { Kernel } from "../kernel.ts";
import { isNoTime, ticksUntil } from "../time-rows.ts";
import { E, failed } from "./errno.ts";
import { giveBack } from "./give-back.ts";
import { PSEM } from "./layout.ts";
import type { Pthreads } from "./threads.ts";
import { finish } from "./wait.ts";

/** POSIX semaphores: a sem_t refers to a kernel semaphore. */

const HEADER = "semaphore.h";
const O_CREAT = 0x200;
const O_EXCL = 0x800;
const VALUE_MAX = 0xffff;

interface Entry {
  /** Address of the sem_t. */
  readonly sem: number;
  /** Made by sem_open. */
  readonly named: boolean;
  readonly module: number;
}

/** The sem_t that exist, newest first; those of a module go with it. */
export class Semaphores {
  private list: Entry[] = [];

  constructor(private readonly k: Kernel) {}

  has(sem: number): boolean {
    return this.list.some((entry) => entry.sem === sem >>> 0);
  }

  find(name: string): number {
    const { memory } = this.k;
    const wanted = name.slice(0, NAME_MAX);
    const called = ({ sem }: Entry) =>
      OBJECT.name.get(memory, PSEM.sem.get(memory, sem)) === wanted;
    return this.list.find(called)?.sem ?? 0;
  }

  /** false: no memory for the kernel's semaphore. */
  setup(address: number, name: string, value: number, named: boolean): boolean {
    const { k } = this;
    const sem = address >>> 0;
    const object = semCreate(k, name, value, IPC_FLAG_FIFO);
    if (object === 0) return false;
    k.memory.fill(sem, PSEM.size, 0);
    PSEM.refcount.set(k.memory, sem, 1);
    PSEM.unamed.set(k.memory, sem, Number(!named));
    PSEM.sem.set(k.memory, sem, object);
    this.list = [
      { sem, named, module: k.currentModule },
      ...this.list.filter((entry) => entry.sem !== sem),
    ];
    return true;
  }

  remove(address: number): void {
    const { k } = this;
    const entry = this.list.find(({ sem }) => sem === address >>> 0);
    if (!entry) return;
    this.list = this.list.filter((other) => other !== entry);
    semDelete(k, this.object(entry.sem, "rt_sem_delete"));
    if (entry.named) giveBack(k, entry.sem);
    // 4.0.4 frees a sem_t of the caller's as well.
    else if (k.options.compat404) k.heap.free(entry.sem);
  }

  /** The kernel semaphore of a sem_t. */
  object(sem: number, fn: string): number {
    const object = PSEM.sem.get(this.k.memory, sem);
    checkSem(this.k, object, fn, 0);
    return object;
  }

  forgetModule(module: number): void {
    for (const { sem, named } of this.list.filter((entry) => entry.module === module))
      if (named) giveBack(this.k, sem);
    this.list = this.list.filter((entry) => entry.module !== module);
  }
}

/** sem_open gives NULL for an error. */
function none(k: Kernel, errno: number): 0 {
  failed(k, errno);
  return 0;
}

function open(c: Pthreads, name: string, flags: number, value: number): number {
  const { k, semaphores } = c;
  const existing = semaphores.find(name);
  if ((flags & O_CREAT) !== 0) {
    if (existing !== 0 && (flags & O_EXCL) !== 0) return none(k, E.EEXIST);
    // 4.0.4 makes a second one of the same name.
    if (existing === 0 || k.options.compat404) return create(c, name, value);
  }
  if (existing === 0) return none(k, E.ENOENT);
  PSEM.refcount.set(k.memory, existing, PSEM.refcount.get(k.memory, existing) + 1);
  return existing;
}

function create({ k, semaphores }: Pthreads, name: string, value: number): number {
  if (value >>> 0 > VALUE_MAX && !k.options.compat404) return none(k, E.EINVAL);
  const sem = k.heap.alloc(PSEM.size);
  if (sem === 0) return none(k, E.ENFILE);
  if (semaphores.setup(sem, name, value, true)) return sem;
  k.heap.free(sem);
  return none(k, E.ENFILE);
}

function init(c: Pthreads, sem: number, value: number): number {
  const { k } = c;
  if (sem === 0) return failed(k, E.EINVAL);
  if (value >>> 0 > VALUE_MAX && !k.options.compat404) return failed(k, E.EINVAL);
  return c.semaphores.setup(sem, c.name("psem"), value, false) ? 0 : failed(k, E.ENOMEM);
}

function destroy({ k, semaphores }: Pthreads, sem: number): number {
  if (PSEM.unamed.get(k.memory, sem) === 0) return failed(k, E.EINVAL);
  const object = semaphores.object(sem, "sem_destroy");
  // 4.0.4 takes any value 0 for somebody who waits.
  const busy = k.options.compat404
    ? SEMAPHORE.value.get(k.memory, object) === 0
    : !k.waits.isEmpty(IPC.suspend_thread.at(object));
  if (busy) return failed(k, E.EBUSY);
  semaphores.remove(sem);
  return 0;
}

function close({ k, semaphores }: Pthreads, sem: number): number {
  const count = PSEM.refcount.get(k.memory, sem) - 1;
  PSEM.refcount.set(k.memory, sem, count);
  if (count === 0 && PSEM.unlinked.get(k.memory, sem) !== 0) semaphores.remove(sem);
  return 0;
}

function unlink({ k, semaphores }: Pthreads, name: string): number {
  const sem = semaphores.find(name);
  if (sem === 0) return failed(k, E.ENOENT);
  PSEM.unlinked.set(k.memory, sem, 1);
  if (PSEM.refcount.get(k.memory, sem) === 0) semaphores.remove(sem);
  return 0;
}

function* wait(c: Pthreads, sem: number, ticks: number, late: number): Task<number> {
  const { k } = c;
  const error = yield* finish(semTake(k, c.semaphores.object(sem, "rt_sem_take"), ticks));
  if (error === RT_EOK) return 0;
  return failed(k, error === -RT_ETIMEOUT ? late : E.EINTR);
}

/** A call on a sem_t that was set up. */
const on = (
  name: string,
  proto: string,
  call: (c: Pthreads, sem: number, argument: number) => number | Task<number>,
): ExportRow<Pthreads> => ({
  name,
  proto: `int ${name}(sem_t *sem${proto});`,
  header: HEADER,
  call: (c, sem, argument) =>
    c.semaphores.has(sem) ? call(c, sem >>> 0, argument) : failed(c.k, E.EINVAL),
});

export const semaphoreRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "sem_init",
    proto: "int sem_init(sem_t *sem, int pshared, unsigned int value);",
    header: HEADER,
    call: (c, sem, _shared, value) => init(c, sem, value),
  },
  on("sem_destroy", "", destroy),
  {
    name: "sem_open",
    proto: "sem_t *sem_open(const char *name, int oflag, ...);",
    header: HEADER,
    call: (c, name, flags, _mode, value) => open(c, c.k.name(name), flags, value),
  },
  on("sem_close", "", close),
  {
    name: "sem_unlink",
    proto: "int sem_unlink(const char *name);",
    header: HEADER,
    call: (c, name) => unlink(c, c.k.name(name)),
  },
  on("sem_wait", "", (c, sem) => wait(c, sem, -1, E.EINTR)),
  on("sem_trywait", "", (c, sem) => wait(c, sem, 0, E.EAGAIN)),
  on("sem_timedwait", ", const struct timespec *abs_timeout", (c, sem, time) =>
    time === 0
      ? failed(c.k, E.EINVAL)
      : isNoTime(c.k, time)
        ? wait(c, sem, 0, E.EINVAL)
        : wait(c, sem, ticksUntil(c.k, time), E.ETIMEDOUT),
  ),
  on("sem_post", "", (c, sem) => {
    const error = semRelease(c.k, c.semaphores.object(sem, "rt_sem_release"));
    return error === RT_EOK ? 0 : failed(c.k, E.EINVAL);
  }),
  on("sem_getvalue", ", int *sval", ({ k, semaphores }, sem, result) => {
    if (result === 0) return failed(k, E.EINVAL);
    k.memory.st32(result, SEMAPHORE.value.get(k.memory, semaphores.object(sem, "sem_getvalue")));
    return 0;
  }),
];
