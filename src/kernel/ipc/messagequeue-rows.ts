import type { ExportRow } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { assertDynamic, assertStatic } from "./check.ts";
import {
  checkQueue,
  queueControl,
  queueCreate,
  queueDelete,
  queueDetach,
  queueInit,
  queueRecv,
  queueSend,
} from "./messagequeue.ts";

/** RT_ASSERTs of the send and receive functions. */
function checkTransfer(
  k: Kernel,
  mq: number,
  buffer: number,
  size: number,
  fn: string,
  line: number,
): void {
  checkQueue(k, mq, fn, line);
  k.assert(buffer !== 0, "buffer != RT_NULL", fn, line + 2);
  k.assert(size !== 0, "size != 0", fn, line + 3);
}

const HEADER = "rtthread.h";

export const messageQueueRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_mq_init",
    proto:
      "rt_err_t rt_mq_init(rt_mq_t mq, const char *name, void *msgpool, rt_size_t msg_size, rt_size_t pool_size, rt_uint8_t flag);",
    header: HEADER,
    call: (k, mq, name, pool, messageSize) =>
      queueInit(k, mq, k.name(name), pool, messageSize, k.stackArg(0) >>> 0, k.stackArg(1) & 0xff),
  },
  {
    name: "rt_mq_detach",
    proto: "rt_err_t rt_mq_detach(rt_mq_t mq);",
    header: HEADER,
    call: (k, mq) => {
      checkQueue(k, mq, "rt_mq_detach", 2131);
      assertStatic(k, mq, "mq->parent.parent", "rt_mq_detach", 2133);
      return queueDetach(k, mq);
    },
  },
  {
    name: "rt_mq_create",
    proto:
      "rt_mq_t rt_mq_create(const char *name, rt_size_t msg_size, rt_size_t max_msgs, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, messageSize, messages, flag) =>
      queueCreate(k, k.name(name), messageSize >>> 0, messages >>> 0, flag),
  },
  {
    name: "rt_mq_delete",
    proto: "rt_err_t rt_mq_delete(rt_mq_t mq);",
    header: HEADER,
    call: (k, mq) => {
      k.notInInterrupt("rt_mq_delete", 2242);
      checkQueue(k, mq, "rt_mq_delete", 2245);
      assertDynamic(k, mq, "mq->parent.parent", "rt_mq_delete", 2247);
      return queueDelete(k, mq);
    },
  },
  {
    name: "rt_mq_send",
    proto: "rt_err_t rt_mq_send(rt_mq_t mq, const void *buffer, rt_size_t size);",
    header: HEADER,
    call: (k, mq, buffer, size) => {
      checkTransfer(k, mq, buffer, size, "rt_mq_send_wait", 2290);
      return queueSend(k, mq, buffer, size >>> 0, 0);
    },
  },
  {
    name: "rt_mq_send_wait",
    proto:
      "rt_err_t rt_mq_send_wait(rt_mq_t mq, const void *buffer, rt_size_t size, rt_int32_t timeout);",
    header: HEADER,
    call: (k, mq, buffer, size, timeout) => {
      checkTransfer(k, mq, buffer, size, "rt_mq_send_wait", 2290);
      return queueSend(k, mq, buffer, size >>> 0, timeout);
    },
  },
  {
    name: "rt_mq_urgent",
    proto: "rt_err_t rt_mq_urgent(rt_mq_t mq, const void *buffer, rt_size_t size);",
    header: HEADER,
    call: (k, mq, buffer, size) => {
      checkTransfer(k, mq, buffer, size, "rt_mq_urgent", 2486);
      return queueSend(k, mq, buffer, size >>> 0, 0, true);
    },
  },
  {
    name: "rt_mq_recv",
    proto: "rt_err_t rt_mq_recv(rt_mq_t mq, void *buffer, rt_size_t size, rt_int32_t timeout);",
    header: HEADER,
    call: (k, mq, buffer, size, timeout) => {
      checkTransfer(k, mq, buffer, size, "rt_mq_recv", 2581);
      return queueRecv(k, mq, buffer, size >>> 0, timeout);
    },
  },
  {
    name: "rt_mq_control",
    proto: "rt_err_t rt_mq_control(rt_mq_t mq, int cmd, void *arg);",
    header: HEADER,
    call: (k, mq, command) => {
      checkQueue(k, mq, "rt_mq_control", 2727);
      return queueControl(k, mq, command);
    },
  },
];
