import {
  IPC_FLAG_FIFO,
  NAME_MAX,
  RT_EINTR,
  RT_EOK,
  THREAD_CLOSE,
  THREAD_INIT,
  THREAD_PRIORITY_MAX,
  THREAD_SUSPEND,
} from "../abi/constants.ts";
import { THREAD } from "../abi/layout.ts";
import { callGuest, callNamed, type Task } from "../call.ts";
import type { Cancellation } from "../cancellation.ts";
import { semCreate, semDelete, semRelease, semTake } from "../ipc/sem.ts";
import type { Kernel } from "../kernel.ts";
import { guardStack, RED_ZONE } from "../red-zone.ts";
import type { ThreadState } from "../thread-state.ts";
import { ObjectClass } from "../types.ts";
import { forgetAlarms } from "./alarm.ts";
import { type Attributes, DEFAULT, readAttributes } from "./attr.ts";
import { deliver, statOf } from "./deliver.ts";
import { E } from "./errno.ts";
import { giveBack } from "./give-back.ts";
import { Keys, type Specific } from "./keys.ts";
import { MessageQueues } from "./mqueue.ts";
import { Semaphores } from "./semaphore.ts";
import { Signals } from "./signals.ts";
import { uninterrupted } from "./wait.ts";

/** PTHREAD_NUM_MAX. */
const NUM_MAX = 8;
const SLICE = 5;
/** In bytes: the first frame and a few calls. */
const STACK_MIN = 256;
const CANCEL_ASYNCHRONOUS = 0;
const CANCEL_ENABLE = 1;
const CANCEL_DEFERRED = 2;
const CANCEL_DISABLE = 3;
const CANCELED = 4;
/** What reports call what pthread_cleanup_push was given. */
const CLEANUP = "a handler of pthread_cleanup_push";

/** What the library keeps of a thread, be it a pthread or not. */
export interface ThreadData {
  /** Absent in a thread that rt_thread_create made. */
  readonly pthread?: Pthread;
  readonly cleanup: { readonly routine: number; readonly argument: number }[];
  readonly specific: Specific;
  cancelState: number;
  cancelType: number;
  canceled: boolean;
  /** It waits in a cancellation point: one that it leaves by ending, or by returning first. */
  waitsIn: "nothing" | "point" | "returning";
}

interface Pthread {
  readonly id: number;
  /** TCB, on the heap until the thread was joined. */
  readonly thread: number;
  /** The block of the heap that its stack ends; 0 when the stack is the caller's. */
  readonly block: number;
  /** Released when the thread ends; 0 when it is detached. */
  sem: number;
  detached: boolean;
  value: number;
  ended: boolean;
  readonly module: number;
}

/**
 * POSIX threads: pthread.c of RT-Thread 4.0.4, in which a pthread_t is an index of a table of eight. Memory of an ended
 * thread is given back when nothing runs on it any more; a thread that is no pthread has its TCB as pthread_t.
 */
export class Pthreads {
  readonly keys: Keys;
  readonly semaphores: Semaphores;
  readonly queues: MessageQueues;
  readonly signals: Signals;
  private readonly table: (Pthread | undefined)[] = [];
  private readonly data = new WeakMap<ThreadState, ThreadData>();
  private readonly numbers = new Map<string, number>();

  constructor(readonly k: Kernel) {
    this.keys = new Keys(k);
    this.semaphores = new Semaphores(k);
    this.queues = new MessageQueues(k);
    this.signals = new Signals(k);
  }

  /** Name of the next kernel object of a kind: `pmtx00`, `pmtx01`, ..., cut by the buffer it is made in. */
  name(prefix: string): string {
    const number = this.numbers.get(prefix) ?? 0;
    this.numbers.set(prefix, (number + 1) & 0xffff);
    return `${prefix}${String(number).padStart(2, "0")}`.slice(0, NAME_MAX - 1);
  }

  /** The data of the running thread. 4.0.4 has none for a thread that is no pthread. */
  self(fn: string): ThreadData {
    const data = this.dataOf(this.k.scheduler.current);
    if (this.k.options.compat404)
      this.k.assert(data.pthread !== undefined, "ptd != RT_NULL", fn, 0);
    return data;
  }

  private dataOf(thread: number): ThreadData {
    const state = this.k.threads.state(thread);
    let data = this.data.get(state);
    if (!data) this.data.set(state, (data = newData()));
    return data;
  }

  id(data: ThreadData): number {
    return data.pthread?.id ?? this.k.scheduler.current;
  }

  /** The TCB of a pthread_t, 0 when there is no such thread. */
  threadOf(id: number): number {
    const pthread = this.table[id];
    if (pthread) return pthread.ended ? 0 : pthread.thread;
    return this.k.threads.states.has(id >>> 0) ? id >>> 0 : 0;
  }

  create(result: number, attr: number, start: number, argument: number): number {
    const { k } = this;
    k.assert(result !== 0, "pid != RT_NULL", "pthread_create", 0);
    let id = 0;
    while (this.table[id]) id++;
    if (id >= NUM_MAX) return E.ENOMEM;
    const wanted = attr === 0 ? DEFAULT : readAttributes(k.memory, attr);
    const priority = wanted.priority & 0xff;
    const possible = priority < THREAD_PRIORITY_MAX && wanted.stacksize >= STACK_MIN;
    if (!possible && !k.options.compat404) return E.EINVAL;
    const name = this.name("pth");
    const pthread = this.allocate(id, wanted, name);
    if (!pthread) return E.ENOMEM;
    this.table[id] = pthread;
    const { thread } = pthread;
    const stack = pthread.block === 0 ? wanted.stackaddr : pthread.block + this.redZone;
    const task = this.body(pthread, start, argument);
    // Called however the thread ends, before its first step too.
    const close = task.return.bind(task);
    task.return = (value) => {
      const closed = close(value);
      this.ended(pthread);
      return closed;
    };
    k.threads.initTask(thread, stack, name, wanted.stacksize, priority, SLICE, () => task);
    THREAD.entry.set(k.memory, thread, start);
    THREAD.parameter.set(k.memory, thread, argument);
    const state = k.threads.state(thread);
    if (pthread.block !== 0 && !k.options.compat404)
      guardStack(k.memory, state, pthread.block, this.redZone);
    this.data.set(state, newData(pthread));
    k.memory.st32(result, id);
    k.threads.startup(thread);
    return 0;
  }

  private get redZone(): number {
    return this.k.options.compat404 ? 0 : RED_ZONE;
  }

  private allocate(
    id: number,
    { stackaddr, stacksize, detached }: Attributes,
    name: string,
  ): Pthread | undefined {
    const { k } = this;
    const thread = k.heap.alloc(THREAD.sizeIn(k.memory));
    if (thread === 0) return undefined;
    k.memory.fill(thread, THREAD.sizeIn(k.memory), 0);
    const sem = detached ? 0 : semCreate(k, name, 0, IPC_FLAG_FIFO);
    const block = stackaddr === 0 ? k.heap.alloc(stacksize + this.redZone) : 0;
    const pthread = { id, thread, block, sem, detached, value: 0, ended: false };
    if ((sem !== 0 || detached) && (block !== 0 || stackaddr !== 0))
      return { ...pthread, module: k.currentModule };
    if (sem !== 0) semDelete(k, sem);
    giveBack(k, block);
    giveBack(k, thread);
    return undefined;
  }

  private *body(pthread: Pthread, start: number, argument: number): Task<void> {
    pthread.value = yield* callGuest(start, argument);
    const { specific } = this.dataOf(pthread.thread);
    if (!this.k.options.compat404) yield* this.keys.destruct(specific);
    yield* this.k.ending.exit();
  }

  /** The thread does not run any more. */
  private ended(pthread: Pthread): void {
    if (pthread.ended) return;
    pthread.ended = true;
    if (pthread.detached) this.release(pthread);
    else if (this.k.objects.classOf(pthread.sem) === ObjectClass.Semaphore)
      semRelease(this.k, pthread.sem);
  }

  private release(pthread: Pthread): void {
    const { k } = this;
    const { thread, sem, block } = pthread;
    if (this.table[pthread.id] === pthread) this.table[pthread.id] = undefined;
    if (sem !== 0 && k.objects.classOf(sem) === ObjectClass.Semaphore) semDelete(k, sem);
    pthread.sem = 0;
    if (thread === k.scheduler.current) k.scheduler.currentGone = true;
    giveBack(k, block);
    giveBack(k, thread);
  }

  join(id: number, result: number): number | Task<number> {
    const pthread = this.table[id];
    if (this.threadOf(id) === this.k.scheduler.current) return E.EDEADLK;
    if (!pthread || pthread.detached) return E.EINVAL;
    return this.waitFor(pthread, result);
  }

  private *waitFor(pthread: Pthread, result: number): Task<number> {
    const { k } = this;
    const error = yield* uninterrupted(k, () => semTake(k, pthread.sem, -1));
    if (error !== RT_EOK) return E.ESRCH;
    if (result !== 0) k.memory.st32(result, pthread.value);
    this.release(pthread);
    return 0;
  }

  detach(id: number): number {
    const pthread = this.table[id];
    if (!pthread || pthread.detached) return E.EINVAL;
    if (pthread.ended) {
      this.release(pthread);
      return 0;
    }
    pthread.detached = true;
    semDelete(this.k, pthread.sem);
    pthread.sem = 0;
    return 0;
  }

  /** pthread_exit of the running thread; does not come back. */
  *exit(value: number, fn = "pthread_exit"): Task<void> {
    const data = this.self(fn);
    data.cancelState = CANCEL_DISABLE;
    if (data.pthread) data.pthread.value = value;
    for (let next = data.cleanup.pop(); next; next = data.cleanup.pop())
      yield* callNamed(CLEANUP, next.routine, next.argument);
    yield* this.keys.destruct(data.specific);
    yield* this.k.ending.exit();
  }

  *cleanupPop(execute: boolean): Task<void> {
    const { cleanup } = this.self("pthread_cleanup_pop");
    // 4.0.4 leaves a handler that is not executed where it is.
    if (!execute && this.k.options.compat404) return;
    const handler = cleanup.pop();
    if (handler && execute) yield* callNamed(CLEANUP, handler.routine, handler.argument);
  }

  cancel(id: number): number {
    const { k } = this;
    const thread = this.threadOf(id);
    if (thread === 0) return this.table[id] ? 0 : E.EINVAL;
    if (thread === k.scheduler.current) return 0;
    const data = this.dataOf(thread);
    if (data.cancelState !== CANCEL_ENABLE) return 0;
    data.canceled = true;
    const stat = statOf(k, thread);
    if (stat === THREAD_INIT || stat === THREAD_CLOSE) return 0;
    const waits = stat === THREAD_SUSPEND && data.waitsIn !== "nothing";
    if (data.cancelType !== CANCEL_ASYNCHRONOUS && !waits) return 0;
    if (waits && data.waitsIn === "returning") {
      THREAD.result.set(k.memory, thread, -RT_EINTR);
      k.threads.resume(thread);
      k.scheduler.schedule();
      return 0;
    }
    // 4.0.4 takes the thread away without its cleanup handlers and destructors.
    if (k.options.compat404) return k.threads.detach(thread);
    deliver(k, thread, this.exit(CANCELED));
    return 0;
  }

  testCancel(): void | Task<void> {
    const data = this.self("pthread_testcancel");
    if (data.cancelState === CANCEL_ENABLE && data.canceled) return this.exit(CANCELED);
  }

  private cancellation(): Cancellation {
    const self = () => this.dataOf(this.k.scheduler.current);
    return {
      test: () => this.testCancel() || undefined,
      enter: (returns) => (self().waitsIn = returns ? "returning" : "point"),
      leave: () => (self().waitsIn = "nothing"),
    };
  }

  setCancelState(state: number, old: number): number {
    const data = this.self("pthread_setcancelstate");
    if (state !== CANCEL_ENABLE && state !== CANCEL_DISABLE) return E.EINVAL;
    if (old !== 0) this.k.memory.st32(old, data.cancelState);
    data.cancelState = state;
    if (state === CANCEL_ENABLE) this.k.hooks.cancellation ??= this.cancellation();
    return 0;
  }

  setCancelType(type: number, old: number): number {
    const data = this.self("pthread_setcanceltype");
    if (type !== CANCEL_DEFERRED && type !== CANCEL_ASYNCHRONOUS) return E.EINVAL;
    if (old !== 0) this.k.memory.st32(old, data.cancelType);
    data.cancelType = type;
    return 0;
  }

  /** A module is gone: its threads that nobody joined, its keys, semaphores and message queues. */
  forgetModule(module: number): void {
    for (const pthread of this.table) {
      if (pthread?.module !== module) continue;
      // The semaphore went with the module's objects.
      pthread.sem = 0;
      if (pthread.ended) this.release(pthread);
      // The thread in which the module ended ends after it.
      else pthread.detached = true;
    }
    forgetAlarms(this.k, module);
    this.signals.forgetModule(module);
    this.keys.forgetModule(module);
    this.semaphores.forgetModule(module);
    this.queues.forgetModule(module);
  }
}

function newData(pthread?: Pthread): ThreadData {
  return {
    pthread,
    cleanup: [],
    specific: new Map(),
    cancelState: CANCEL_DISABLE,
    cancelType: CANCEL_DEFERRED,
    canceled: false,
    waitsIn: "nothing",
  };
}
