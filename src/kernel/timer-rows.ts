import { Answer } from "./attention.ts";
import type { ExportRow } from "./call.ts";
import { objectCheck } from "./ipc/check.ts";
import type { Kernel } from "./kernel.ts";

const HEADER = "rtthread.h";

const check = objectCheck("Timer", "timer", "&timer->parent");

export const timerRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_timer_init",
    proto:
      "void rt_timer_init(rt_timer_t timer, const char *name, void (*timeout)(void *parameter), void *parameter, rt_tick_t time, rt_uint8_t flag);",
    header: HEADER,
    call: (k, timer, name, func, parameter) =>
      k.timers.init(timer, k.name(name), func, parameter, k.stackArg(0), k.stackArg(1) & 0xff),
  },
  {
    name: "rt_timer_detach",
    proto: "rt_err_t rt_timer_detach(rt_timer_t timer);",
    header: HEADER,
    call: (k, timer) => {
      check(k, timer, "rt_timer_detach", 245);
      k.assert(
        k.objects.isStatic(timer),
        "rt_object_is_systemobject(&timer->parent)",
        "rt_timer_detach",
        247,
      );
      return k.timers.detach(timer);
    },
  },
  {
    name: "rt_timer_create",
    proto:
      "rt_timer_t rt_timer_create(const char *name, void (*timeout)(void *parameter), void *parameter, rt_tick_t time, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, func, parameter, ticks) =>
      k.timers.create(k.name(name), func, parameter, ticks, k.stackArg(0) & 0xff),
  },
  {
    name: "rt_timer_delete",
    proto: "rt_err_t rt_timer_delete(rt_timer_t timer);",
    header: HEADER,
    call: (k, timer) => {
      check(k, timer, "rt_timer_delete", 313);
      k.assert(
        !k.objects.isStatic(timer),
        "rt_object_is_systemobject(&timer->parent) == RT_FALSE",
        "rt_timer_delete",
        315,
      );
      return k.timers.delete(timer);
    },
  },
  {
    name: "rt_timer_start",
    proto: "rt_err_t rt_timer_start(rt_timer_t timer);",
    header: HEADER,
    call: (k, timer) => {
      check(k, timer, "rt_timer_start", 351);
      return k.timers.start(timer);
    },
  },
  {
    name: "rt_timer_stop",
    proto: "rt_err_t rt_timer_stop(rt_timer_t timer);",
    header: HEADER,
    call: (k, timer) => {
      check(k, timer, "rt_timer_stop", 459);
      return k.timers.stop(timer);
    },
  },
  {
    name: "rt_timer_control",
    proto: "rt_err_t rt_timer_control(rt_timer_t timer, int cmd, void *arg);",
    header: HEADER,
    call: (k, timer, command, argument) => {
      check(k, timer, "rt_timer_control", 499);
      return k.timers.control(timer, command, argument);
    },
  },
  {
    name: "rt_tick_get",
    proto: "rt_tick_t rt_tick_get(void);",
    header: HEADER,
    answer: Answer.Tick,
    call: (k) => k.clock.tick,
  },
  {
    name: "rt_tick_from_millisecond",
    proto: "rt_tick_t rt_tick_from_millisecond(rt_int32_t ms);",
    header: HEADER,
    call: (_k, ms) => ticksFromMilliseconds(ms),
  },
];

/** rt_tick_from_millisecond; negative means for ever. */
export function ticksFromMilliseconds(ms: number): number {
  return ms < 0 ? 0xffffffff : Math.ceil(ms / 10);
}
