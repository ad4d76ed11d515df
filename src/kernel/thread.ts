import type { GuestMemory } from "../memory/mod.ts";
import {
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
  STACK_FILL,
  THREAD_CLOSE,
  THREAD_INIT,
  THREAD_PRIORITY_MAX,
  THREAD_READY,
  THREAD_RUNNING,
  THREAD_STAT_MASK,
  THREAD_STAT_YIELD,
  THREAD_SUSPEND,
} from "./abi/constants.ts";
import { OBJECT, THREAD, TIMER } from "./abi/layout.ts";
import { Trap } from "./board.ts";
import { SCHEDULE, type Task } from "./call.ts";
import { buildFrame, FRAME_SIZE } from "./context.ts";
import { threadSetup } from "./ipc/mutex-five.ts";
import type { Kernel } from "./kernel.ts";
import { listEach, listInit, listInsertAfter, listRemove, listUnlink } from "./list.ts";
import { guardStack, RED_ZONE } from "./red-zone.ts";
import { describeThread } from "./thread-info.ts";
import { ThreadState } from "./thread-state.ts";
import { ObjectClass, type ThreadInfo, type ThreadsApi } from "./types.ts";

/** How much stack a thread whose body is TypeScript pretends to use, in bytes. */
export interface StackFigures {
  /** What list_thread shows as sp while the thread waits. */
  readonly inUse: number;
  /** High-water mark. */
  readonly max: number;
}

/** What a report says of a thread that waits after its end. */
const DELETED =
  "thread->stat != RT_THREAD_CLOSE: the thread was deleted (rt_thread_delete of rt_thread_self) and must not wait; return from its entry instead";

/** Threads: src/thread.c of RT-Thread 4.0.4. Ending a thread is in thread-end.ts. */
export class Threads implements ThreadsApi {
  /** TCB of tidle0. */
  idle = 0;
  readonly states = new Map<number, ThreadState>();
  private readonly memory: GuestMemory;

  constructor(private readonly k: Kernel) {
    this.memory = k.memory;
  }

  get current(): number {
    return this.k.scheduler.current;
  }

  /** Name of the running thread, empty before the scheduler starts. */
  get currentName(): string {
    const thread = this.current;
    return thread === 0 ? "" : OBJECT.name.get(this.memory, thread);
  }

  state(thread: number): ThreadState {
    let state = this.states.get(thread);
    if (state === undefined) {
      state = new ThreadState(thread);
      this.states.set(thread, state);
    }
    return state;
  }

  init(
    thread: number,
    name: string,
    entry: number,
    parameter: number,
    stack: number,
    stackSize: number,
    priority: number,
    slice: number,
  ): number {
    this.k.assert(thread !== 0, "thread != RT_NULL", "rt_thread_init", 244);
    this.k.assert(stack !== 0, "stack_start != RT_NULL", "rt_thread_init", 245);
    this.k.objects.init(thread, ObjectClass.Thread, name);
    this.setup(thread, name, entry, parameter, stack, stackSize, priority, slice);
    return RT_EOK;
  }

  create(
    name: string,
    entry: number,
    parameter: number,
    stackSize: number,
    priority: number,
    slice: number,
    zone = RED_ZONE,
  ): number {
    const thread = this.k.objects.allocate(ObjectClass.Thread, name);
    if (thread === 0) return 0;
    const redZone = this.k.options.compat404 ? 0 : zone;
    const block = this.k.heap.alloc(stackSize + redZone);
    if (block === 0) {
      this.k.objects.delete(thread);
      return 0;
    }
    const stack = block + redZone;
    const state = this.setup(thread, name, entry, parameter, stack, stackSize, priority, slice);
    if (!this.k.options.compat404) guardStack(this.memory, state, block, redZone);
    return thread;
  }

  createTask(
    name: string,
    stackSize: number,
    priority: number,
    slice: number,
    body: () => Task<void>,
    figures?: StackFigures,
  ): number {
    // Threads of the board take the memory they take there.
    const zone = figures ? 0 : RED_ZONE;
    const entry = this.k.trap(Trap.TaskEntry);
    const thread = this.create(name, entry, 0, stackSize, priority, slice, zone);
    if (thread !== 0) this.makeTask(thread, body, figures);
    return thread;
  }

  /** The same with memory of the caller: the system threads of the board are static objects. */
  initTask(
    thread: number,
    stack: number,
    name: string,
    stackSize: number,
    priority: number,
    slice: number,
    body: () => Task<void>,
    figures?: StackFigures,
  ): void {
    this.init(thread, name, this.k.trap(Trap.TaskEntry), 0, stack, stackSize, priority, slice);
    this.makeTask(thread, body, figures);
  }

  private makeTask(thread: number, body: () => Task<void>, figures?: StackFigures): void {
    const m = this.memory;
    this.state(thread).push(body(), () => this.k.exitThread());
    if (figures === undefined) return;
    const stack = THREAD.stack_addr.get(m, thread);
    const size = THREAD.stack_size.get(m, thread);
    const sp = stack + size - figures.inUse;
    m.fill(stack + size - figures.max, figures.max, 0);
    buildFrame(m, sp + FRAME_SIZE, this.k.trap(Trap.TaskEntry), 0, 0);
    THREAD.sp.set(m, thread, sp);
  }

  private setup(
    thread: number,
    name: string,
    entry: number,
    parameter: number,
    stack: number,
    stackSize: number,
    priority: number,
    slice: number,
  ): ThreadState {
    const m = this.memory;
    this.k.assert(
      priority < THREAD_PRIORITY_MAX,
      "priority < RT_THREAD_PRIORITY_MAX",
      "_rt_thread_init",
      155,
    );
    if (this.k.five) {
      this.k.assert(slice !== 0, "tick != 0", "_thread_init", 190);
      threadSetup(this.k, thread);
    }
    listInit(m, THREAD.tlist.at(thread, m));
    THREAD.entry.set(m, thread, entry);
    THREAD.parameter.set(m, thread, parameter);
    THREAD.stack_addr.set(m, thread, stack);
    THREAD.stack_size.set(m, thread, stackSize);
    m.fill(stack, stackSize, STACK_FILL);
    const exit = this.k.trap(Trap.ThreadExit);
    THREAD.sp.set(m, thread, buildFrame(m, (stack + stackSize) & ~7, entry, parameter, exit));
    THREAD.init_priority.set(m, thread, priority);
    THREAD.current_priority.set(m, thread, priority);
    THREAD.number_mask.set(m, thread, 0);
    THREAD.event_set.set(m, thread, 0);
    THREAD.event_info.set(m, thread, 0);
    THREAD.init_tick.set(m, thread, slice);
    THREAD.remaining_tick.set(m, thread, slice);
    THREAD.result.set(m, thread, RT_EOK);
    THREAD.stat.set(m, thread, THREAD_INIT);
    THREAD.cleanup.set(m, thread, 0);
    THREAD.user_data.set(m, thread, 0);
    this.k.timers.init(this.timer(thread), name, this.k.threadTimeout, thread, 0, 0);
    this.states.get(thread)?.abandon();
    const state = new ThreadState(thread);
    this.states.set(thread, state);
    return state;
  }

  private timer(thread: number): number {
    return THREAD.thread_timer.at(thread, this.memory);
  }

  private stat(thread: number): number {
    return THREAD.stat.get(this.memory, thread) & THREAD_STAT_MASK;
  }

  startup(thread: number): number {
    const m = this.memory;
    this.k.assert(
      this.stat(thread) === THREAD_INIT,
      "(thread->stat & RT_THREAD_STAT_MASK) == RT_THREAD_INIT",
      "rt_thread_startup",
      313,
    );
    THREAD.current_priority.set(m, thread, THREAD.init_priority.get(m, thread));
    THREAD.number_mask.set(m, thread, 1 << THREAD.current_priority.get(m, thread));
    THREAD.stat.set(m, thread, THREAD_SUSPEND);
    this.resume(thread);
    if (this.current !== 0) this.k.scheduler.schedule();
    return RT_EOK;
  }

  suspend(thread: number): number {
    const m = this.memory;
    const all = THREAD.stat.get(m, thread);
    const stat = all & THREAD_STAT_MASK;
    if (stat !== THREAD_READY && stat !== THREAD_RUNNING) return -RT_ERROR;
    this.k.scheduler.remove(thread);
    this.changed(thread);
    THREAD.stat.set(m, thread, (all & ~THREAD_STAT_MASK) | THREAD_SUSPEND);
    this.k.timers.stop(this.timer(thread));
    return RT_EOK;
  }

  /** Simulated nanoseconds at which a thread that does not run began to wait, or became ready. */
  since(thread: number): number {
    return this.states.get(thread)?.since ?? 0;
  }

  changed(thread: number): void {
    const state = this.states.get(thread);
    if (state !== undefined) state.since = this.k.clock.lately(this.k.runner.ahead);
  }

  resume(thread: number): number {
    const m = this.memory;
    const stat = THREAD.stat.get(m, thread);
    if ((stat & THREAD_STAT_MASK) !== THREAD_SUSPEND) return -RT_ERROR;
    listUnlink(m, THREAD.tlist.at(thread, m));
    this.k.timers.stop(this.timer(thread));
    this.k.scheduler.insert(thread, stat);
    return RT_EOK;
  }

  /** rt_thread_timeout: the thread's own timer expired. */
  timeout(thread: number): void {
    const m = this.memory;
    this.k.assert(
      this.stat(thread) === THREAD_SUSPEND,
      "(thread->stat & RT_THREAD_STAT_MASK) == RT_THREAD_SUSPEND",
      "rt_thread_timeout",
      862,
    );
    THREAD.result.set(m, thread, -RT_ETIMEOUT);
    listRemove(m, THREAD.tlist.at(thread, m));
    this.k.scheduler.insert(thread);
    this.k.scheduler.schedule();
  }

  /** A thread that has deleted itself runs to its next switch; on the board its timer stops the system, or its place on two lists. */
  mayWait(thread: number): void {
    if (this.k.options.compat404 || !this.isClosed(thread)) return;
    this.k.assert(false, DELETED, "rt_thread_suspend", 763);
  }

  /** Starts the timer of a thread that waits. */
  armTimer(thread: number, ticks: number): void {
    this.mayWait(thread);
    const timer = this.timer(thread);
    TIMER.init_tick.set(this.memory, timer, ticks);
    this.k.timers.start(timer);
  }

  *sleep(ticks: number): Task<number> {
    const m = this.memory;
    const thread = this.current;
    this.suspend(thread);
    this.armTimer(thread, ticks >>> 0);
    yield SCHEDULE;
    if (THREAD.result.get(m, thread) === -RT_ETIMEOUT) THREAD.result.set(m, thread, RT_EOK);
    return RT_EOK;
  }

  yield(): number {
    const m = this.memory;
    const thread = this.current;
    THREAD.remaining_tick.set(m, thread, THREAD.init_tick.get(m, thread));
    THREAD.stat.set(m, thread, THREAD.stat.get(m, thread) | THREAD_STAT_YIELD);
    this.k.scheduler.schedule();
    return RT_EOK;
  }

  /** RT_THREAD_CTRL_CHANGE_PRIORITY. */
  changePriority(thread: number, priority: number): void {
    const m = this.memory;
    const ready = this.stat(thread) === THREAD_READY;
    if (ready) this.k.scheduler.remove(thread);
    THREAD.current_priority.set(m, thread, priority);
    THREAD.number_mask.set(m, thread, 1 << (priority & (THREAD_PRIORITY_MAX - 1)));
    if (ready) this.k.scheduler.insert(thread);
  }

  delete(thread: number): number {
    return this.k.ending.now(thread, "delete");
  }

  detach(thread: number): number {
    return this.k.ending.now(thread, "detach");
  }

  vanish(): void {
    this.k.ending.vanish();
  }

  get vanished(): boolean {
    return this.k.scheduler.currentGone;
  }

  isClosed(thread: number): boolean {
    return this.stat(thread) === THREAD_CLOSE;
  }

  waiting(listHead: number): number[] {
    return [...listEach(this.memory, listHead, THREAD.tlist.offsetIn(this.memory))];
  }

  describe(thread: number): ThreadInfo {
    return describeThread(this.memory, thread);
  }

  /** Puts the current thread on the wait list of an object. */
  enqueue(list: number, thread: number): void {
    this.mayWait(thread);
    listInsertAfter(this.memory, list, THREAD.tlist.at(thread, this.memory));
  }
}
