import { callNamed, type ExportRow, type Task } from "../call.ts";
import type { ThreadState } from "../thread-state.ts";
import { deliver } from "./deliver.ts";
import { E, failed } from "./errno.ts";
import type { Pthreads } from "./threads.ts";

/** alarm: SIGALRM for the calling thread, by raise() of the C library or a handler of rt_signal_install. */

export const SIGALRM = 14;
const TICKS_PER_SECOND = 100;
const STACK = 256;
const PRIORITY = 4;
const SLICE = 10;

/** The alarm that each thread waits for. */
const due = new WeakMap<ThreadState, { readonly tick: number }>();

function alarm(c: Pthreads, seconds: number): number {
  const { k } = c;
  const self = k.scheduler.current;
  const state = k.threads.state(self);
  const before = due.get(state);
  const left = before ? Math.max(1, Math.ceil(((before.tick - k.tick) | 0) / TICKS_PER_SECOND)) : 0;
  due.delete(state);
  if (seconds === 0) return left;
  const ticks = Math.min((seconds >>> 0) * TICKS_PER_SECOND, 0x7ffffffe);
  const mine = { tick: (k.tick + ticks) >>> 0 };
  due.set(state, mine);
  const body = function* (): Task<void> {
    yield* k.threads.sleep(ticks);
    if (due.get(state) !== mine) return;
    due.delete(state);
    if (k.threads.states.get(self) === state) ring(c, self, SIGALRM);
  };
  const thread = k.threads.createTask("alarm", STACK, PRIORITY, SLICE, body);
  if (thread === 0) return failed(k, E.ENOMEM);
  k.threads.startup(thread);
  return left;
}

/** The thread gets a signal: by a handler of rt_signal_install, or by raise() of the C library. */
export function ring(c: Pthreads, thread: number, signo: number): void {
  if (c.signals.handles(thread, signo)) {
    c.signals.kill(thread, signo);
    return;
  }
  const raise = c.k.symbols?.lookup("raise") ?? 0;
  if (raise === 0) return;
  deliver(
    c.k,
    thread,
    (function* (): Task<void> {
      yield* callNamed(`the delivery of signal ${signo}`, raise, signo);
    })(),
  );
}

export const alarmRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "alarm",
    proto: "unsigned int alarm(unsigned int seconds);",
    header: "unistd.h",
    call: alarm,
  },
];
