import type { ExportRow } from "../call.ts";
import { alarmRows } from "./alarm.ts";
import { attrRows } from "./attr.ts";
import { barrierRows } from "./barrier.ts";
import { condRows } from "./cond.ts";
import { keyRows } from "./keys.ts";
import { queueRows } from "./mqueue.ts";
import { mutexRows } from "./mutex.ts";
import { rwlockRows } from "./rwlock.ts";
import { schedRows } from "./sched.ts";
import { semaphoreRows } from "./semaphore.ts";
import { sigactionRows } from "./sigaction.ts";
import { signalRows } from "./signals.ts";
import { threadRows } from "./thread-rows.ts";
import type { Pthreads } from "./threads.ts";
import { timerRows } from "./timers.ts";

/** Every function of the pthread library. */
export const pthreadRows: readonly ExportRow<Pthreads>[] = [
  ...threadRows,
  ...attrRows,
  ...keyRows,
  ...mutexRows,
  ...condRows,
  ...rwlockRows,
  ...barrierRows,
  ...schedRows,
  ...semaphoreRows,
  ...queueRows,
  ...signalRows,
  ...sigactionRows,
  ...alarmRows,
  ...timerRows,
];
