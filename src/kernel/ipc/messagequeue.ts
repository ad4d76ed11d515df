import {
  ALIGN_SIZE,
  IPC_CMD_RESET,
  RT_EFULL,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
} from "../abi/constants.ts";
import { IPC, MESSAGEQUEUE as MQ, OBJECT } from "../abi/layout.ts";
import type { Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { objectCheck } from "./check.ts";
import { Deadline } from "./deadline.ts";

/** Message queues, chains of slots {next pointer, message}: src/ipc.c of RT-Thread 4.0.4. */

/** struct rt_mq_message: the link, and in 5.x the length of the message. */
const slotHeader = (k: Kernel) => (k.five ? 8 : 4);
const LENGTH = 4;
const ENTRIES_MAX = 0xffff;
/** The sizes of a queue are 16-bit members, and counted with as those have them. */
const aligned = (size: number) => (size + ALIGN_SIZE - 1) & -ALIGN_SIZE & 0xffff;

export const checkQueue = objectCheck("MessageQueue", "mq", "&mq->parent.parent");

function setup(
  k: Kernel,
  mq: number,
  pool: number,
  messageSize: number,
  messages: number,
  flag: number,
): void {
  const m = k.memory;
  listInit(m, IPC.suspend_thread.at(mq));
  listInit(m, MQ.suspend_sender_thread.at(mq));
  OBJECT.flag.set(m, mq, flag);
  MQ.msg_pool.set(m, mq, pool);
  MQ.msg_size.set(m, mq, messageSize);
  MQ.max_msgs.set(m, mq, messages);
  MQ.msg_queue_head.set(m, mq, 0);
  MQ.msg_queue_tail.set(m, mq, 0);
  MQ.msg_queue_free.set(m, mq, 0);
  MQ.entry.set(m, mq, 0);
  // Each slot goes before the others, so the last one is used first.
  for (let n = 0; n < messages; n++) giveBack(k, mq, pool + n * (messageSize + slotHeader(k)));
}

function giveBack(k: Kernel, mq: number, slot: number): void {
  k.memory.st32(slot, MQ.msg_queue_free.get(k.memory, mq));
  MQ.msg_queue_free.set(k.memory, mq, slot);
}

export function queueInit(
  k: Kernel,
  mq: number,
  name: string,
  pool: number,
  messageSize: number,
  poolSize: number,
  flag: number,
): number {
  k.assert(mq !== 0, "mq != RT_NULL", "rt_mq_init", 2077);
  k.objects.init(mq, ObjectClass.MessageQueue, name);
  const size = aligned(messageSize);
  setup(k, mq, pool, size, Math.floor(poolSize / (size + slotHeader(k))) & ENTRIES_MAX, flag);
  return RT_EOK;
}

export function queueCreate(
  k: Kernel,
  name: string,
  messageSize: number,
  messages: number,
  flag: number,
): number {
  k.notInInterrupt("rt_mq_create", 2173);
  const mq = k.objects.allocate(ObjectClass.MessageQueue, name);
  if (mq === 0) return 0;
  const size = aligned(messageSize);
  const entries = messages & ENTRIES_MAX;
  const pool = k.heap.alloc((size + slotHeader(k)) * entries);
  if (pool === 0) {
    k.objects.delete(mq);
    return 0;
  }
  setup(k, mq, pool, size, entries, flag);
  return mq;
}

function wakeAll(k: Kernel, mq: number): void {
  k.waits.resumeAll(IPC.suspend_thread.at(mq));
  k.waits.resumeAll(MQ.suspend_sender_thread.at(mq));
}

export function queueDetach(k: Kernel, mq: number): number {
  wakeAll(k, mq);
  k.objects.detach(mq);
  return RT_EOK;
}

export function queueDelete(k: Kernel, mq: number): number {
  wakeAll(k, mq);
  k.heap.free(MQ.msg_pool.get(k.memory, mq));
  k.objects.delete(mq);
  return RT_EOK;
}

/** Copies a message into a free slot and links it behind the others, or before them when it is urgent. */
function put(k: Kernel, mq: number, buffer: number, size: number, urgent: boolean): number {
  const m = k.memory;
  const slot = MQ.msg_queue_free.get(m, mq);
  const message = m.read(buffer, size).slice();
  MQ.msg_queue_free.set(m, mq, m.ldu32(slot));
  m.write(slot + slotHeader(k), message);
  if (k.five) m.st32(slot + LENGTH, size);
  const head = MQ.msg_queue_head.get(m, mq);
  const tail = MQ.msg_queue_tail.get(m, mq);
  m.st32(slot, urgent ? head : 0);
  if (!urgent && tail !== 0) m.st32(tail, slot);
  if (!urgent || tail === 0) MQ.msg_queue_tail.set(m, mq, slot);
  if (urgent || head === 0) MQ.msg_queue_head.set(m, mq, slot);
  const entry = MQ.entry.get(m, mq);
  if (entry >= ENTRIES_MAX) return -RT_EFULL;
  MQ.entry.set(m, mq, entry + 1);
  const receivers = IPC.suspend_thread.at(mq);
  if (!k.waits.isEmpty(receivers)) {
    k.waits.resumeFirst(receivers);
    k.scheduler.schedule();
  }
  return RT_EOK;
}

/** Copies the first message out; in 4.0.4 always the slot's size, for no length is kept. The result is the length in 5.x. */
function take(k: Kernel, mq: number, buffer: number, size: number): number {
  const m = k.memory;
  const slot = MQ.msg_queue_head.get(m, mq);
  const length = Math.min(size, k.five ? m.ldu32(slot + LENGTH) : MQ.msg_size.get(m, mq));
  m.write(buffer, m.read(slot + slotHeader(k), length).slice());
  const next = m.ldu32(slot);
  MQ.msg_queue_head.set(m, mq, next);
  if (MQ.msg_queue_tail.get(m, mq) === slot) MQ.msg_queue_tail.set(m, mq, 0);
  MQ.entry.set(m, mq, Math.max(0, MQ.entry.get(m, mq) - 1));
  giveBack(k, mq, slot);
  const senders = MQ.suspend_sender_thread.at(mq);
  if (!k.waits.isEmpty(senders)) {
    k.waits.resumeFirst(senders);
    k.scheduler.schedule();
  }
  return k.five ? length : RT_EOK;
}

const hasRoom = (k: Kernel, mq: number) => MQ.msg_queue_free.get(k.memory, mq) !== 0;

export function queueSend(
  k: Kernel,
  mq: number,
  buffer: number,
  size: number,
  timeout: number,
  urgent = false,
): number | Task<number> {
  if (size > MQ.msg_size.get(k.memory, mq)) return -RT_ERROR;
  if (hasRoom(k, mq)) return put(k, mq, buffer, size, urgent);
  if (timeout === 0) return -RT_EFULL;
  return send(k, mq, buffer, size, timeout);
}

function* send(k: Kernel, mq: number, buffer: number, size: number, timeout: number): Task<number> {
  const deadline = new Deadline(k, timeout);
  while (!hasRoom(k, mq)) {
    if (deadline.left === 0) return -RT_EFULL;
    k.inThreadContext("rt_mq_send_wait", 2372);
    const error = yield* k.waits.block(
      MQ.suspend_sender_thread.at(mq),
      OBJECT.flag.get(k.memory, mq),
      deadline.left,
    );
    if (error !== RT_EOK) return error;
    deadline.spend();
  }
  return put(k, mq, buffer, size, false);
}

export function queueRecv(
  k: Kernel,
  mq: number,
  buffer: number,
  size: number,
  timeout: number,
): number | Task<number> {
  if (MQ.entry.get(k.memory, mq) > 0) return take(k, mq, buffer, size);
  if (timeout === 0) return -RT_ETIMEOUT;
  return recv(k, mq, buffer, size, timeout);
}

function* recv(k: Kernel, mq: number, buffer: number, size: number, timeout: number): Task<number> {
  const deadline = new Deadline(k, timeout);
  while (MQ.entry.get(k.memory, mq) === 0) {
    if (deadline.left === 0) return -RT_ETIMEOUT;
    k.inThreadContext("rt_mq_recv", 2632);
    const error = yield* k.waits.block(
      IPC.suspend_thread.at(mq),
      OBJECT.flag.get(k.memory, mq),
      deadline.left,
    );
    if (error !== RT_EOK) return error;
    deadline.spend();
  }
  return take(k, mq, buffer, size);
}

export function queueControl(k: Kernel, mq: number, command: number): number {
  if (command !== IPC_CMD_RESET) return -RT_ERROR;
  const m = k.memory;
  wakeAll(k, mq);
  for (let slot = MQ.msg_queue_head.get(m, mq); slot !== 0; slot = MQ.msg_queue_head.get(m, mq)) {
    MQ.msg_queue_head.set(m, mq, m.ldu32(slot));
    giveBack(k, mq, slot);
  }
  MQ.msg_queue_tail.set(m, mq, 0);
  MQ.entry.set(m, mq, 0);
  k.scheduler.schedule();
  return RT_EOK;
}
