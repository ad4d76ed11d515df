import { STACK_FILL } from "./abi/constants.ts";
import { OBJECT, THREAD } from "./abi/layout.ts";
import type { Kernel } from "./kernel.ts";
import type { ThreadState } from "./thread-state.ts";

/** rt_scheduler_stack_check warns when sp is nearer to the stack's end than this. */
const MARGIN = 32;

/** Finds threads whose stack is used up. */
export class StackCheck {
  constructor(private readonly k: Kernel) {}

  /** At a switch to the thread, as the original: the lowest byte is still the fill byte and sp lies inside. */
  switchedTo(state: ThreadState): void {
    const { k } = this;
    const m = k.memory;
    const thread = state.thread;
    const stack = THREAD.stack_addr.get(m, thread);
    const sp = THREAD.sp.get(m, thread);
    if (m.ld8(stack) !== STACK_FILL || sp <= stack || sp > stack + THREAD.stack_size.get(m, thread))
      k.faults.stackOverflow(thread);
    else if (sp <= stack + MARGIN)
      k.console.print(
        `warning: ${OBJECT.name.get(m, thread)} stack is close to end of stack address.\n`,
      );
  }

  /** What the thread's control block says cannot be a stack: the block was overwritten. */
  noStack(thread: number): string | undefined {
    const { memory: m } = this.k;
    const start = THREAD.stack_addr.get(m, thread) >>> 0;
    const size = THREAD.stack_size.get(m, thread) >>> 0;
    if (size > 0 && start >= m.base && start + size <= m.end) return undefined;
    return `a thread has a stack of ${size} bytes at 0x${start.toString(16).padStart(8, "0")}, which is no memory`;
  }

  /** When the engine left: sp of the running thread lies inside its stack. Not in the original. */
  left(state: ThreadState | undefined): void {
    if (state !== undefined && this.isOutside(state)) this.k.faults.stackOverflow(state.thread);
  }

  /** The running thread's sp is not in its stack. Never under compat404, which looks at a switch only. */
  isOutside(state: ThreadState | undefined): boolean {
    const { k } = this;
    if (state === undefined || state.dead || k.options.compat404) return false;
    if (k.scheduler.interruptNest > 0) return false;
    const m = k.memory;
    const stack = THREAD.stack_addr.get(m, state.thread);
    const sp = k.cpu.r[13] >>> 0;
    return sp < stack || sp > stack + THREAD.stack_size.get(m, state.thread);
  }
}
