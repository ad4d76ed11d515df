import { THREAD_STAT_MASK, THREAD_SUSPEND } from "../abi/constants.ts";
import { THREAD } from "../abi/layout.ts";
import type { Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";

/** The low bits of rt_thread.stat. */
export function statOf(k: Kernel, thread: number): number {
  return THREAD.stat.get(k.memory, thread) & THREAD_STAT_MASK;
}

/**
 * Has a thread run a Task before anything else of its own, as a signal handler does. A thread that waits is woken for it; its wait
 * ends afterwards with what the Task leaves in the thread's error.
 */
export function deliver(k: Kernel, thread: number, task: Task<void>): void {
  const state = k.threads.state(thread);
  const frame = state.push(task, () => {});
  // An interrupt that is served on this thread's stack comes first.
  const { frames } = state;
  frames.pop();
  let at = frames.length;
  while (at > 0 && frames[at - 1].interrupt) at--;
  frames.splice(at, 0, frame);
  if (thread === k.scheduler.current) k.runner.leave = true;
  if (statOf(k, thread) === THREAD_SUSPEND) {
    k.threads.resume(thread);
    k.scheduler.schedule();
  }
}
