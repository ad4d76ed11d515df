import {
  EVENT_AND,
  EVENT_CLEAR,
  EVENT_OR,
  IPC_CMD_RESET,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
} from "../abi/constants.ts";
import { EVENT, IPC, OBJECT, THREAD } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { assertDynamic, assertStatic, objectCheck } from "./check.ts";

/** Event flags: src/ipc.c of RT-Thread 4.0.4. */

const checkEvent = objectCheck("Event", "event", "&event->parent.parent");

function setup(k: Kernel, event: number, flag: number): void {
  listInit(k.memory, IPC.suspend_thread.at(event));
  OBJECT.flag.set(k.memory, event, flag);
  EVENT.set.set(k.memory, event, 0);
}

function eventInit(k: Kernel, event: number, name: string, flag: number): number {
  k.assert(event !== 0, "event != RT_NULL", "rt_event_init", 1046);
  k.objects.init(event, ObjectClass.Event, name);
  setup(k, event, flag);
  return RT_EOK;
}

function eventCreate(k: Kernel, name: string, flag: number): number {
  k.notInInterrupt("rt_event_create", 1108);
  const event = k.objects.allocate(ObjectClass.Event, name);
  if (event !== 0) setup(k, event, flag);
  return event;
}

/** What of `set` a waiter for `wanted` gets; 0 when it has to wait on. AND wins when both options are given. */
function satisfied(set: number, wanted: number, option: number): number {
  const matching = set & wanted;
  if (option & EVENT_AND) return matching === wanted ? matching : 0;
  return option & EVENT_OR ? matching : 0;
}

function eventSend(k: Kernel, event: number, set: number): number {
  if (set === 0) return -RT_ERROR;
  const m = k.memory;
  EVENT.set.set(m, event, EVENT.set.get(m, event) | set);
  let woke = false;
  for (const thread of k.threads.waiting(IPC.suspend_thread.at(event))) {
    const wanted = THREAD.event_set.get(m, thread) | 0;
    const option = THREAD.event_info.get(m, thread);
    const got = satisfied(EVENT.set.get(m, event), wanted, option);
    if (got === 0) continue;
    if (!(option & EVENT_AND)) THREAD.event_set.set(m, thread, got);
    if (option & EVENT_CLEAR)
      EVENT.set.set(m, event, EVENT.set.get(m, event) & ~THREAD.event_set.get(m, thread));
    k.waits.resume(thread);
    woke = true;
  }
  if (woke) k.scheduler.schedule();
  return RT_EOK;
}

function eventRecv(
  k: Kernel,
  event: number,
  set: number,
  option: number,
  timeout: number,
  recved: number,
): number | Task<number> {
  const m = k.memory;
  if (set === 0) return -RT_ERROR;
  const thread = k.scheduler.current;
  THREAD.result.set(m, thread, RT_EOK);
  k.assert((option & (EVENT_AND | EVENT_OR)) !== 0, "0", "rt_event_recv", 1345);
  const got = satisfied(EVENT.set.get(m, event), set, option);
  if (got !== 0) {
    if (recved !== 0) m.st32(recved, got);
    THREAD.event_set.set(m, thread, got);
    THREAD.event_info.set(m, thread, option);
    if (option & EVENT_CLEAR) EVENT.set.set(m, event, EVENT.set.get(m, event) & ~set);
    return RT_EOK;
  }
  if (timeout === 0) {
    THREAD.result.set(m, thread, -RT_ETIMEOUT);
    return -RT_ETIMEOUT;
  }
  THREAD.event_set.set(m, thread, set);
  THREAD.event_info.set(m, thread, option);
  return wait(k, event, thread, timeout, recved);
}

function* wait(
  k: Kernel,
  event: number,
  thread: number,
  timeout: number,
  recved: number,
): Task<number> {
  const m = k.memory;
  const flag = OBJECT.flag.get(m, event);
  const error = yield* k.waits.block(IPC.suspend_thread.at(event), flag, timeout);
  if (error !== RT_EOK) return error;
  if (recved !== 0) m.st32(recved, THREAD.event_set.get(m, thread));
  return RT_EOK;
}

function eventDetach(k: Kernel, event: number): number {
  k.waits.resumeAll(IPC.suspend_thread.at(event));
  k.objects.detach(event);
  return RT_EOK;
}

function eventDelete(k: Kernel, event: number): number {
  k.waits.resumeAll(IPC.suspend_thread.at(event));
  k.objects.delete(event);
  return RT_EOK;
}

function eventControl(k: Kernel, event: number, command: number): number {
  if (command !== IPC_CMD_RESET) return -RT_ERROR;
  k.waits.resumeAll(IPC.suspend_thread.at(event));
  EVENT.set.set(k.memory, event, 0);
  k.scheduler.schedule();
  return RT_EOK;
}

const HEADER = "rtthread.h";

export const eventRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_event_init",
    proto: "rt_err_t rt_event_init(rt_event_t event, const char *name, rt_uint8_t flag);",
    header: HEADER,
    call: (k, event, name, flag) => eventInit(k, event, k.name(name), flag),
  },
  {
    name: "rt_event_detach",
    proto: "rt_err_t rt_event_detach(rt_event_t event);",
    header: HEADER,
    call: (k, event) => {
      checkEvent(k, event, "rt_event_detach", 1076);
      assertStatic(k, event, "event->parent.parent", "rt_event_detach", 1078);
      return eventDetach(k, event);
    },
  },
  {
    name: "rt_event_create",
    proto: "rt_event_t rt_event_create(const char *name, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, flag) => eventCreate(k, k.name(name), flag),
  },
  {
    name: "rt_event_delete",
    proto: "rt_err_t rt_event_delete(rt_event_t event);",
    header: HEADER,
    call: (k, event) => {
      checkEvent(k, event, "rt_event_delete", 1141);
      assertDynamic(k, event, "event->parent.parent", "rt_event_delete", 1143);
      k.notInInterrupt("rt_event_delete", 1145);
      return eventDelete(k, event);
    },
  },
  {
    name: "rt_event_send",
    proto: "rt_err_t rt_event_send(rt_event_t event, rt_uint32_t set);",
    header: HEADER,
    call: (k, event, set) => {
      checkEvent(k, event, "rt_event_send", 1184);
      return eventSend(k, event, set);
    },
  },
  {
    name: "rt_event_recv",
    proto:
      "rt_err_t rt_event_recv(rt_event_t event, rt_uint32_t set, rt_uint8_t option, rt_int32_t timeout, rt_uint32_t *recved);",
    header: HEADER,
    call: (k, event, set, option, timeout) => {
      k.inThreadContext("rt_event_recv", 1303);
      checkEvent(k, event, "rt_event_recv", 1306);
      return eventRecv(k, event, set, option & 0xff, timeout, k.stackArg(0));
    },
  },
  {
    name: "rt_event_control",
    proto: "rt_err_t rt_event_control(rt_event_t event, int cmd, void *arg);",
    header: HEADER,
    call: (k, event, command) => {
      checkEvent(k, event, "rt_event_control", 1432);
      return eventControl(k, event, command);
    },
  },
];
