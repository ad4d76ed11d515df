import { RT_ETIMEOUT } from "../abi/constants.ts";
import { THREAD } from "../abi/layout.ts";
import { SCHEDULE, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";

/** How a file call waits for something that is no object of the kernel. */
export interface Waiting {
  /** Suspends the running thread until `wake`, at most `ticks` when that is positive. Anything may end it early. */
  pause(ticks: number): Task<void>;
  wake(thread: number): void;
  /** Wakes the thread when bytes arrive at the console or its input ends; gives what stops that. */
  watchConsole(thread: number): () => void;
}

export function waiting(kernel: Kernel): Waiting {
  const { memory, scheduler, threads, console } = kernel;
  return {
    *pause(ticks) {
      const thread = scheduler.current;
      threads.suspend(thread);
      if (ticks > 0) threads.armTimer(thread, ticks);
      yield SCHEDULE;
      if (THREAD.result.get(memory, thread) === -RT_ETIMEOUT) THREAD.result.set(memory, thread, 0);
    },
    wake(thread) {
      threads.resume(thread);
      scheduler.schedule();
    },
    watchConsole: (thread) => console.watch(thread),
  };
}
