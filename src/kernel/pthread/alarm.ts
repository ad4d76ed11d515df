import { callNamed, type ExportRow, type Task } from "../call.ts";
import { RT_EINTR } from "../abi/constants.ts";
import { OBJECT, THREAD } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";
import type { ThreadState } from "../thread-state.ts";
import { deliver } from "./deliver.ts";
import { HARMLESS, SIG_IGN, takeHandler } from "./library-signal.ts";
import { E, failed } from "./errno.ts";
import type { Pthreads } from "./threads.ts";

/** alarm: SIGALRM for the calling thread, by raise() of the C library or a handler of rt_signal_install. */

export const SIGALRM = 14;
const TICKS_PER_SECOND = 100;
const STACK = 256;
const PRIORITY = 4;
const SLICE = 10;

interface Alarm {
  readonly tick: number;
  /** The module that asked for it. */
  readonly module: number;
  /** Sleeps until then: a thread of the system. */
  thread: number;
}

/** The alarm that each thread waits for. */
const alarms = new WeakMap<Kernel, Map<ThreadState, Alarm>>();

function alarmsOf(k: Kernel): Map<ThreadState, Alarm> {
  const found = alarms.get(k) ?? new Map<ThreadState, Alarm>();
  alarms.set(k, found);
  return found;
}

function cancel(k: Kernel, state: ThreadState): void {
  const due = alarmsOf(k);
  const { thread = 0 } = due.get(state) ?? {};
  due.delete(state);
  if (thread !== 0) k.threads.delete(thread);
}

/** A module is gone, and with it what its threads wait for. */
export function forgetAlarms(k: Kernel, module: number): void {
  for (const [state, alarm] of alarmsOf(k)) if (alarm.module === module) cancel(k, state);
}

function alarm(c: Pthreads, seconds: number): number {
  const { k } = c;
  const self = k.scheduler.current;
  const state = k.threads.state(self);
  const due = alarmsOf(k);
  const before = due.get(state);
  const left = before ? Math.max(1, Math.ceil(((before.tick - k.tick) | 0) / TICKS_PER_SECOND)) : 0;
  cancel(k, state);
  if (seconds === 0) return left;
  const ticks = Math.min((seconds >>> 0) * TICKS_PER_SECOND, 0x7ffffffe);
  const mine = { tick: (k.tick + ticks) >>> 0, module: k.currentModule, thread: 0 };
  const body = function* (): Task<void> {
    yield* k.threads.sleep(ticks);
    if (due.get(state) !== mine) return;
    due.delete(state);
    if (k.threads.states.get(self) === state) ringOrRaise(c, self, SIGALRM);
  };
  // Not an object of the program's: it does not count as left behind.
  OBJECT.module_id.set(k.memory, self, 0);
  const thread = k.threads.createTask("alarm", STACK, PRIORITY, SLICE, body);
  OBJECT.module_id.set(k.memory, self, mine.module);
  if (thread === 0) return failed(k, E.ENOMEM);
  mine.thread = thread;
  due.set(state, mine);
  k.threads.startup(thread);
  return left;
}

/**
 * The thread gets a signal: by a handler of sigaction or rt_signal_install, or by one of signal(). What it waits for ends as by every
 * signal: a semaphore is not taken. false: there is no handler.
 */
function ring(c: Pthreads, thread: number, signo: number): boolean {
  const { k } = c;
  if (c.signals.ignores(thread, signo)) return true;
  if (c.signals.takes(thread, signo)) {
    const handling = c.signals.kill(thread, signo);
    if (typeof handling === "object") deliver(k, thread, discard(handling));
    return true;
  }
  const handler = takeHandler(k, thread, signo);
  if (handler === undefined) return false;
  if (handler === SIG_IGN) return true;
  deliver(k, thread, handle(k, thread, handler, signo));
  return true;
}

function* handle(k: Kernel, thread: number, handler: number, signo: number): Task<void> {
  yield* callNamed(`the handler of signal ${signo}`, handler, signo);
  THREAD.result.set(k.memory, thread, -RT_EINTR);
}

/** Without a handler the C library's raise() does in the thread what the signal does by default: it ends the program, or nothing. */
export function ringOrRaise(c: Pthreads, thread: number, signo: number): void {
  const raise = c.k.symbols?.lookup("raise") ?? 0;
  if (!ring(c, thread, signo) && !HARMLESS.has(signo) && raise !== 0)
    deliver(c.k, thread, handle(c.k, thread, raise, signo));
}

function* discard(task: Task<number>): Task<void> {
  yield* task;
}

export const alarmRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "alarm",
    proto: "unsigned int alarm(unsigned int seconds);",
    header: "unistd.h",
    call: alarm,
  },
];
