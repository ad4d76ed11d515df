import { callGuest, type Task } from "../kernel/call.ts";
import { THREAD } from "../kernel/mod.ts";
import { type LoaderParts, Signal } from "./context.ts";
import { MAIN_SLICE, MODULE, PRIORITY_MAX, THREAD_STAT } from "./layout.ts";
import type { HowEnded } from "./module.ts";
import type { Objects } from "./objects.ts";

/** Thread cleanup hooks of the module run on it. */
const REAPER_STACK = 2048;
/** The thread that ends a program for another thread: no thread of the program's is to run before it, and exit handlers run on its stack. */
const ENDING_PRIORITY = 0;
const ENDING_STACK = 8192;
/** Threads of the system that take modules away when the running thread cannot. */
export class Reaper {
  /** The threads that `later` makes. */
  readonly made = new Signal<number>();

  constructor(
    private readonly parts: LoaderParts,
    private readonly objects: Objects,
  ) {}

  /** Ends the running thread and has another one run a Task; comes back when there is no memory for that one. */
  *leaveTo(thread: number, how: HowEnded, task: () => Task<void>): Task<void> {
    const { memory, threads } = this.parts.kernel;
    const hook = THREAD.cleanup.get(memory, thread);
    THREAD.cleanup.set(memory, thread, 0);
    // What lies below a stack that has overflowed may be the control block.
    if (hook !== 0 && how !== "stack overflow") yield* callGuest(hook, thread);
    if (!this.atOnce(task)) return;
    threads.vanish?.();
    yield* this.objects.endSelf();
  }

  /** Has a system thread run a Task before any other thread; false when there is no memory for it. */
  atOnce(task: () => Task<void>): boolean {
    return this.later(task, ENDING_PRIORITY, ENDING_STACK);
  }

  /** Has a system thread run a Task, of the lowest priority if not told otherwise; false when there is no memory for it. */
  later(task: () => Task<void>, priority = PRIORITY_MAX - 1, stack = REAPER_STACK): boolean {
    const { memory, threads } = this.parts.kernel;
    const owner = threads.current + MODULE.MODULE_ID;
    const id = threads.current === 0 ? 0 : memory.ldu32(owner);
    if (id !== 0) memory.st32(owner, 0);
    const reaper = threads.createTask("dlreap", stack, priority, MAIN_SLICE, task);
    if (id !== 0) memory.st32(owner, id);
    if (reaper === 0) return false;
    this.made.emit(reaper);
    // rt_thread_startup without its scheduling point: who deletes itself goes on until the next one.
    THREAD.stat.set(memory, reaper, THREAD_STAT.SUSPEND);
    THREAD.number_mask.set(memory, reaper, 1 << priority);
    threads.resume(reaper);
    return true;
  }
}
