import { RT_EINTR, RT_EOK, WAITING_FOREVER } from "../abi/constants.ts";
import { struct } from "../abi/field.ts";
import { callNamed, type ExportRow, type Task } from "../call.ts";
import { E, failed } from "./errno.ts";
import { giveBack } from "./give-back.ts";
import { HARMLESS, SIG_IGN, takeHandler } from "./library-signal.ts";
import { SIG_DFL, valid } from "./signals.ts";
import type { Pthreads } from "./threads.ts";

/**
 * POSIX signals on those of RT-Thread. posix_signal.c of 4.0.4 has one table of handlers for each thread, so have we under compat404; by
 * default the threads of a program share their handlers, as POSIX says. Structures and numbers are those of newlib for arm-none-eabi.
 */

const SIGACTION = struct(12, { handler: [0, "ptr"], mask: [4, "u32"], flags: [8, "u32"] });
const SIGINFO_SIZE = 12;
const SIG_SETMASK = 0;
const SIG_BLOCK = 1;
const SIG_UNBLOCK = 2;
/** SIGKILL and SIGSTOP of newlib: no handler, and no thread holds them back (POSIX.1 sigaction, pthread_sigmask). */
const UNCATCHABLE: ReadonlySet<number> = new Set([9, 17]);

function sigaction(c: Pthreads, signo: number, act: number, old: number): number {
  const { memory } = c.k;
  if (!valid(signo) || signo === 0) return failed(c.k, E.EINVAL);
  if (act !== 0 && UNCATCHABLE.has(signo) && !c.k.options.compat404) return failed(c.k, E.EINVAL);
  const before = c.signals.handler(signo);
  if (act !== 0) c.signals.act(signo, SIGACTION.handler.get(memory, act));
  if (old !== 0) {
    SIGACTION.handler.set(memory, old, before);
    SIGACTION.mask.set(memory, old, 0);
    SIGACTION.flags.set(memory, old, 0);
  }
  return 0;
}

function changed(how: number, blocked: number, set: number): number | undefined {
  switch (how) {
    case SIG_SETMASK:
      return set;
    case SIG_BLOCK:
      return blocked | set;
    case SIG_UNBLOCK:
      return blocked & ~set;
    default:
      return undefined;
  }
}

function* masks(c: Pthreads, how: number, set: number, old: number): Task<number> {
  const { memory } = c.k;
  const { blocked } = c.signals;
  if (old !== 0) memory.st32(old, blocked);
  if (set === 0) return 0;
  const wanted = changed(how, blocked, memory.ld32(set));
  if (wanted === undefined) return E.EINVAL;
  const handling = c.signals.block(wanted);
  if (handling) yield* handling;
  return 0;
}

function* sigprocmask(c: Pthreads, how: number, set: number, old: number): Task<number> {
  const error = yield* masks(c, how, set, old);
  return error === 0 ? 0 : failed(c.k, error);
}

function* sigsuspend(c: Pthreads, set: number): Task<number> {
  yield* c.signals.suspend(set);
  return failed(c.k, E.EINTR);
}

function* sigwait(c: Pthreads, set: number, signo: number): Task<number> {
  const { k } = c;
  if (set === 0 || signo === 0) return E.EINVAL;
  const info = k.heap.alloc(SIGINFO_SIZE);
  if (info === 0) return E.ENOMEM;
  try {
    const result = yield* c.signals.wait(set, info, WAITING_FOREVER);
    if (result !== RT_EOK) return result === -RT_EINTR ? E.EINTR : E.EINVAL;
    k.memory.st32(signo, k.memory.ld32(info));
    return 0;
  } finally {
    giveBack(k, info);
  }
}

/** SIGSTOP, SIGTSTP, SIGTTIN and SIGTTOU: nobody could have a program that has stopped go on. */
const STOPS: ReadonlySet<number> = new Set([17, 18, 21, 22]);

/**
 * Raises a signal in the running thread for raise() of the C library, which has looked for a handler of signal(): -1 when it can do
 * nothing. Without a handler of sigaction() the program ends, as ISO C 7.14.2.1 and POSIX.1 have it, unless the thread holds the signal
 * back. The original's raise() fails with ENOTSUP.
 */
function* raise(c: Pthreads, signo: number): Task<number> {
  const { compat404 } = c.k.options;
  // kill(pid, 0) only asks whether there is such a process.
  if (signo === 0 && !compat404) return 0;
  if (!valid(signo)) return -1;
  const held = !compat404 && (c.signals.blocked & (1 << signo)) !== 0;
  if (c.signals.handler(signo) === SIG_DFL && !held) {
    const handler = takeHandler(c.k, c.k.scheduler.current, signo);
    if (handler !== undefined) {
      if (handler !== SIG_IGN) yield* callNamed(`the handler of signal ${signo}`, handler, signo);
      return 0;
    }
    const end = c.k.hooks.signalled;
    // The callback of a timer runs on a thread of the system, or in an interrupt of any: there is no program to end.
    const program = c.k.currentModule !== 0 && c.k.scheduler.interruptNest === 0;
    if (compat404 || !end || !program || STOPS.has(signo)) return -1;
    if (!HARMLESS.has(signo)) yield* end(signo);
    return 0;
  }
  const handling = c.signals.kill(c.k.scheduler.current, signo);
  if (typeof handling === "object") yield* handling;
  return 0;
}

const HEADER = "signal.h";

export const sigactionRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "sigaction",
    proto: "int sigaction(int signo, const struct sigaction *act, struct sigaction *oact);",
    header: HEADER,
    call: sigaction,
  },
  {
    name: "sigprocmask",
    proto: "int sigprocmask(int how, const sigset_t *set, sigset_t *oset);",
    header: HEADER,
    call: sigprocmask,
  },
  {
    name: "pthread_sigmask",
    proto: "int pthread_sigmask(int how, const sigset_t *set, sigset_t *oset);",
    header: "pthread.h",
    call: masks,
  },
  {
    name: "sigpending",
    proto: "int sigpending(sigset_t *set);",
    header: HEADER,
    call: (c, set) => {
      c.k.memory.st32(set, c.signals.pending);
      return 0;
    },
  },
  {
    name: "sigsuspend",
    proto: "int sigsuspend(const sigset_t *set);",
    header: HEADER,
    call: (c, set) => sigsuspend(c, c.k.memory.ld32(set)),
  },
  {
    name: "pause",
    proto: "int pause(void);",
    header: "unistd.h",
    call: (c) => sigsuspend(c, c.signals.blocked),
  },
  {
    name: "sigwait",
    proto: "int sigwait(const sigset_t *set, int *sig);",
    header: HEADER,
    call: sigwait,
  },
  {
    name: "_rtt_raise",
    proto: "int _rtt_raise(int signo);",
    header: "",
    call: raise,
  },
];
