import type { Task } from "../kernel/call.ts";
import type { KernelApi } from "../kernel/types.ts";
import type { Module } from "./module.ts";

/** Code of a module that runs while the module is loaded. */
export type Phase = "its constructors" | "module_init";

export interface Start {
  /** TCB of the thread that loads. */
  readonly thread: number;
  readonly module: Module;
  phase: Phase;
}

/** Which threads load which modules at the moment; of one thread the innermost load is the last. */
export class Starting {
  private readonly starts: Start[] = [];

  /** Runs a step of a module's start, and forgets it however it ends. */
  *run(thread: number, module: Module, phase: Phase, step: Task<void>): Task<void> {
    const start = { thread, module, phase };
    this.starts.push(start);
    try {
      yield* step;
    } finally {
      this.starts.splice(this.starts.indexOf(start), 1);
    }
  }

  /** What the thread loads. */
  of(thread: number): Start | undefined {
    const { starts } = this;
    for (let n = starts.length - 1; n >= 0; n--) if (starts[n].thread === thread) return starts[n];
    return undefined;
  }

  /** The module whose start the running thread of the system executes: what is opened then is the module's. */
  system({ currentModule, options, threads }: KernelApi): Module | undefined {
    if (currentModule !== 0 || options.compat404) return undefined;
    return this.of(threads.current)?.module;
  }

  /** How many starts the thread is inside of: each loads the next one. */
  depth(thread: number): number {
    return this.starts.filter((start) => start.thread === thread).length;
  }

  all(): readonly Start[] {
    return this.starts;
  }
}
