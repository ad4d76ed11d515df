import { GuestFault, type GuestMemory } from "../memory/mod.ts";
import { RT_EOK, THREAD_CLOSE, THREAD_INIT, THREAD_STAT_MASK } from "./abi/constants.ts";
import { OBJECT, THREAD } from "./abi/layout.ts";
import { callNamed, SCHEDULE, type Task, type Wait } from "./call.ts";
import { threadGone } from "./ipc/mutex-five.ts";
import type { Kernel } from "./kernel.ts";
import {
  BrokenList,
  listHasLost,
  listInit,
  listInsertAfter,
  listIsEmpty,
  listNext,
  listRemove,
} from "./list.ts";

/** Bytes of the list of ended threads in the system area. */
export const DEFUNCT_LIST_SIZE = 8;

/** How threads end: rt_thread_exit, rt_thread_delete, rt_thread_detach and the part of the idle thread that frees them. */
export class ThreadEnding {
  private readonly memory: GuestMemory;

  constructor(
    private readonly k: Kernel,
    private readonly defunct: number,
  ) {
    this.memory = k.memory;
    listInit(this.memory, defunct);
  }

  /** rt_thread_exit of the running thread; does not return to what called it. */
  *exit(): Task<void> {
    const thread = this.k.threads.current;
    this.asksForItsEnd(thread);
    yield* this.cleanup(thread);
    this.close(thread, this.k.objects.isStatic(thread) ? "detach" : "delete");
    const state = this.k.threads.states.get(thread);
    if (state !== undefined) state.dead = true;
    // Only the thread that ends can have locked the scheduler; on the board nothing would ever run again.
    this.k.scheduler.lockNest = 0;
    yield SCHEDULE;
  }

  /** rt_thread_delete or rt_thread_detach as part of a Task. */
  *end(thread: number, how: "delete" | "detach"): Task<number> {
    if (this.isClosed(thread)) return RT_EOK;
    if (thread === this.k.threads.current) this.asksForItsEnd(thread);
    this.unqueue(thread);
    yield* this.cleanup(thread);
    this.close(thread, how);
    return RT_EOK;
  }

  /** The same for callers that are no Task: module destruction and cleanup hook run when the present call is over. */
  now(thread: number, how: "delete" | "detach"): number {
    if (this.isClosed(thread)) return RT_EOK;
    this.unqueue(thread);
    const cleanup = this.cleanup(thread);
    const first = cleanup.next();
    if (!first.done) this.k.runner.defer(resumed(cleanup, first.value));
    this.close(thread, how);
    return RT_EOK;
  }

  /** Takes a thread out of everything at once, as dlmodule_destroy does; frees TCB and stack of a dynamic one. */
  purge(thread: number): void {
    const { k, memory: m } = this;
    k.scheduler.remove(thread);
    if (k.five) threadGone(k, thread);
    k.timers.detach(THREAD.thread_timer.at(thread, m));
    THREAD.stat.set(m, thread, THREAD_CLOSE);
    const redZone = this.forget(thread);
    if (thread === k.scheduler.current) k.scheduler.currentGone = true;
    if (k.objects.isStatic(thread)) {
      k.objects.detach(thread);
    } else {
      k.heap.free(THREAD.stack_addr.get(m, thread) - redZone);
      k.objects.delete(thread);
    }
  }

  /**
   * Takes the running thread out of everything when its control block is in memory that goes now, or was overwritten: nothing looks at the
   * block after this. What is broken of it stays as it is.
   */
  vanish(): void {
    const { k, memory: m } = this;
    const thread = k.scheduler.current;
    attempt(() => k.scheduler.remove(thread));
    if (k.five) attempt(() => threadGone(k, thread));
    attempt(() => k.timers.detach(THREAD.thread_timer.at(thread, m)));
    attempt(() => k.objects.detach(thread));
    THREAD.stat.set(m, thread, THREAD_CLOSE);
    this.forget(thread);
    k.scheduler.currentGone = true;
  }

  /** rt_thread_idle_excute: frees what ended since. True when there was something. */
  reap(): boolean {
    const { k, memory: m } = this;
    let any = false;
    while (!listIsEmpty(m, this.defunct)) {
      const thread = listNext(m, this.defunct) - THREAD.tlist.offsetIn(m);
      listRemove(m, THREAD.tlist.at(thread, m));
      listHasLost(m, this.defunct, THREAD.tlist.at(thread, m));
      const redZone = this.forget(thread);
      k.heap.free(THREAD.stack_addr.get(m, thread) - redZone);
      k.objects.delete(thread);
      any = true;
    }
    return any;
  }

  get hasDefunct(): boolean {
    return !listIsEmpty(this.memory, this.defunct);
  }

  /** Guest code that a Task of the thread has called does. */
  private asksForItsEnd(thread: number): void {
    const { hooks, runner } = this.k;
    if (!hooks.endsItself) return;
    for (const { below } of runner.running?.frames ?? [])
      if (below !== undefined) return hooks.endsItself(thread);
  }

  private isClosed(thread: number): boolean {
    return (THREAD.stat.get(this.memory, thread) & THREAD_STAT_MASK) === THREAD_CLOSE;
  }

  private unqueue(thread: number): void {
    if ((THREAD.stat.get(this.memory, thread) & THREAD_STAT_MASK) !== THREAD_INIT)
      this.k.scheduler.remove(thread);
  }

  /** _rt_thread_cleanup_execute. */
  private *cleanup(thread: number): Task<void> {
    const m = this.memory;
    const module = OBJECT.module_id.get(m, thread);
    const ended = module !== 0 ? this.k.hooks.threadEnded?.(thread, module) : undefined;
    if (ended) yield* ended;
    // The module may have taken the thread with it.
    if (!this.k.threads.states.has(thread)) return;
    const hook = THREAD.cleanup.get(m, thread);
    if (hook !== 0) yield* callNamed("the cleanup function of a thread", hook, thread);
  }

  private close(thread: number, how: "delete" | "detach"): void {
    const { k, memory: m } = this;
    const state = k.threads.states.get(thread);
    if (state === undefined) return;
    k.scheduler.remove(thread);
    if (k.five) threadGone(k, thread);
    k.timers.detach(THREAD.thread_timer.at(thread, m));
    THREAD.stat.set(m, thread, THREAD_CLOSE);
    if (how === "detach") {
      k.objects.detach(thread);
      this.forget(thread);
    } else {
      listInsertAfter(m, this.defunct, THREAD.tlist.at(thread, m));
      state.abandon();
    }
  }

  /** Gives back what the simulator keeps of the thread; the result is the size of its red zone. */
  private forget(thread: number): number {
    const state = this.k.threads.states.get(thread);
    if (state === undefined) return 0;
    this.k.hooks.threadGone?.(thread);
    this.k.threads.states.delete(thread);
    this.k.reents.release(state);
    if (state.guard !== 0) this.memory.removeGuard(state.guard);
    state.dead = true;
    state.abandon();
    return state.redZone;
  }
}

/** Links that guest code has overwritten lead nowhere. */
function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof GuestFault || error instanceof BrokenList)) throw error;
  }
}

/** A Task that was started and yielded `first` goes on from there. */
function* resumed(task: Task<void>, first: Wait): Task<void> {
  let step = task.next(yield first);
  while (!step.done) step = task.next(yield step.value);
}
