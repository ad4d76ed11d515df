import {
  RT_EINVAL,
  RT_EOK,
  THREAD_CTRL_CHANGE_PRIORITY,
  THREAD_CTRL_CLOSE,
  THREAD_CTRL_RESET_PRIORITY,
  THREAD_CTRL_STARTUP,
} from "./abi/constants.ts";
import { Answer } from "./attention.ts";
import { THREAD } from "./abi/layout.ts";
import { SCHEDULE, type ExportRow, type Task } from "./call.ts";
import { objectCheck } from "./ipc/check.ts";
import type { Kernel } from "./kernel.ts";
import { ticksFromMilliseconds } from "./timer-rows.ts";
import { ObjectClass } from "./types.ts";

const HEADER = "rtthread.h";

const check = objectCheck("Thread", "thread", "(rt_object_t)thread");

/** rt_thread_delete or rt_thread_detach, by the kind of object. */
function* end(k: Kernel, thread: number): Task<number> {
  return yield* k.ending.end(thread, k.objects.isStatic(thread) ? "detach" : "delete");
}

function* close(k: Kernel, thread: number): Task<number> {
  yield* end(k, thread);
  yield SCHEDULE;
  return RT_EOK;
}

/** 5.x does not wait for the next tick when none is asked for. */
function delay(k: Kernel, ticks: number): number | Task<number> {
  return k.five && ticks === 0 ? -RT_EINVAL : k.threads.sleep(ticks);
}

function* delayUntil(k: Kernel, at: number, increment: number): Task<number> {
  const due = (k.memory.ldu32(at) + increment) >>> 0;
  if ((k.tick - k.memory.ldu32(at)) >>> 0 < increment) {
    k.memory.st32(at, due);
    yield* k.threads.sleep((due - k.tick) >>> 0);
  } else {
    k.memory.st32(at, k.tick);
  }
  return RT_EOK;
}

export const threadRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_thread_init",
    proto:
      "rt_err_t rt_thread_init(struct rt_thread *thread, const char *name, void (*entry)(void *parameter), void *parameter, void *stack_start, rt_uint32_t stack_size, rt_uint8_t priority, rt_uint32_t tick);",
    header: HEADER,
    call: (k, thread, name, entry, parameter) =>
      k.threads.init(
        thread,
        k.name(name),
        entry,
        parameter,
        k.stackArg(0),
        k.stackArg(1) >>> 0,
        k.stackArg(2) & 0xff,
        k.stackArg(3) >>> 0,
      ),
  },
  {
    name: "rt_thread_create",
    proto:
      "rt_thread_t rt_thread_create(const char *name, void (*entry)(void *parameter), void *parameter, rt_uint32_t stack_size, rt_uint8_t priority, rt_uint32_t tick);",
    header: HEADER,
    call: (k, name, entry, parameter, stackSize) =>
      k.threads.create(
        k.name(name),
        entry,
        parameter,
        stackSize >>> 0,
        k.stackArg(0) & 0xff,
        k.stackArg(1) >>> 0,
      ),
  },
  {
    name: "rt_thread_self",
    proto: "rt_thread_t rt_thread_self(void);",
    header: HEADER,
    answer: Answer.Thread,
    call: (k) => k.scheduler.current,
  },
  {
    name: "rt_thread_find",
    proto: "rt_thread_t rt_thread_find(char *name);",
    header: HEADER,
    call: (k, name) => k.objects.find(k.name(name), ObjectClass.Thread),
  },
  {
    name: "rt_thread_startup",
    proto: "rt_err_t rt_thread_startup(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_startup", 311);
      return k.threads.startup(thread);
    },
  },
  {
    name: "rt_thread_delete",
    proto: "rt_err_t rt_thread_delete(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_delete", 447);
      k.assert(
        !k.objects.isStatic(thread),
        "rt_object_is_systemobject((rt_object_t)thread) == RT_FALSE",
        "rt_thread_delete",
        449,
      );
      return k.ending.end(thread, "delete");
    },
  },
  {
    name: "rt_thread_detach",
    proto: "rt_err_t rt_thread_detach(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_detach", 355);
      k.assert(
        k.objects.isStatic(thread),
        "rt_object_is_systemobject((rt_object_t)thread)",
        "rt_thread_detach",
        357,
      );
      return k.ending.end(thread, "detach");
    },
  },
  {
    name: "rt_thread_yield",
    proto: "rt_err_t rt_thread_yield(void);",
    header: HEADER,
    call: (k) => k.threads.yield(),
  },
  {
    name: "rt_thread_delay",
    proto: "rt_err_t rt_thread_delay(rt_tick_t tick);",
    header: HEADER,
    call: delay,
  },
  {
    name: "rt_thread_delay_until",
    proto: "rt_err_t rt_thread_delay_until(rt_tick_t *tick, rt_tick_t inc_tick);",
    header: HEADER,
    call: (k, at, increment) => {
      k.assert(at !== 0, "tick != RT_NULL", "rt_thread_delay_until", 593);
      return delayUntil(k, at, increment >>> 0);
    },
  },
  {
    name: "rt_thread_mdelay",
    proto: "rt_err_t rt_thread_mdelay(rt_int32_t ms);",
    header: HEADER,
    call: (k, ms) => delay(k, ticksFromMilliseconds(ms)),
  },
  {
    name: "rt_thread_control",
    proto: "rt_err_t rt_thread_control(rt_thread_t thread, int cmd, void *arg);",
    header: HEADER,
    call: (k, thread, command, argument) => {
      check(k, thread, "rt_thread_control", 667);
      switch (command) {
        case THREAD_CTRL_CHANGE_PRIORITY:
          k.threads.changePriority(thread, k.memory.ld8(argument));
          return RT_EOK;
        case THREAD_CTRL_STARTUP:
          return k.threads.startup(thread);
        case THREAD_CTRL_CLOSE:
          return close(k, thread);
        case THREAD_CTRL_RESET_PRIORITY:
          if (!k.five) return RT_EOK;
          THREAD.init_priority.set(k.memory, thread, k.memory.ld8(argument));
          k.threads.changePriority(thread, k.memory.ld8(argument));
          return RT_EOK;
        default:
          return RT_EOK;
      }
    },
  },
  {
    name: "rt_thread_suspend",
    proto: "rt_err_t rt_thread_suspend(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_suspend", 763);
      if (k.five)
        k.assert(
          thread >>> 0 === k.scheduler.current,
          "thread == rt_thread_self()",
          "rt_thread_suspend_to_list",
          993,
        );
      return k.threads.suspend(thread);
    },
  },
  {
    name: "rt_thread_resume",
    proto: "rt_err_t rt_thread_resume(rt_thread_t thread);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_resume", 821);
      return k.threads.resume(thread);
    },
  },
  {
    name: "rt_thread_timeout",
    proto: "void rt_thread_timeout(void *parameter);",
    header: HEADER,
    call: (k, thread) => {
      check(k, thread, "rt_thread_timeout", 860);
      k.threads.timeout(thread);
    },
  },
];
