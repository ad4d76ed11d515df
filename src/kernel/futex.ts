import { type ExportRow, SCHEDULE, type Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";

/**
 * The slow path of the C library's locks: a thread that finds a lock word taken waits here on the word's address. The queues are
 * host memory: no RT-Thread object stands behind them and no list shows them.
 */
export class Futex {
  private readonly queues = new Map<number, number[]>();

  constructor(private readonly k: Kernel) {}

  /** 1 when waiting is impossible here. */
  wait(word: number, expected: number): number | Task<number> {
    const { k } = this;
    if (k.memory.ld32(word) !== expected) return 0;
    if (k.scheduler.interruptNest > 0 || k.scheduler.lockNest > 0 || k.scheduler.current === 0)
      return 1;
    return this.block(word);
  }

  private *block(word: number): Task<number> {
    const { k } = this;
    const thread = k.scheduler.current;
    k.threads.suspend(thread);
    const queue = this.queues.get(word);
    if (queue) queue.push(thread);
    else this.queues.set(word, [thread]);
    try {
      yield SCHEDULE;
    } finally {
      this.leave(word, thread);
    }
    return 0;
  }

  private leave(word: number, thread: number): void {
    const queue = this.queues.get(word);
    if (queue === undefined) return;
    const at = queue.indexOf(thread);
    if (at >= 0) queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(word);
  }

  wake(word: number): void {
    const queue = this.queues.get(word);
    if (queue === undefined) return;
    this.queues.delete(word);
    for (const thread of queue) this.k.threads.resume(thread);
    this.k.scheduler.schedule();
  }
}

export const futexRows: readonly ExportRow<Kernel>[] = [
  {
    name: "_rtt_wait",
    proto: "int _rtt_wait(const int *word, int expected);",
    header: "",
    call: (k, word, expected) => k.futex.wait(word >>> 0, expected),
  },
  {
    name: "_rtt_wake",
    proto: "void _rtt_wake(const int *word);",
    header: "",
    call: (k, word) => k.futex.wake(word >>> 0),
  },
];
