import type { GuestMemory } from "../memory/mod.ts";
import {
  THREAD_PRIORITY_MAX,
  THREAD_READY,
  THREAD_RUNNING,
  THREAD_STAT_MASK,
  THREAD_STAT_YIELD,
} from "./abi/constants.ts";
import { THREAD } from "./abi/layout.ts";
import { Answer, Attention, type KernelWords } from "./attention.ts";
import type { Kernel } from "./kernel.ts";
import { listEach, listInit, listInsertBefore, listIsEmpty, listNext, listRemove } from "./list.ts";

/** Bytes of the ready lists in the system area. */
export const READY_LISTS_SIZE = 8 * THREAD_PRIORITY_MAX;

/**
 * Strict priorities, 0 first, one FIFO of ready threads for each: src/scheduler.c of RT-Thread 4.0.4 for one CPU. The running thread is
 * not on a list.
 */
export class Scheduler {
  /** rt_interrupt_nest. */
  interruptNest = 0;
  /** The running thread was ended and its TCB freed. */
  currentGone = false;
  private readonly memory: GuestMemory;
  private readonly words: KernelWords;
  // What the words say, for who reads it here.
  private thread = 0;
  private locks = 0;
  private isRequested = false;
  private readyGroup = 0;

  constructor(
    private readonly k: Kernel,
    private readonly lists: number,
  ) {
    this.memory = k.memory;
    this.words = k.words;
    this.requested = false;
    this.current = this.lockNest = 0;
    for (let priority = 0; priority < THREAD_PRIORITY_MAX; priority++)
      listInit(this.memory, this.head(priority));
  }

  /** TCB of the running thread, 0 before start. In an interrupt it is already the thread to be switched to. */
  get current(): number {
    return this.thread;
  }
  set current(thread: number) {
    this.thread = thread;
    this.words.setAnswer(Answer.Thread, thread);
  }

  /** rt_scheduler_lock_nest. */
  get lockNest(): number {
    return this.locks;
  }
  set lockNest(locks: number) {
    this.locks = locks;
    this.words.setAnswer(Answer.Locks, locks);
  }

  /** rt_schedule() was called; the runner picks a thread when the present call or step is over. */
  get requested(): boolean {
    return this.isRequested;
  }
  set requested(requested: boolean) {
    this.isRequested = requested;
    this.words.need(Attention.Schedule, requested);
  }

  private head(priority: number): number {
    return this.lists + 8 * priority;
  }

  hasReady(priority: number): boolean {
    return (this.readyGroup & (1 << priority)) !== 0;
  }

  /** rt_schedule: in a thread the switch happens at the end of the call being served, in an interrupt at its end. */
  schedule(): void {
    if (this.interruptNest > 0) this.pick();
    else this.requested = true;
  }

  /** Decides which thread runs; the registers follow in the runner. */
  pick(): void {
    this.requested = false;
    if (this.lockNest > 0 && !this.currentGone) return;
    if (this.readyGroup === 0) return;
    const m = this.memory;
    const best = 31 - Math.clz32(this.readyGroup & -this.readyGroup);
    const from = this.current;
    let keepFrom = false;
    if (from !== 0 && !this.currentGone) {
      const stat = THREAD.stat.get(m, from);
      if ((stat & THREAD_STAT_MASK) === THREAD_RUNNING) {
        const priority = THREAD.current_priority.get(m, from);
        const yields = (stat & THREAD_STAT_YIELD) !== 0 || this.idleStepsAside(from);
        if ((stat & THREAD_STAT_YIELD) !== 0) THREAD.stat.set(m, from, stat & ~THREAD_STAT_YIELD);
        if (priority < best || (priority === best && !yields)) return;
        keepFrom = true;
      }
    }
    const to = this.first(best);
    this.current = to;
    this.currentGone = false;
    if (keepFrom) this.insert(from);
    this.take(to, best);
    THREAD.stat.set(m, to, (THREAD.stat.get(m, to) & ~THREAD_STAT_MASK) | THREAD_RUNNING);
  }

  /** The thread that has been ready longest, or another one that the policy prefers. */
  private first(priority: number): number {
    const { schedule } = this.k.options;
    const head = this.head(priority);
    const next = listNext(this.memory, head) - THREAD.tlist.offsetIn(this.memory);
    if (schedule === undefined) return next;
    const equals = [...listEach(this.memory, head, THREAD.tlist.offsetIn(this.memory))];
    return equals.length > 1 ? equals[schedule.choose(equals.length)] : next;
  }

  /** rt_schedule_insert_thread, of a thread that is on no list, whatever its links say. */
  insert(thread: number, stat = THREAD.stat.get(this.memory, thread)): void {
    const m = this.memory;
    const rest = stat & ~THREAD_STAT_MASK;
    if (thread === this.current) {
      listInit(m, THREAD.tlist.at(thread, m));
      THREAD.stat.set(m, thread, rest | THREAD_RUNNING);
      return;
    }
    THREAD.stat.set(m, thread, rest | THREAD_READY);
    this.k.threads.changed(thread);
    const priority = THREAD.current_priority.get(m, thread) & (THREAD_PRIORITY_MAX - 1);
    listInsertBefore(m, this.head(priority), THREAD.tlist.at(thread, m));
    this.readyGroup |= 1 << priority;
  }

  /** rt_schedule_remove_thread: from whatever list the thread is on. */
  remove(thread: number): void {
    const m = this.memory;
    if (!listRemove(m, THREAD.tlist.at(thread, m))) return;
    const priority = THREAD.current_priority.get(m, thread) & (THREAD_PRIORITY_MAX - 1);
    if (listIsEmpty(m, this.head(priority))) this.readyGroup &= ~(1 << priority);
  }

  /** Takes a thread from the ready list of its priority. */
  private take(thread: number, priority: number): void {
    const m = this.memory;
    const node = THREAD.tlist.at(thread, m);
    const next = m.ldu32(node);
    const head = this.head(priority);
    const prev = this.k.options.schedule === undefined ? head : m.ldu32(node + 4);
    m.st32(next + 4, prev);
    m.st32(prev, next);
    listInit(m, node);
    if (prev === head && next === head) this.readyGroup &= ~(1 << priority);
  }

  lock(): void {
    this.lockNest++;
  }

  unlock(): void {
    if (--this.lockNest <= 0) {
      this.lockNest = 0;
      if (this.current !== 0) this.schedule();
    }
  }

  /**
   * On the board tidle0 uses up its slice of 32 ticks before an equal thread gets its turn, although it has nothing to do. Only
   * `compat404` keeps modules, which have the same priority, waiting for that.
   */
  private idleStepsAside(thread: number): boolean {
    return thread === this.k.threads.idle && !this.k.options.compat404;
  }
}
