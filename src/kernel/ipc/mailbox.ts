import { IPC_CMD_RESET, RT_EFULL, RT_EOK, RT_ERROR, RT_ETIMEOUT } from "../abi/constants.ts";
import { IPC, MAILBOX, OBJECT } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { assertDynamic, assertStatic, objectCheck } from "./check.ts";
import { Deadline } from "./deadline.ts";

/** Mailboxes, rings of 32-bit mails: src/ipc.c of RT-Thread 4.0.4. */

const ENTRIES_MAX = 0xffff;

const checkMailbox = objectCheck("MailBox", "mb", "&mb->parent.parent");

function setup(k: Kernel, mb: number, pool: number, size: number, flag: number): void {
  const m = k.memory;
  listInit(m, IPC.suspend_thread.at(mb));
  listInit(m, MAILBOX.suspend_sender_thread.at(mb));
  OBJECT.flag.set(m, mb, flag);
  MAILBOX.msg_pool.set(m, mb, pool);
  MAILBOX.sizeField.set(m, mb, size);
  MAILBOX.entry.set(m, mb, 0);
  MAILBOX.in_offset.set(m, mb, 0);
  MAILBOX.out_offset.set(m, mb, 0);
}

export function mailboxInit(
  k: Kernel,
  mb: number,
  name: string,
  pool: number,
  size: number,
  flag: number,
): number {
  k.assert(mb !== 0, "mb != RT_NULL", "rt_mb_init", 1493);
  k.objects.init(mb, ObjectClass.MailBox, name);
  setup(k, mb, pool, size, flag);
  return RT_EOK;
}

function mailboxCreate(k: Kernel, name: string, size: number, flag: number): number {
  k.notInInterrupt("rt_mb_create", 1566);
  const mb = k.objects.allocate(ObjectClass.MailBox, name);
  if (mb === 0) return 0;
  const pool = k.heap.alloc((size & ENTRIES_MAX) * 4);
  if (pool === 0) {
    k.objects.delete(mb);
    return 0;
  }
  setup(k, mb, pool, size, flag);
  return mb;
}

function wakeAll(k: Kernel, mb: number): void {
  k.waits.resumeAll(IPC.suspend_thread.at(mb));
  k.waits.resumeAll(MAILBOX.suspend_sender_thread.at(mb));
}

function mailboxDetach(k: Kernel, mb: number): number {
  wakeAll(k, mb);
  k.objects.detach(mb);
  return RT_EOK;
}

function mailboxDelete(k: Kernel, mb: number): number {
  wakeAll(k, mb);
  k.heap.free(MAILBOX.msg_pool.get(k.memory, mb));
  k.objects.delete(mb);
  return RT_EOK;
}

const isFull = (k: Kernel, mb: number) =>
  MAILBOX.entry.get(k.memory, mb) >= MAILBOX.sizeField.get(k.memory, mb);

/** Stores a mail behind the others, or before them when it is urgent; wakes a receiver. */
function put(k: Kernel, mb: number, value: number, urgent: boolean): number {
  const m = k.memory;
  const size = MAILBOX.sizeField.get(m, mb);
  const pool = MAILBOX.msg_pool.get(m, mb);
  if (urgent) {
    const out = (MAILBOX.out_offset.get(m, mb) || size) - 1;
    MAILBOX.out_offset.set(m, mb, out);
    m.st32(pool + 4 * out, value);
  } else {
    const at = MAILBOX.in_offset.get(m, mb);
    m.st32(pool + 4 * at, value);
    MAILBOX.in_offset.set(m, mb, at + 1 >= size ? 0 : at + 1);
  }
  const entry = MAILBOX.entry.get(m, mb);
  if (entry >= ENTRIES_MAX) return -RT_EFULL;
  MAILBOX.entry.set(m, mb, entry + 1);
  const receivers = IPC.suspend_thread.at(mb);
  if (!k.waits.isEmpty(receivers)) {
    k.waits.resumeFirst(receivers);
    k.scheduler.schedule();
  }
  return RT_EOK;
}

/** Takes the oldest mail; wakes a sender. */
function take(k: Kernel, mb: number, to: number): number {
  const m = k.memory;
  const out = MAILBOX.out_offset.get(m, mb);
  m.st32(to, m.ld32(MAILBOX.msg_pool.get(m, mb) + 4 * out));
  MAILBOX.out_offset.set(m, mb, out + 1 >= MAILBOX.sizeField.get(m, mb) ? 0 : out + 1);
  MAILBOX.entry.set(m, mb, Math.max(0, MAILBOX.entry.get(m, mb) - 1));
  const senders = MAILBOX.suspend_sender_thread.at(mb);
  if (!k.waits.isEmpty(senders)) {
    k.waits.resumeFirst(senders);
    k.scheduler.schedule();
  }
  return RT_EOK;
}

export function mailboxSend(
  k: Kernel,
  mb: number,
  value: number,
  timeout: number,
): number | Task<number> {
  if (!isFull(k, mb)) return put(k, mb, value, false);
  if (timeout === 0) return -RT_EFULL;
  return send(k, mb, value, timeout);
}

function* send(k: Kernel, mb: number, value: number, timeout: number): Task<number> {
  const deadline = new Deadline(k, timeout);
  while (isFull(k, mb)) {
    // The time was used up while another sender was faster.
    if (deadline.left === 0) return -RT_EFULL;
    k.inThreadContext("rt_mb_send_wait", 1729);
    const error = yield* k.waits.block(
      MAILBOX.suspend_sender_thread.at(mb),
      OBJECT.flag.get(k.memory, mb),
      deadline.left,
    );
    if (error !== RT_EOK) return error;
    deadline.spend();
  }
  return put(k, mb, value, false);
}

function mailboxUrgent(k: Kernel, mb: number, value: number): number {
  return isFull(k, mb) ? -RT_EFULL : put(k, mb, value, true);
}

export function mailboxRecv(
  k: Kernel,
  mb: number,
  to: number,
  timeout: number,
): number | Task<number> {
  if (MAILBOX.entry.get(k.memory, mb) > 0) return take(k, mb, to);
  if (timeout === 0) return -RT_ETIMEOUT;
  return recv(k, mb, to, timeout);
}

function* recv(k: Kernel, mb: number, to: number, timeout: number): Task<number> {
  const deadline = new Deadline(k, timeout);
  while (MAILBOX.entry.get(k.memory, mb) === 0) {
    if (deadline.left === 0) return -RT_ETIMEOUT;
    k.inThreadContext("rt_mb_recv", 1923);
    const error = yield* k.waits.block(
      IPC.suspend_thread.at(mb),
      OBJECT.flag.get(k.memory, mb),
      deadline.left,
    );
    if (error !== RT_EOK) return error;
    deadline.spend();
  }
  return take(k, mb, to);
}

function mailboxControl(k: Kernel, mb: number, command: number): number {
  if (command !== IPC_CMD_RESET) return -RT_ERROR;
  wakeAll(k, mb);
  MAILBOX.in_offset.set(k.memory, mb, 0);
  MAILBOX.out_offset.set(k.memory, mb, 0);
  MAILBOX.entry.set(k.memory, mb, 0);
  k.scheduler.schedule();
  return RT_EOK;
}

const HEADER = "rtthread.h";

export const mailboxRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_mb_init",
    proto:
      "rt_err_t rt_mb_init(rt_mailbox_t mb, const char *name, void *msgpool, rt_size_t size, rt_uint8_t flag);",
    header: HEADER,
    call: (k, mb, name, pool, size) =>
      mailboxInit(k, mb, k.name(name), pool, size, k.stackArg(0) & 0xff),
  },
  {
    name: "rt_mb_detach",
    proto: "rt_err_t rt_mb_detach(rt_mailbox_t mb);",
    header: HEADER,
    call: (k, mb) => {
      checkMailbox(k, mb, "rt_mb_detach", 1532);
      assertStatic(k, mb, "mb->parent.parent", "rt_mb_detach", 1534);
      return mailboxDetach(k, mb);
    },
  },
  {
    name: "rt_mb_create",
    proto: "rt_mailbox_t rt_mb_create(const char *name, rt_size_t size, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, size, flag) => mailboxCreate(k, k.name(name), size, flag),
  },
  {
    name: "rt_mb_delete",
    proto: "rt_err_t rt_mb_delete(rt_mailbox_t mb);",
    header: HEADER,
    call: (k, mb) => {
      k.notInInterrupt("rt_mb_delete", 1616);
      checkMailbox(k, mb, "rt_mb_delete", 1619);
      assertDynamic(k, mb, "mb->parent.parent", "rt_mb_delete", 1621);
      return mailboxDelete(k, mb);
    },
  },
  {
    name: "rt_mb_send",
    proto: "rt_err_t rt_mb_send(rt_mailbox_t mb, rt_uint32_t value);",
    header: HEADER,
    call: (k, mb, value) => {
      checkMailbox(k, mb, "rt_mb_send_wait", 1661);
      return mailboxSend(k, mb, value, 0);
    },
  },
  {
    name: "rt_mb_send_wait",
    proto: "rt_err_t rt_mb_send_wait(rt_mailbox_t mb, rt_uint32_t value, rt_int32_t timeout);",
    header: HEADER,
    call: (k, mb, value, timeout) => {
      checkMailbox(k, mb, "rt_mb_send_wait", 1661);
      return mailboxSend(k, mb, value, timeout);
    },
  },
  {
    name: "rt_mb_urgent",
    proto: "rt_err_t rt_mb_urgent(rt_mailbox_t mb, rt_uint32_t value);",
    header: HEADER,
    call: (k, mb, value) => {
      checkMailbox(k, mb, "rt_mb_urgent", 1812);
      return mailboxUrgent(k, mb, value);
    },
  },
  {
    name: "rt_mb_recv",
    proto: "rt_err_t rt_mb_recv(rt_mailbox_t mb, rt_uint32_t *value, rt_int32_t timeout);",
    header: HEADER,
    call: (k, mb, to, timeout) => {
      checkMailbox(k, mb, "rt_mb_recv", 1876);
      return mailboxRecv(k, mb, to, timeout);
    },
  },
  {
    name: "rt_mb_control",
    proto: "rt_err_t rt_mb_control(rt_mailbox_t mb, int cmd, void *arg);",
    header: HEADER,
    call: (k, mb, command) => {
      checkMailbox(k, mb, "rt_mb_control", 2009);
      return mailboxControl(k, mb, command);
    },
  },
];
