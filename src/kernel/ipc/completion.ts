import { RT_EOK, RT_ETIMEOUT } from "../abi/constants.ts";
import { COMPLETION } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";

/** rt_completion, one waiter at most: components/drivers/src/completion.c of RT-Thread 4.0.4. */

const UNDONE = 0;
const DONE = 1;

function* wait(k: Kernel, completion: number, timeout: number): Task<number> {
  const list = COMPLETION.suspended_list.at(completion);
  k.assert(
    k.waits.isEmpty(list),
    "rt_list_isempty(&(completion->suspended_list))",
    "rt_completion_wait",
    51,
  );
  const error = yield* k.waits.block(list, 0, timeout);
  COMPLETION.flag.set(k.memory, completion, UNDONE);
  return error;
}

const HEADER = "rtdevice.h";

export const completionRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_completion_init",
    proto: "void rt_completion_init(struct rt_completion *completion);",
    header: HEADER,
    call: (k, completion) => {
      k.assert(completion !== 0, "completion != RT_NULL", "rt_completion_init", 22);
      COMPLETION.flag.set(k.memory, completion, UNDONE);
      listInit(k.memory, COMPLETION.suspended_list.at(completion));
    },
  },
  {
    name: "rt_completion_wait",
    proto: "rt_err_t rt_completion_wait(struct rt_completion *completion, rt_int32_t timeout);",
    header: HEADER,
    call: (k, completion, timeout) => {
      k.assert(completion !== 0, "completion != RT_NULL", "rt_completion_wait", 37);
      if (COMPLETION.flag.get(k.memory, completion) === DONE) {
        COMPLETION.flag.set(k.memory, completion, UNDONE);
        return RT_EOK;
      }
      return timeout === 0 ? -RT_ETIMEOUT : wait(k, completion, timeout);
    },
  },
  {
    name: "rt_completion_done",
    proto: "void rt_completion_done(struct rt_completion *completion);",
    header: HEADER,
    call: (k, completion) => {
      k.assert(completion !== 0, "completion != RT_NULL", "rt_completion_done", 97);
      if (COMPLETION.flag.get(k.memory, completion) === DONE) return;
      COMPLETION.flag.set(k.memory, completion, DONE);
      const list = COMPLETION.suspended_list.at(completion);
      if (k.waits.isEmpty(list)) return;
      k.waits.resumeFirst(list);
      k.scheduler.schedule();
    },
  },
];
