import type { CallResult, Task } from "./call.ts";

/** What the pthread library does at functions in which POSIX has a cancelled thread end. */
export interface Cancellation {
  /** The running thread is cancelled: the Task that ends it. */
  test(): Task<void> | undefined;
  /** The running thread begins to wait in such a function. */
  enter(returns: boolean): void;
  leave(): void;
}

/** POSIX.1-2017, 2.9.5.2. In a condition variable the thread first gets its mutex back: it is woken and ends behind the wait. */
const RETURNING = new Set(["pthread_cond_wait", "pthread_cond_timedwait"]);
const POINTS = new Set([
  ...RETURNING,
  "pthread_join",
  "sem_wait",
  "sem_timedwait",
  "mq_receive",
  "mq_timedreceive",
  "mq_send",
  "mq_timedsend",
  "sleep",
  "usleep",
  "nanosleep",
  "read",
  "write",
  "open",
  "close",
  "select",
  "poll",
  "pause",
  "sigsuspend",
  "sigwait",
  "fsync",
]);

export const isCancellationPoint = (name: string): boolean => POINTS.has(name);

type Call = (context: never, a0: number, a1: number, a2: number, a3: number) => CallResult;

/** The function as a cancellation point, once there are threads that can be cancelled. */
export function cancellable(
  name: string,
  call: Call,
  cancellation: () => Cancellation | undefined,
): Call {
  const returns = RETURNING.has(name);
  return (context, a0, a1, a2, a3) => {
    const active = cancellation();
    if (active === undefined) return call(context, a0, a1, a2, a3);
    const ending = active.test();
    if (ending !== undefined) return ending;
    const result = call(context, a0, a1, a2, a3);
    return typeof result === "object" ? waiting(active, result, returns) : result;
  };
}

function* waiting(
  cancellation: Cancellation,
  task: Task<number | void>,
  returns: boolean,
): Task<number | void> {
  cancellation.enter(returns);
  let result: number | void;
  try {
    result = yield* task;
  } finally {
    cancellation.leave();
  }
  const ending = cancellation.test();
  if (ending !== undefined) yield* ending;
  return result;
}
