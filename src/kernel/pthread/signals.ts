import {
  RT_EINTR,
  RT_EINVAL,
  RT_EOK,
  RT_ETIMEOUT,
  THREAD_CLOSE,
  THREAD_SUSPEND,
} from "../abi/constants.ts";
import { OBJECT, THREAD } from "../abi/layout.ts";
import { callNamed, type ExportRow, SCHEDULE, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import type { ThreadState } from "../thread-state.ts";
import { ringOrRaise } from "./alarm.ts";
import { SIG_IGN } from "./library-signal.ts";
import { deliver, statOf } from "./deliver.ts";
import { E } from "./errno.ts";
import type { Pthreads } from "./threads.ts";

/**
 * Signals between threads: signal.c of RT-Thread 4.0.4 (RT_USING_SIGNALS). The reference configuration has none, so a struct rt_thread
 * has no fields for them: what they need is kept here.
 */

const SIGNALS = 32;
export const SIG_DFL = 0;
const SIG_ERR = -1;
/** si_code of rt_thread_kill. */
const SI_USER = 1;
/** siginfo_t of newlib: si_signo, si_code, si_value. */
const SIGINFO = { signo: 0, code: 4, value: 8 } as const;

interface SignalState {
  /** A set bit lets the signal through. */
  enabled: number;
  /** A set bit: sigprocmask holds the signal back. */
  blocked: number;
  /** Oldest first. */
  pending: number[];
  readonly handlers: Map<number, number>;
  /** What rt_signal_wait waits for. */
  awaited: number;
}

const bit = (signo: number) => 1 << signo;
export const valid = (signo: number) => signo >= 0 && signo < SIGNALS;

export class Signals {
  private readonly states = new WeakMap<ThreadState, SignalState>();
  /** Handlers of sigaction, by module: POSIX has them for all threads of a program. 4.0.4 has them for each thread. */
  private readonly programs = new Map<number, Map<number, number>>();

  constructor(private readonly k: Kernel) {}

  private of(thread: number): SignalState {
    const key = this.k.threads.state(thread);
    let state = this.states.get(key);
    if (!state) {
      state = { enabled: 0, blocked: 0, pending: [], handlers: new Map(), awaited: 0 };
      this.states.set(key, state);
    }
    return state;
  }

  /** The program of a thread has a handler of sigaction, by which a signal comes through unless the thread blocks it. */
  private shared(thread: number, signo: number): number | undefined {
    return this.programs.get(OBJECT.module_id.get(this.k.memory, thread))?.get(signo);
  }

  private handlerOf(thread: number, signo: number): number {
    return this.of(thread).handlers.get(signo) ?? this.shared(thread, signo) ?? SIG_DFL;
  }

  /** The pending signal that a thread is to handle now. */
  private next(thread: number): number | undefined {
    const { pending, enabled, blocked } = this.of(thread);
    return pending.find(
      (signo) =>
        (enabled & bit(signo)) !== 0 ||
        ((blocked & bit(signo)) === 0 && this.shared(thread, signo) !== undefined),
    );
  }

  forgetModule(module: number): void {
    this.programs.delete(module);
  }

  private get self(): SignalState {
    return this.of(this.k.scheduler.current);
  }

  install(signo: number, handler: number): number {
    if (!valid(signo)) return SIG_ERR;
    const { handlers } = this.self;
    const old = handlers.get(signo) ?? SIG_DFL;
    handlers.set(signo, handler);
    return old;
  }

  /** The kernel deals with the signal: there is a handler of rt_signal_install or sigaction, or it is held back or waited for. */
  takes(thread: number, signo: number): boolean {
    const { handlers, blocked, awaited } = this.of(thread);
    if (((blocked | awaited) & bit(signo)) !== 0 || handlers.has(signo)) return true;
    return this.shared(thread, signo) !== undefined;
  }

  /** A signal that is ignored wakes nobody, and does not wait either. */
  ignores(thread: number, signo: number): boolean {
    const { blocked, awaited } = this.of(thread);
    return this.handlerOf(thread, signo) === SIG_IGN && ((blocked | awaited) & bit(signo)) === 0;
  }

  /** The handler of the running thread for a signal. */
  handler(signo: number): number {
    return this.handlerOf(this.k.scheduler.current, signo);
  }

  /** sigaction: unlike rt_signal_install it lets the signal through, unless it is blocked. */
  act(signo: number, handler: number): void {
    const { self, k } = this;
    const module = k.currentModule;
    if (module === 0 || k.options.compat404) {
      self.handlers.set(signo, handler);
      self.enabled |= bit(signo) & ~self.blocked;
      return;
    }
    self.handlers.delete(signo);
    const shared = this.programs.get(module) ?? new Map<number, number>();
    if (handler === SIG_DFL) shared.delete(signo);
    else shared.set(signo, handler);
    this.programs.set(module, shared);
  }

  /** The signals that sigprocmask holds back. */
  get blocked(): number {
    return this.self.blocked;
  }

  get pending(): number {
    return this.self.pending.reduce((set, signo) => set | bit(signo), 0);
  }

  /** Blocks exactly those signals; what became free and waits is handled. */
  block(set: number): void | Task<void> {
    const { self } = this;
    self.enabled = (self.enabled & ~set) | (self.blocked & ~set);
    self.blocked = set;
    return this.notify(this.k.scheduler.current);
  }

  /** Waits until a handler has run. */
  *suspend(set: number): Task<void> {
    const { k } = this;
    const before = this.blocked;
    const handling = this.block(set);
    if (handling) {
      yield* handling;
    } else {
      k.threads.suspend(k.scheduler.current);
      yield SCHEDULE;
    }
    const left = this.block(before);
    if (left) yield* left;
    THREAD.result.set(k.memory, k.scheduler.current, RT_EOK);
  }

  mask(signo: number): void {
    if (valid(signo)) this.self.enabled &= ~bit(signo);
  }

  unmask(signo: number): void | Task<void> {
    if (!valid(signo)) return;
    this.self.enabled |= bit(signo);
    return this.notify(this.k.scheduler.current);
  }

  kill(thread: number, signo: number): number | Task<number> {
    const { k } = this;
    k.assert(thread !== 0, "tid != RT_NULL", "rt_thread_kill", 0);
    if (!valid(signo) || !k.threads.states.has(thread >>> 0)) return -RT_EINVAL;
    const { pending } = this.of(thread);
    if (!pending.includes(signo)) pending.push(signo);
    const task = this.notify(thread >>> 0);
    return task ? afterwards(task, RT_EOK) : RT_EOK;
  }

  /** Has a thread see its pending signals; the Task is to be run when it is the caller itself. */
  private notify(thread: number): Task<void> | undefined {
    const { k } = this;
    const state = this.of(thread);
    const stat = statOf(k, thread);
    if (stat === THREAD_CLOSE) return undefined;
    if (state.awaited !== 0 && state.pending.some((signo) => state.awaited & bit(signo))) {
      if (stat === THREAD_SUSPEND) k.threads.resume(thread);
      k.scheduler.schedule();
      return undefined;
    }
    if (this.next(thread) === undefined) return undefined;
    const handling = this.handle(thread, state);
    if (thread === k.scheduler.current && k.scheduler.interruptNest === 0) return handling;
    deliver(k, thread, handling);
    return undefined;
  }

  private *handle(thread: number, state: SignalState): Task<void> {
    const { k } = this;
    for (;;) {
      const signo = this.next(thread);
      if (signo === undefined) return;
      state.pending = state.pending.filter((pending) => pending !== signo);
      const handler = this.handlerOf(thread, signo);
      if (handler !== SIG_DFL && handler !== SIG_IGN)
        yield* callNamed(`the handler of signal ${signo}`, handler, signo);
      THREAD.result.set(k.memory, thread, -RT_EINTR);
    }
  }

  *wait(set: number, info: number, timeout: number): Task<number> {
    const { k } = this;
    const { memory, scheduler } = k;
    k.inThreadContext("rt_signal_wait", 0);
    const wanted = set === 0 ? 0 : memory.ld32(set);
    if (wanted === 0 || info === 0) return -RT_EINVAL;
    memory.fill(info, 12, 0);
    const thread = scheduler.current;
    const state = this.of(thread);
    const arrived = () => state.pending.find((signo) => wanted & bit(signo));
    if (arrived() === undefined) {
      if (timeout === 0) return -RT_ETIMEOUT;
      THREAD.result.set(memory, thread, RT_EOK);
      k.threads.suspend(thread);
      if (timeout > 0) k.threads.armTimer(thread, timeout);
      state.awaited = wanted;
      try {
        yield SCHEDULE;
      } finally {
        state.awaited = 0;
      }
      const error = THREAD.result.get(memory, thread);
      THREAD.result.set(memory, thread, RT_EOK);
      if (error === -RT_ETIMEOUT) return error;
    }
    const signo = arrived();
    if (signo === undefined) return -RT_EINTR;
    state.pending = state.pending.filter((pending) => pending !== signo);
    memory.st32(info + SIGINFO.signo, signo);
    memory.st32(info + SIGINFO.code, SI_USER);
    return RT_EOK;
  }
}

function* afterwards(task: Task<void>, result: number): Task<number> {
  yield* task;
  return result;
}

/** In a system without signals, as the reference board, there is none. */
function kill(c: Pthreads, id: number, signo: number): number | Task<number> {
  if (c.k.options.compat404) return E.ENOSYS;
  const thread = c.threadOf(id);
  if (thread === 0) return E.EINVAL;
  if (signo === 0) return 0;
  if (!valid(signo)) return E.EINVAL;
  if (c.signals.ignores(thread, signo)) return 0;
  if (c.signals.takes(thread, signo)) return c.signals.kill(thread, signo);
  if (thread === c.k.scheduler.current) return raise(c.k, signo);
  ringOrRaise(c, thread, signo);
  return 0;
}

/** By the C library, which knows the handlers of signal(). */
function* raise(k: Kernel, signo: number): Task<number> {
  const address = k.symbols?.lookup("raise") ?? 0;
  if (address !== 0) yield* callNamed(`the delivery of signal ${signo}`, address, signo);
  return 0;
}

const HEADER = "rtthread.h";

export const signalRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "rt_signal_install",
    proto: "rt_sighandler_t rt_signal_install(int signo, rt_sighandler_t handler);",
    header: HEADER,
    call: (c, signo, handler) => c.signals.install(signo, handler),
  },
  {
    name: "rt_signal_mask",
    proto: "void rt_signal_mask(int signo);",
    header: HEADER,
    call: (c, signo) => c.signals.mask(signo),
  },
  {
    name: "rt_signal_unmask",
    proto: "void rt_signal_unmask(int signo);",
    header: HEADER,
    call: (c, signo) => c.signals.unmask(signo),
  },
  {
    name: "rt_signal_wait",
    proto: "int rt_signal_wait(const rt_sigset_t *set, rt_siginfo_t *si, rt_int32_t timeout);",
    header: HEADER,
    call: (c, set, info, timeout) => c.signals.wait(set, info, timeout),
  },
  {
    name: "rt_thread_kill",
    proto: "int rt_thread_kill(rt_thread_t tid, int sig);",
    header: HEADER,
    call: (c, thread, signo) => c.signals.kill(thread, signo),
  },
  {
    name: "pthread_kill",
    proto: "int pthread_kill(pthread_t thread, int sig);",
    header: "pthread.h",
    call: kill,
  },
];
