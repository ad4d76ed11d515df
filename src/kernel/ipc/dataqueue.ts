import { RT_EEMPTY, RT_ENOMEM, RT_EOK, RT_ETIMEOUT } from "../abi/constants.ts";
import { DATA_ITEM, DATA_QUEUE as DQ } from "../abi/layout.ts";
import { callNamed, type ExportRow, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { lend, takeBack } from "../lent.ts";
import { listInit } from "../list.ts";

/** rt_data_queue, a ring of {pointer, size}: components/drivers/src/dataqueue.c of RT-Thread 4.0.4. */

const MAGIC = 0xbead0e0e;
/** Bit 15 beside the put index says full, beside the get index empty. */
const FLAG = 0x8000;
const INDEX = 0x7fff;
const EVENT_POP = 1;
const EVENT_PUSH = 2;
const EVENT_LWM = 3;

const isEmpty = (k: Kernel, q: number) => (DQ.get_index.get(k.memory, q) & FLAG) !== 0;
const isFull = (k: Kernel, q: number) => (DQ.put_index.get(k.memory, q) & FLAG) !== 0;

function check(k: Kernel, q: number, fn: string, line: number): void {
  k.assert(q !== 0, "queue != RT_NULL", fn, line);
  k.assert(DQ.magic.get(k.memory, q) === MAGIC, "queue->magic == DATAQUEUE_MAGIC", fn, line + 1);
}

function length(k: Kernel, q: number): number {
  if (isEmpty(k, q)) return 0;
  const size = DQ.sizeField.get(k.memory, q);
  const put = DQ.put_index.get(k.memory, q) & INDEX;
  const get = DQ.get_index.get(k.memory, q) & INDEX;
  return put > get ? put - get : size + put - get;
}

function setIndex(
  k: Kernel,
  q: number,
  which: "put_index" | "get_index",
  index: number,
  flag: boolean,
): void {
  DQ[which].set(k.memory, q, index | (flag ? FLAG : 0));
}

function clear(k: Kernel, q: number): void {
  setIndex(k, q, "get_index", 0, true);
  setIndex(k, q, "put_index", 0, false);
}

function* notify(k: Kernel, q: number, event: number): Task<void> {
  const func = DQ.evt_notify.get(k.memory, q);
  if (func !== 0) yield* callNamed("the evt_notify of a data queue", func, q, event);
}

function* push(k: Kernel, q: number, data: number, size: number, timeout: number): Task<number> {
  const m = k.memory;
  while (isFull(k, q)) {
    if (timeout === 0) return -RT_ETIMEOUT;
    const error = yield* k.waits.block(DQ.suspended_push_list.at(q), 0, timeout);
    if (error !== RT_EOK) return error;
  }
  const put = DQ.put_index.get(m, q) & INDEX;
  const get = DQ.get_index.get(m, q) & INDEX;
  const item = DQ.queue.get(m, q) + put * DATA_ITEM.size;
  DATA_ITEM.data_ptr.set(m, item, data);
  DATA_ITEM.data_size.set(m, item, size);
  const next = (put + 1) % DQ.sizeField.get(m, q);
  setIndex(k, q, "put_index", next, next === get);
  setIndex(k, q, "get_index", get, false);
  const poppers = DQ.suspended_pop_list.at(q);
  if (!k.waits.isEmpty(poppers)) {
    k.waits.resumeFirst(poppers);
    k.scheduler.schedule();
    return RT_EOK;
  }
  yield* notify(k, q, EVENT_PUSH);
  return RT_EOK;
}

function* pop(k: Kernel, q: number, data: number, size: number, timeout: number): Task<number> {
  const m = k.memory;
  while (isEmpty(k, q)) {
    if (timeout === 0) return -RT_ETIMEOUT;
    const error = yield* k.waits.block(DQ.suspended_pop_list.at(q), 0, timeout);
    if (error !== RT_EOK) return error;
  }
  copyOut(k, q, data, size);
  const get = DQ.get_index.get(m, q) & INDEX;
  const put = DQ.put_index.get(m, q) & INDEX;
  const next = (get + 1) % DQ.sizeField.get(m, q);
  setIndex(k, q, "get_index", next, next === put);
  setIndex(k, q, "put_index", put, false);
  if (length(k, q) > DQ.lwm.get(m, q)) {
    yield* notify(k, q, EVENT_POP);
    return RT_EOK;
  }
  const pushers = DQ.suspended_push_list.at(q);
  if (!k.waits.isEmpty(pushers)) {
    k.waits.resumeFirst(pushers);
    k.scheduler.schedule();
  }
  yield* notify(k, q, EVENT_LWM);
  return RT_EOK;
}

/** The oldest item to `*data` and `*size`. */
function copyOut(k: Kernel, q: number, data: number, size: number): void {
  const m = k.memory;
  const get = DQ.get_index.get(m, q) & INDEX;
  const item = DQ.queue.get(m, q) + get * DATA_ITEM.size;
  m.st32(data, DATA_ITEM.data_ptr.get(m, item));
  m.st32(size, DATA_ITEM.data_size.get(m, item));
}

function reset(k: Kernel, q: number): void {
  clear(k, q);
  k.waits.resumeAll(DQ.suspended_pop_list.at(q));
  k.waits.resumeAll(DQ.suspended_push_list.at(q));
  k.scheduler.schedule();
}

const HEADER = "rtdevice.h";

export const dataQueueRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_data_queue_init",
    proto:
      "rt_err_t rt_data_queue_init(struct rt_data_queue *queue, rt_uint16_t size, rt_uint16_t lwm, void (*evt_notify)(struct rt_data_queue *queue, rt_uint32_t event));",
    header: HEADER,
    call: (k, q, size, lwm, func) => {
      const m = k.memory;
      k.assert(q !== 0, "queue != RT_NULL", "rt_data_queue_init", 22);
      k.assert((size & 0xffff) > 0, "size > 0", "rt_data_queue_init", 23);
      DQ.magic.set(m, q, MAGIC);
      DQ.sizeField.set(m, q, size);
      DQ.lwm.set(m, q, lwm);
      DQ.evt_notify.set(m, q, func);
      clear(k, q);
      listInit(m, DQ.suspended_push_list.at(q));
      listInit(m, DQ.suspended_pop_list.at(q));
      const items = lend(k, (size & 0xffff) * DATA_ITEM.size);
      DQ.queue.set(m, q, items);
      return items === 0 ? -RT_ENOMEM : RT_EOK;
    },
  },
  {
    name: "rt_data_queue_push",
    proto:
      "rt_err_t rt_data_queue_push(struct rt_data_queue *queue, const void *data_ptr, rt_size_t data_size, rt_int32_t timeout);",
    header: HEADER,
    call: (k, q, data, size, timeout) => {
      check(k, q, "rt_data_queue_push", 61);
      return push(k, q, data, size, timeout);
    },
  },
  {
    name: "rt_data_queue_pop",
    proto:
      "rt_err_t rt_data_queue_pop(struct rt_data_queue *queue, const void **data_ptr, rt_size_t *size, rt_int32_t timeout);",
    header: HEADER,
    call: (k, q, data, size, timeout) => {
      check(k, q, "rt_data_queue_pop", 148);
      return pop(k, q, data, size, timeout);
    },
  },
  {
    name: "rt_data_queue_peek",
    proto:
      "rt_err_t rt_data_queue_peek(struct rt_data_queue *queue, const void **data_ptr, rt_size_t *size);",
    header: HEADER,
    call: (k, q, data, size) => {
      check(k, q, "rt_data_queue_peek", 255);
      if (isEmpty(k, q)) return -RT_EEMPTY;
      copyOut(k, q, data, size);
      return RT_EOK;
    },
  },
  {
    name: "rt_data_queue_reset",
    proto: "void rt_data_queue_reset(struct rt_data_queue *queue);",
    header: HEADER,
    call: (k, q) => {
      check(k, q, "rt_data_queue_reset", 282);
      reset(k, q);
    },
  },
  {
    name: "rt_data_queue_deinit",
    proto: "rt_err_t rt_data_queue_deinit(struct rt_data_queue *queue);",
    header: HEADER,
    call: (k, q) => {
      check(k, q, "rt_data_queue_deinit", 356);
      reset(k, q);
      DQ.magic.set(k.memory, q, 0);
      takeBack(k, DQ.queue.get(k.memory, q));
      return RT_EOK;
    },
  },
  {
    name: "rt_data_queue_len",
    proto: "rt_uint16_t rt_data_queue_len(struct rt_data_queue *queue);",
    header: HEADER,
    call: (k, q) => {
      check(k, q, "rt_data_queue_len", 378);
      return length(k, q);
    },
  },
];
