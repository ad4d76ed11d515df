import { STACK_FILL } from "./abi/constants.ts";
import { OBJECT, THREAD } from "./abi/layout.ts";
import type { Kernel } from "./kernel.ts";
import type { ThreadState } from "./thread-state.ts";

/** rt_scheduler_stack_check warns when sp is nearer to the stack's end than this. */
const MARGIN = 32;

/** Below every address, as signed words compare. */
export const NO_CHECK = -0x80000000 | 0;
/** Bytes of the smallest stack that a coroutine is given. */
const COROUTINE_STACK = 256;
/** As far below a stack among a program's variables an overflow is meant, not the stack of a coroutine. */
const NEAR = 2048;

/** Finds threads whose stack is used up. */
export class StackCheck {
  constructor(private readonly k: Kernel) {}

  /** At a switch to the thread, as the original: the lowest byte is still the fill byte and `sp`, that of its frame, lies inside. */
  switchedTo(state: ThreadState, sp: number, stack: number, end: number): void {
    const { k } = this;
    const m = k.memory;
    const thread = state.thread;
    const outside = sp <= stack || sp > end;
    if (m.ld8(stack) !== STACK_FILL || (outside && !this.isCoroutine(state, sp)))
      k.faults.stackOverflow(thread);
    else if (outside) k.runner.stackLow = sp < stack ? NO_CHECK : stack | 0;
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
    if (sp >= stack && sp <= stack + THREAD.stack_size.get(m, state.thread)) return false;
    if (!this.isCoroutine(state, sp)) return true;
    if (sp < stack) k.runner.stackLow = NO_CHECK;
    return false;
  }

  /** `other`, whose name begins as the header of a block says, is of the same program as `thread`. */
  private isTaker(owner: string, other: number, thread: number): boolean {
    const { memory: m } = this.k;
    const module = OBJECT.module_id.get(m, thread);
    if (other !== thread && (module === 0 || OBJECT.module_id.get(m, other) !== module))
      return false;
    return OBJECT.name.get(m, other).slice(0, 4).padEnd(4) === owner;
  }

  /** sp lies in memory that the program may well use as the stack of a coroutine. Never under compat404. */
  private isCoroutine(state: ThreadState, sp: number): boolean {
    if (this.k.options.compat404 || this.noStack(state.thread) !== undefined) return false;
    return this.isVariable(state, sp) || this.isBlock(state, sp);
  }

  /** sp lies among the variables of a module. A stack may be one of them: what is just below it has overflowed it. */
  private isVariable(state: ThreadState, sp: number): boolean {
    const { k } = this;
    const m = k.memory;
    const range = k.hooks.variablesAt?.(sp - 1);
    if (range === undefined || m.holdsCode(sp - 1, sp)) return false;
    const stack = THREAD.stack_addr.get(m, state.thread);
    if (stack < range.start || stack >= range.end) return true;
    return m.ld8(stack) === STACK_FILL && (sp > stack || sp <= stack - NEAR);
  }

  /**
   * sp lies in a block of the heap that a thread of the same program has taken, as the stack of a coroutine. What a function comes to that is
   * too large for the thread's stack is another thing most times: code, stacks of other threads, small blocks.
   */
  private isBlock(state: ThreadState, sp: number): boolean {
    const { k } = this;
    const m = k.memory;
    const known = state.elsewhere;
    if (
      known &&
      sp > known.start &&
      sp <= known.end &&
      k.heap.sizeOf(known.start) === known.end - known.start
    )
      return true;
    for (const { address, size, used, owner } of k.heap.blocks()) {
      if (sp <= address || sp > address + size) continue;
      if (!used || size < COROUTINE_STACK || m.holdsCode(address, address + size)) return false;
      let own = false;
      for (const thread of k.threads.states.keys()) {
        const stack = THREAD.stack_addr.get(m, thread);
        if (stack >= address && stack < address + size) return false;
        own ||= this.isTaker(owner, thread, state.thread);
      }
      if (!own) return false;
      state.elsewhere = { start: address, end: address + size };
      return true;
    }
    return false;
  }
}
