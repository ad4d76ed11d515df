import { callGuest, SCHEDULE, type Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";

const MAIN = { priority: 10, stack: 2048, slice: 20 };
const TIMER = { priority: 4, stack: 1024, slice: 10, figures: { inUse: 0x7c, max: 0x7c } };
const IDLE = { priority: 31, stack: 1024, slice: 32, figures: { inUse: 0x60, max: 0x90 } };

/** Creates the system threads in the order of the original, so that lists show the same order. */
export function bootBoard(k: Kernel, main: () => Task<void>): void {
  const mainThread = k.threads.createTask("main", MAIN.stack, MAIN.priority, MAIN.slice, main);
  k.threads.startup(mainThread);
  k.timers.thread = staticTask(k, "timer", TIMER, () => k.timers.threadEntry());
  k.threads.idle = staticTask(k, "tidle0", IDLE, () => idle(k));
}

/** A thread with TCB and stack in the kernel image, which is not part of the heap. */
function staticTask(k: Kernel, name: string, shape: typeof TIMER, body: () => Task<void>): number {
  const thread = k.systemAlloc(136);
  const stack = k.systemAlloc(shape.stack);
  k.threads.initTask(
    thread,
    stack,
    name,
    shape.stack,
    shape.priority,
    shape.slice,
    body,
    shape.figures,
  );
  k.threads.startup(thread);
  return thread;
}

/** rt_thread_idle_entry: idle hooks, then the threads that ended. */
function* idle(k: Kernel): Task<void> {
  for (;;) {
    for (const hook of k.idleHooks) yield* callGuest(hook);
    k.ending.reap();
    k.runner.idleWaits = true;
    yield SCHEDULE;
  }
}
