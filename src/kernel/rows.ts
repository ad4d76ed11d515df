import type { ExportRow } from "./call.ts";
import { pinRows } from "./device/gpio.ts";
import { deviceRows } from "./device/rows.ts";
import { fiveRows } from "./five-rows.ts";
import { futexRows } from "./futex.ts";
import { heapRows } from "./heap-rows.ts";
import { hookRows } from "./hook-rows.ts";
import { completionRows } from "./ipc/completion.ts";
import { dataQueueRows } from "./ipc/dataqueue.ts";
import { eventRows } from "./ipc/event.ts";
import { mailboxRows } from "./ipc/mailbox.ts";
import { mempoolRows } from "./ipc/mempool.ts";
import { messageQueueRows } from "./ipc/messagequeue-rows.ts";
import { mutexRows } from "./ipc/mutex.ts";
import { ringBlockRows } from "./ipc/ringblock-rows.ts";
import { ringBufferRows } from "./ipc/ringbuffer.ts";
import { semRows } from "./ipc/sem.ts";
import { jumpRows } from "./jump-floats.ts";
import type { Kernel } from "./kernel.ts";
import { kprintfRows } from "./kprintf.ts";
import { rtcRows } from "./local-time.ts";
import { memheapRows } from "./memheap.ts";
import { objectRows } from "./object-rows.ts";
import { serviceRows } from "./service.ts";
import { smemRows } from "./smem-rows.ts";
import { smpRows } from "./smp-rows.ts";
import { stringRows } from "./string-rows.ts";
import { threadRows } from "./thread-rows.ts";
import { timeRows } from "./time-rows.ts";
import { timerRows } from "./timer-rows.ts";

/** Every function the kernel exports. */
export const kernelRows: readonly ExportRow<Kernel>[] = [
  ...objectRows,
  ...threadRows,
  ...timerRows,
  ...semRows,
  ...mutexRows,
  ...eventRows,
  ...mailboxRows,
  ...messageQueueRows,
  ...completionRows,
  ...heapRows,
  ...hookRows,
  ...memheapRows,
  ...mempoolRows,
  ...deviceRows,
  ...pinRows,
  ...ringBufferRows,
  ...ringBlockRows,
  ...dataQueueRows,
  ...kprintfRows,
  ...stringRows,
  ...serviceRows,
  ...timeRows,
  ...smpRows,
  ...smemRows,
  ...fiveRows,
  ...futexRows,
  ...jumpRows,
  ...rtcRows,
];
