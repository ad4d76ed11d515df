import type { ExportRow } from "./call.ts";
import { futexRows } from "./futex.ts";
import { heapRows } from "./heap-rows.ts";
import { semRows } from "./ipc/sem.ts";
import type { Kernel } from "./kernel.ts";
import { kprintfRows } from "./kprintf.ts";
import { threadRows } from "./thread-rows.ts";
import { timerRows } from "./timer-rows.ts";

/** Every function the kernel exports. */
export const kernelRows: readonly ExportRow<Kernel>[] = [
  ...threadRows,
  ...timerRows,
  ...heapRows,
  ...semRows,
  ...kprintfRows,
  ...futexRows,
];
