import {
  IPC_FLAG_FIFO,
  NAME_MAX,
  RT_EFULL,
  RT_EINTR,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
} from "../abi/constants.ts";
import { MESSAGEQUEUE as MQ, OBJECT } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import { checkQueue, queueCreate, queueDelete, queueRecv, queueSend } from "../ipc/messagequeue.ts";
import type { Kernel } from "../kernel.ts";
import { isNoTime, ticksUntil } from "../time-rows.ts";
import { E, failed } from "./errno.ts";
import { giveBack } from "./give-back.ts";
import { MQ_ATTR, MQDES } from "./layout.ts";
import type { Pthreads } from "./threads.ts";
import { finish } from "./wait.ts";

/**
 * POSIX message queues on kernel message queues: no priorities, in 4.0.4 no lengths (a message is as long as the receiver's buffer), and a
 * full queue is an error at once.
 */

const HEADER = "mqueue.h";
const O_CREAT = 0x200;
const O_EXCL = 0x800;
const SIZE_MAX = 0xffff;

/** The descriptors that exist, newest first; those of a module go with it. */
export class MessageQueues {
  private list: { readonly mqdes: number; readonly module: number }[] = [];

  constructor(private readonly k: Kernel) {}

  has(mqdes: number): boolean {
    return this.list.some((entry) => entry.mqdes === mqdes >>> 0);
  }

  find(name: string): number {
    const { memory } = this.k;
    const wanted = name.slice(0, NAME_MAX);
    const found = this.list.find(
      ({ mqdes }) => OBJECT.name.get(memory, MQDES.mq.get(memory, mqdes)) === wanted,
    );
    return found?.mqdes ?? 0;
  }

  /** 0 without memory. */
  create(name: string, size: number, messages: number): number {
    const { k } = this;
    const mqdes = k.heap.alloc(MQDES.size);
    if (mqdes === 0) return 0;
    const mq = queueCreate(k, name, size, messages, IPC_FLAG_FIFO);
    if (mq === 0) {
      k.heap.free(mqdes);
      return 0;
    }
    k.memory.fill(mqdes, MQDES.size, 0);
    MQDES.refcount.set(k.memory, mqdes, 1);
    MQDES.mq.set(k.memory, mqdes, mq);
    this.list.unshift({ mqdes, module: k.currentModule });
    return mqdes;
  }

  remove(mqdes: number): void {
    this.list = this.list.filter((entry) => entry.mqdes !== mqdes);
    queueDelete(this.k, this.object(mqdes, "rt_mq_delete"));
    giveBack(this.k, mqdes);
  }

  /** The kernel message queue of a descriptor. */
  object(mqdes: number, fn: string): number {
    const object = MQDES.mq.get(this.k.memory, mqdes);
    checkQueue(this.k, object, fn, 0);
    return object;
  }

  forgetModule(module: number): void {
    for (const { mqdes } of this.list.filter((entry) => entry.module === module))
      giveBack(this.k, mqdes);
    this.list = this.list.filter((entry) => entry.module !== module);
  }
}

/** mq_open gives NULL for an error. */
function none(k: Kernel, errno: number): 0 {
  failed(k, errno);
  return 0;
}

function open(c: Pthreads, name: string, flags: number, attr: number): number {
  const { k, queues } = c;
  const existing = queues.find(name);
  if ((flags & O_CREAT) !== 0) {
    if (existing !== 0 && (flags & O_EXCL) !== 0) return none(k, E.EEXIST);
    // 4.0.4 makes a second one of the same name.
    if (existing === 0 || k.options.compat404) return create(c, name, attr);
  }
  if (existing === 0) return none(k, E.ENOENT);
  MQDES.refcount.set(k.memory, existing, MQDES.refcount.get(k.memory, existing) + 1);
  return existing;
}

function create({ k, queues }: Pthreads, name: string, attr: number): number {
  // The kernel has no defaults; 4.0.4 reads from address 0.
  if (attr === 0 && !k.options.compat404) return none(k, E.EINVAL);
  const size = MQ_ATTR.msgsize.get(k.memory, attr);
  const messages = MQ_ATTR.maxmsg.get(k.memory, attr);
  const fits = (value: number) => value > 0 && value <= SIZE_MAX;
  if (!(fits(size) && fits(messages)) && !k.options.compat404) return none(k, E.EINVAL);
  return queues.create(name, size, messages) || none(k, E.ENFILE);
}

/** 4.0.4 says EBADF for every failure. */
function sendError(k: Kernel, error: number): number {
  if (k.options.compat404) return E.EBADF;
  if (error === -RT_EFULL) return E.EAGAIN;
  return error === -RT_ERROR ? E.EMSGSIZE : E.EBADF;
}

function* send(c: Pthreads, mqdes: number, message: number, length: number): Task<number> {
  const { k } = c;
  if (message === 0) return failed(k, E.EINVAL);
  const mq = c.queues.object(mqdes, "rt_mq_send");
  k.assert(length !== 0, "size != 0", "rt_mq_send_wait", 2294);
  const error = yield* finish(queueSend(k, mq, message, length >>> 0, 0));
  return error === RT_EOK ? 0 : failed(k, sendError(k, error));
}

/** What a failed receive leaves in errno: when the time is over, and for what has no errno of its own. */
interface ReceiveErrors {
  readonly late: number;
  readonly other: number;
}

function* receive(
  c: Pthreads,
  mqdes: number,
  message: number,
  length: number,
  ticks: number,
  { late, other }: ReceiveErrors,
): Task<number> {
  const { k } = c;
  if (message === 0) return failed(k, E.EINVAL);
  const mq = c.queues.object(mqdes, "rt_mq_recv");
  k.assert(length !== 0, "size != 0", "rt_mq_recv", 2585);
  // 4.0.4 keeps no lengths.
  const received = yield* finish(queueRecv(k, mq, message, length >>> 0, ticks));
  if (received >= RT_EOK) return k.five ? received : length;
  if (received === -RT_ETIMEOUT) return failed(k, late);
  return failed(k, received === -RT_EINTR && !k.options.compat404 ? E.EINTR : other);
}

function close({ k, queues }: Pthreads, mqdes: number): number {
  const count = MQDES.refcount.get(k.memory, mqdes) - 1;
  MQDES.refcount.set(k.memory, mqdes, count);
  if (count === 0 && MQDES.unlinked.get(k.memory, mqdes) !== 0) queues.remove(mqdes);
  return 0;
}

function unlink({ k, queues }: Pthreads, name: string): number {
  const mqdes = queues.find(name);
  if (mqdes === 0) return failed(k, E.ENOENT);
  MQDES.unlinked.set(k.memory, mqdes, 1);
  if (MQDES.refcount.get(k.memory, mqdes) === 0) queues.remove(mqdes);
  return 0;
}

function getattr({ k, queues }: Pthreads, mqdes: number, result: number): number {
  const { memory } = k;
  if (result === 0) return failed(k, E.EBADF);
  const mq = queues.object(mqdes, "mq_getattr");
  MQ_ATTR.flags.set(memory, result, 0);
  MQ_ATTR.maxmsg.set(memory, result, MQ.max_msgs.get(memory, mq));
  MQ_ATTR.msgsize.set(memory, result, MQ.msg_size.get(memory, mq));
  MQ_ATTR.curmsgs.set(memory, result, k.options.compat404 ? 0 : MQ.entry.get(memory, mq));
  return 0;
}

/** mq_setattr and mq_notify exist but do nothing; 4.0.4 leaves -RT_ERROR as errno. */
function unsupported({ k }: Pthreads): number {
  failed(k, E.ENOSYS);
  if (k.options.compat404) k.setErrno(-RT_ERROR);
  return -1;
}

/** A call on a descriptor, which is checked; `absent` is errno for NULL. */
const on = (
  proto: string,
  call: (c: Pthreads, mqdes: number, a1: number, a2: number, a3: number) => number | Task<number>,
  absent: number = E.EINVAL,
): ExportRow<Pthreads> => ({
  name: /(\w+)\(/.exec(proto)?.[1] ?? "",
  proto,
  header: HEADER,
  call: (c, mqdes, a1, a2, a3) => {
    if (!c.queues.has(mqdes)) return failed(c.k, mqdes === 0 ? absent : E.EBADF);
    return call(c, mqdes >>> 0, a1, a2, a3);
  },
});

export const queueRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "mq_open",
    proto: "mqd_t mq_open(const char *name, int oflag, ...);",
    header: HEADER,
    call: (c, name, flags, _mode, attr) => open(c, c.k.name(name), flags, attr),
  },
  on("int mq_close(mqd_t mqdes);", close),
  {
    name: "mq_unlink",
    proto: "int mq_unlink(const char *name);",
    header: HEADER,
    call: (c, name) => unlink(c, c.k.name(name)),
  },
  on("int mq_getattr(mqd_t mqdes, struct mq_attr *mqstat);", getattr, E.EBADF),
  {
    name: "mq_setattr",
    proto: "int mq_setattr(mqd_t mqdes, const struct mq_attr *mqstat, struct mq_attr *omqstat);",
    header: HEADER,
    call: unsupported,
  },
  {
    name: "mq_notify",
    proto: "int mq_notify(mqd_t mqdes, const struct sigevent *notification);",
    header: HEADER,
    call: unsupported,
  },
  on("int mq_send(mqd_t mqdes, const char *msg_ptr, size_t msg_len, unsigned msg_prio);", send),
  on(
    "int mq_timedsend(mqd_t mqdes, const char *msg_ptr, size_t msg_len, unsigned msg_prio, const struct timespec *abs_timeout);",
    send,
  ),
  on(
    "ssize_t mq_receive(mqd_t mqdes, char *msg_ptr, size_t msg_len, unsigned *msg_prio);",
    (c, mqdes, message, length) =>
      receive(c, mqdes, message, length, -1, { late: E.ETIMEDOUT, other: E.EBADF }),
  ),
  on(
    "ssize_t mq_timedreceive(mqd_t mqdes, char *msg_ptr, size_t msg_len, unsigned *msg_prio, const struct timespec *abs_timeout);",
    (c, mqdes, message, length) => {
      const time = c.k.stackArg(0);
      if (time === 0 && !c.k.options.compat404) return failed(c.k, E.EINVAL);
      const other = E.EBADMSG;
      if (isNoTime(c.k, time))
        return receive(c, mqdes, message, length, 0, { late: E.EINVAL, other });
      const ticks = ticksUntil(c.k, time);
      return receive(c, mqdes, message, length, ticks, { late: E.ETIMEDOUT, other });
    },
  ),
];
