import { RT_EINVAL, RT_ERROR, THREAD_PRIORITY_MAX } from "./abi/constants.ts";
import { callGuest, type ExportRow } from "./call.ts";
import { eventRows } from "./ipc/event.ts";
import { mailboxRows } from "./ipc/mailbox.ts";
import { messageQueueRows } from "./ipc/messagequeue-rows.ts";
import { ceiling, NO_CEILING, setCeiling } from "./ipc/mutex-five.ts";
import { mutexRows } from "./ipc/mutex.ts";
import { semRows } from "./ipc/sem.ts";
import type { Kernel } from "./kernel.ts";
import { threadRows } from "./thread-rows.ts";
import type { ThreadState } from "./thread-state.ts";

/**
 * Names that RT-Thread 5.x has besides those of 4.0.4, where they mean the same here: every wait is interruptible by
 * rt_thread_kill, and nothing kills a waiting thread in another way. Results are those of 4.0.4: rt_mq_recv_* gives RT_EOK.
 */

/** Functions with a form for each kind of suspension. */
const WAITS = [
  "rt_event_recv",
  "rt_mb_recv",
  "rt_mb_send",
  "rt_mb_send_wait",
  "rt_mq_recv",
  "rt_mq_send",
  "rt_mq_send_wait",
  "rt_mutex_take",
  "rt_sem_take",
];
const SUFFIXES = ["_interruptible", "_killable"];
const HEADER = "rtthread.h";

const named = new Map(
  [...semRows, ...mutexRows, ...eventRows, ...mailboxRows, ...messageQueueRows, ...threadRows].map(
    (row) => [row.name, row],
  ),
);

/** The row of another name. */
function alias(original: string, name: string, proto?: string): ExportRow<Kernel> {
  const row = named.get(original);
  if (!row) throw new Error(`${original} is no row`);
  return { ...row, name, proto: proto ?? row.proto.replace(`${original}(`, `${name}(`) };
}

/** What rt_thread_wakeup_set left: a function of the guest and its first argument. */
const wakeups = new WeakMap<ThreadState, { readonly func: number; readonly data: number }>();

/** A mutex of 4.0.4 has no ceiling. */
function noCeiling(k: Kernel): number {
  k.setErrno(-RT_EINVAL);
  return NO_CEILING;
}

export const fiveRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_mutex_setprioceiling",
    proto: "rt_uint8_t rt_mutex_setprioceiling(rt_mutex_t mutex, rt_uint8_t priority);",
    header: HEADER,
    call: (k, mutex, priority) =>
      !k.five || mutex === 0 || (priority & 0xff) >= THREAD_PRIORITY_MAX
        ? noCeiling(k)
        : setCeiling(k, mutex, priority & 0xff),
  },
  {
    name: "rt_mutex_getprioceiling",
    proto: "rt_uint8_t rt_mutex_getprioceiling(rt_mutex_t mutex);",
    header: HEADER,
    call: (k, mutex) => (k.five && mutex !== 0 ? ceiling(k, mutex) : NO_CEILING),
  },
  ...WAITS.flatMap((name) => SUFFIXES.map((suffix) => alias(name, name + suffix))),
  // A public function of 4.0.4 and later that no version exports.
  alias("rt_thread_delay", "rt_thread_sleep"),
  alias(
    "rt_thread_suspend",
    "rt_thread_suspend_with_flag",
    "rt_err_t rt_thread_suspend_with_flag(rt_thread_t thread, int suspend_flag);",
  ),
  {
    name: "rt_thread_suspend_to_list",
    proto:
      "rt_err_t rt_thread_suspend_to_list(rt_thread_t thread, rt_list_t *susp_list, int ipc_flags, int suspend_flag);",
    header: HEADER,
    call: (k, thread, list, flag) => {
      const result = k.threads.suspend(thread);
      if (result === 0 && list !== 0) k.waits.enqueue(list, thread, flag);
      return result;
    },
  },
  {
    name: "rt_thread_wakeup_set",
    proto:
      "void rt_thread_wakeup_set(struct rt_thread *thread, rt_wakeup_func_t func, void *user_data);",
    header: HEADER,
    call: (k, thread, func, data) =>
      void wakeups.set(k.threads.state(thread >>> 0), { func, data }),
  },
  {
    name: "rt_thread_wakeup",
    proto: "rt_err_t rt_thread_wakeup(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      const state = k.threads.states.get(thread >>> 0);
      const wakeup = state && wakeups.get(state);
      if (!state || !wakeup || wakeup.func === 0) return -RT_ERROR;
      wakeups.delete(state);
      return callGuest(wakeup.func, wakeup.data, thread);
    },
  },
];
