import type { Task } from "./call.ts";
import type { SavedRegisters } from "./context.ts";

/** A Task that runs as part of a thread, above the guest code that called it. */
export interface Frame {
  readonly task: Task<unknown>;
  /** Gets what the Task returned; runs while the thread is the running one. */
  readonly done: (value: unknown) => void;
  /** Registers to go back to while guest code called by the Task runs. */
  below: SavedRegisters | undefined;
  /** What the Task's `yield` gives when it goes on. */
  input: number;
  /** Thrown by that `yield` instead. */
  error: Error | undefined;
  /** The Task serves an interrupt on the interrupted thread. */
  readonly interrupt: boolean;
  /** The Task's code is on the host stack now. */
  executing: boolean;
}

/** What the simulator keeps of a thread besides its TCB. */
export class ThreadState {
  /** Innermost last. Empty: the thread runs guest code. */
  readonly frames: Frame[] = [];
  /** The thread ended: its context is not saved and its stack may be gone. */
  dead = false;
  /** Simulated nanoseconds at which it began to wait, or became ready. */
  since = 0;
  /** newlib's struct _reent of this thread, 0 until it first runs. */
  reent = 0;
  /** Start of the guarded range below the stack, 0 when there is none. */
  guard = 0;
  /** Bytes between the start of the stack's heap block and the stack; they belong to the guarded range. */
  redZone = 0;

  constructor(readonly thread: number) {}

  push(task: Task<unknown>, done: (value: unknown) => void, interrupt = false): Frame {
    const frame: Frame = {
      task,
      done,
      below: undefined,
      input: 0,
      error: undefined,
      interrupt,
      executing: false,
    };
    this.frames.push(frame);
    return frame;
  }

  /** Ends the Tasks of a thread that will not run again, so that their `finally` blocks give back what they hold. */
  abandon(): void {
    for (let n = this.frames.length - 1; n >= 0; n--) {
      const frame = this.frames[n];
      if (frame.executing) continue;
      this.frames.splice(n, 1);
      frame.task.return(undefined);
    }
  }
}
