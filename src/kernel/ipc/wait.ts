import type { GuestMemory } from "../../memory/mod.ts";
import { IPC_FLAG_PRIO, RT_EINTR, RT_EOK, RT_ERROR } from "../abi/constants.ts";
import { THREAD } from "../abi/layout.ts";
import { SCHEDULE, Suspended, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listEach, listHasLost, listInsertBefore, listIsEmpty } from "../list.ts";

/** Wait lists of IPC objects: the common part of src/ipc.c of RT-Thread 4.0.4. */
export class WaitLists {
  private readonly memory: GuestMemory;
  private readonly woken: Task<number>;

  constructor(private readonly k: Kernel) {
    this.memory = k.memory;
    this.woken = Suspended.task(() => THREAD.result.get(k.memory, k.scheduler.current));
  }

  /** rt_ipc_list_suspend: the thread goes to the tail, or with PRIO before the first one of a larger number. */
  suspend(list: number, thread: number, flag: number): void {
    if (this.k.threads.suspend(thread) !== RT_EOK) this.k.threads.mayWait(thread);
    this.place(list, thread, flag);
  }

  enqueue(list: number, thread: number, flag: number): void {
    this.k.threads.mayWait(thread);
    this.place(list, thread, flag);
  }

  private place(list: number, thread: number, flag: number): void {
    const m = this.memory;
    let before = list;
    if (flag === IPC_FLAG_PRIO) {
      const priority = THREAD.current_priority.get(m, thread);
      for (const other of listEach(m, list, THREAD.tlist.offsetIn(m))) {
        if (priority < THREAD.current_priority.get(m, other)) {
          before = THREAD.tlist.at(other, m);
          break;
        }
      }
    }
    listInsertBefore(m, before, THREAD.tlist.at(thread, m));
  }

  isEmpty(list: number): boolean {
    return listIsEmpty(this.memory, list);
  }

  /** The first waiter, 0 when there is none. */
  first(list: number): number {
    const node = this.memory.ldu32(list);
    return node === list ? 0 : node - THREAD.tlist.offsetIn(this.memory);
  }

  /** rt_ipc_list_resume. */
  resumeFirst(list: number): void {
    const thread = this.first(list);
    if (thread !== 0) this.resume(thread);
  }

  /** Wakes a waiter that got what it waits for. */
  resume(thread: number): void {
    if (this.k.five) THREAD.result.set(this.memory, thread, RT_EOK);
    this.k.threads.resume(thread);
  }

  /** rt_ipc_list_resume_all: the object is gone or was reset. */
  resumeAll(list: number): void {
    for (let thread = this.first(list); thread !== 0; thread = this.first(list)) {
      THREAD.result.set(this.memory, thread, -RT_ERROR);
      // A node that is no suspended thread would stay where it is for ever.
      if (this.k.threads.resume(thread) !== 0) this.k.scheduler.remove(thread);
      listHasLost(this.memory, list, THREAD.tlist.at(thread, this.memory));
    }
  }

  /**
   * Suspends the running thread on the list, for at most `timeout` ticks when that is positive; gives the thread's error after it
   * was woken: 0, -RT_ETIMEOUT, or -RT_ERROR when the object went away.
   */
  *block(list: number, flag: number, timeout: number): Task<number> {
    const thread = this.begin(list, flag, timeout);
    yield SCHEDULE;
    return THREAD.result.get(this.memory, thread);
  }

  /** The same as the result of a row. */
  blockCaller(list: number, flag: number, timeout: number): Task<number> {
    this.begin(list, flag, timeout);
    return this.woken;
  }

  private begin(list: number, flag: number, timeout: number): number {
    const thread = this.k.scheduler.current;
    // What a thread that is resumed by hand comes back with.
    THREAD.result.set(this.memory, thread, this.k.five ? -RT_EINTR : RT_EOK);
    this.suspend(list, thread, flag);
    if (timeout > 0) this.k.threads.armTimer(thread, timeout);
    return thread;
  }
}
