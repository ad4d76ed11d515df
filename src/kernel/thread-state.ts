import type { FloatContext } from "../cpu/mod.ts";
import type { Task } from "./call.ts";
import type { SavedRegisters } from "./context.ts";
import type { JumpFloats } from "./jump-floats.ts";

/** A Task that runs as part of a thread, above the guest code that called it. */
export interface Frame {
  task: Task<unknown>;
  /** Gets what the Task returned; runs while the thread is the running one. */
  done: (value: unknown) => void;
  /** Registers to go back to while guest code called by the Task runs. */
  below: SavedRegisters | undefined;
  /** Where that code begins. */
  callee: number;
  /** What reports call it. */
  what: string | undefined;
  /** Depths of rt_enter_critical and rt_interrupt_enter, and whether interrupts were off, when that code was called. */
  locks: number;
  nest: number;
  masked: boolean;
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
  /** Times that its module was ended because of it. */
  endings = 0;
  /** Simulated nanoseconds at which it began to wait, or became ready. */
  since = 0;
  /** newlib's struct _reent of this thread, 0 until it first runs. */
  reent = 0;
  /** Start of the guarded range below the stack, 0 when there is none. */
  guard = 0;
  /** Bytes between the start of the stack's heap block and the stack; they belong to the guarded range. */
  redZone = 0;

  /** Floating-point registers while another thread runs, if this one has used them: its frame has no place for them. */
  float: FloatContext | undefined;
  /** Registers while another thread runs, if its stack has no room for them. */
  context: Int32Array | undefined;
  /** The block of the heap that it has as its stack at the moment: a coroutine. */
  elsewhere: { readonly start: number; readonly end: number } | undefined;
  /** Those of its setjmps. */
  jumps: JumpFloats | undefined;
  /** A frame for `suspend`, while none is in use. */
  private spare: Frame | undefined;

  constructor(readonly thread: number) {}

  /** The thread's call has suspended it. */
  suspend(task: Task<number>, done: (value: unknown) => void): void {
    const frame = this.spare;
    if (frame === undefined) {
      this.push(task, done);
      return;
    }
    this.spare = undefined;
    frame.task = task;
    frame.done = done;
    this.frames.push(frame);
  }

  /** The frame's Task has ended. */
  remove(frame: Frame): void {
    const { frames } = this;
    if (frames[frames.length - 1] === frame) frames.pop();
    else frames.splice(frames.indexOf(frame), 1);
    if (!frame.interrupt) this.spare = frame;
  }

  push(task: Task<unknown>, done: (value: unknown) => void, interrupt = false): Frame {
    const frame: Frame = {
      task,
      done,
      below: undefined,
      callee: 0,
      what: undefined,
      locks: 0,
      nest: 0,
      masked: false,
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
