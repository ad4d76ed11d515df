import {
  DEVICE,
  EVENT,
  IPC,
  MAILBOX,
  MEMHEAP,
  MEMPOOL,
  MESSAGEQUEUE,
  MUTEX,
  MUTEX_5,
  OBJECT,
  SEMAPHORE,
  TIMER,
} from "./abi/layout.ts";
import { NAME_MAX, TIMER_FLAG_ACTIVATED } from "./abi/constants.ts";
import type { Kernel } from "./kernel.ts";
import { ObjectClass } from "./types.ts";

/** The tables of list_thread, list_sem and so on, lines ended by `\n`: src/../finsh/cmd.c of RT-Thread 4.0.4. */

const DASHES = "-".repeat(NAME_MAX);
const STATES = [" init   ", " ready  ", " suspend", " running", " close  "];

const name8 = (name: string) => name.slice(0, NAME_MAX).padEnd(NAME_MAX);
const hex8 = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
/** `%0<width>d`. */
const dec = (value: number, width: number) =>
  value < 0 ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
/** A column title cut or padded to the width of a name. */
const title = (text: string) => name8(text);

/** Longest run of bytes behind an unterminated name. */
const UNBOUNDED = 64;

/** Threads on a wait list as `count` or `count:a/b`. 4.0.4 prints names up to a NUL, so that one of 8 letters runs into the type. */
function waiters(k: Kernel, listHead: number, width = 1): string {
  const nameOf = (thread: number) =>
    k.options.compat404 ? k.memory.cstring(thread, UNBOUNDED) : k.objects.name(thread);
  const names = k.threads.waiting(listHead).map(nameOf);
  const count = dec(names.length, width);
  return names.length === 0 ? String(names.length) : `${count}:${names.join("/")}`;
}

function table(
  k: Kernel,
  cls: ObjectClass,
  header: readonly [titles: string, dashes: string],
  row: (object: number) => string,
): string {
  const rows = k.objects.list(cls).map((o) => `${name8(k.objects.name(o))}${row(o)}\n`);
  return `${header[0]}\n${DASHES}${header[1]}\n${rows.join("")}`;
}

export function listThread(k: Kernel): string {
  return table(
    k,
    ObjectClass.Thread,
    [
      `${title("thread")} pri  status      sp     stack size max used left tick  error`,
      " ---  ------- ---------- ----------  ------  ---------- ---",
    ],
    (thread) => {
      const t = k.threads.describe(thread);
      const percent = dec(Math.floor((t.stackMax * 100) / t.stackSize), 2);
      return (
        ` ${String(t.priority).padStart(3)} ${STATES[t.state] ?? ""}` +
        ` ${hex8(t.stackInUse)} ${hex8(t.stackSize)}    ${percent}%   ` +
        `${hex8(t.remainingTicks)} ${dec(t.error, 3)}`
      );
    },
  );
}

export function listSem(k: Kernel): string {
  return table(
    k,
    ObjectClass.Semaphore,
    [`${title("semaphore")} v   suspend thread`, " --- --------------"],
    (o) => ` ${dec(SEMAPHORE.value.get(k.memory, o), 3)} ${waiters(k, IPC.suspend_thread.at(o))}`,
  );
}

export function listEvent(k: Kernel): string {
  return table(
    k,
    ObjectClass.Event,
    [`${title("event")}      set    suspend thread`, "  ---------- --------------"],
    (o) => `  ${hex8(EVENT.set.get(k.memory, o))} ${waiters(k, IPC.suspend_thread.at(o), 3)}`,
  );
}

export function listMutex(k: Kernel): string {
  return table(
    k,
    ObjectClass.Mutex,
    [`${title("mutex")}   owner  hold suspend thread`, " -------- ---- --------------"],
    (o) => {
      const owner = MUTEX.owner.get(k.memory, o);
      const name = name8(owner === 0 ? (k.five ? "(null)" : "(NULL)") : k.objects.name(owner));
      const waiting = k.threads.waiting(IPC.suspend_thread.at(o)).length;
      return ` ${name} ${dec((k.five ? MUTEX_5 : MUTEX).hold.get(k.memory, o), 4)} ${waiting}`;
    },
  );
}

export function listMailbox(k: Kernel): string {
  return table(
    k,
    ObjectClass.MailBox,
    [`${title("mailbox")} entry size suspend thread`, " ----  ---- --------------"],
    (o) =>
      ` ${dec(MAILBOX.entry.get(k.memory, o), 4)}  ${dec(MAILBOX.sizeField.get(k.memory, o), 4)}` +
      ` ${waiters(k, IPC.suspend_thread.at(o))}`,
  );
}

export function listMsgqueue(k: Kernel): string {
  return table(
    k,
    ObjectClass.MessageQueue,
    [`${title("msgqueue")} entry suspend thread`, " ----  --------------"],
    (o) =>
      ` ${dec(MESSAGEQUEUE.entry.get(k.memory, o), 4)}  ${waiters(k, IPC.suspend_thread.at(o))}`,
  );
}

export function listMemheap(k: Kernel): string {
  return table(
    k,
    ObjectClass.MemHeap,
    [
      `${title("memheap")}  pool size  max used size available size`,
      " ---------- ------------- --------------",
    ],
    (o) => {
      const m = k.memory;
      const pool = String(MEMHEAP.pool_size.get(m, o)).padEnd(10);
      const max = String(MEMHEAP.max_used_size.get(m, o)).padEnd(13);
      return ` ${pool} ${max} ${String(MEMHEAP.available_size.get(m, o)).padEnd(5)}`;
    },
  );
}

export function listMempool(k: Kernel): string {
  return table(
    k,
    ObjectClass.MemPool,
    [`${title("mempool")} block total free suspend thread`, " ----  ----  ---- --------------"],
    (o) => {
      const m = k.memory;
      const block = dec(MEMPOOL.block_size.get(m, o), 4);
      const total = dec(MEMPOOL.block_total_count.get(m, o), 4);
      const free = dec(MEMPOOL.block_free_count.get(m, o), 4);
      return ` ${block}  ${total}  ${free} ${waiters(k, MEMPOOL.suspend_thread.at(o))}`;
    },
  );
}

export function listTimer(k: Kernel): string {
  const m = k.memory;
  const rows = table(
    k,
    ObjectClass.Timer,
    [`${title("timer")}  periodic   timeout       flag`, " ---------- ---------- -----------"],
    (o) => {
      const active = OBJECT.flag.get(m, o) & TIMER_FLAG_ACTIVATED;
      return (
        ` ${hex8(TIMER.init_tick.get(m, o))} ${hex8(TIMER.timeout_tick.get(m, o))}` +
        ` ${active ? "activated" : "deactivated"}`
      );
    },
  );
  return `${rows}current tick:${hex8(k.tick)}\n`;
}

const DEVICE_TYPES = [
  "Character Device",
  "Block Device",
  "Network Interface",
  "MTD Device",
  "CAN Device",
  "RTC",
  "Sound Device",
  "Graphic Device",
  "I2C Bus",
  "USB Slave Device",
  "USB Host Bus",
  "SPI Bus",
  "SPI Device",
  "SDIO Bus",
  "PM Pseudo Device",
  "Pipe",
  "Portal Device",
  "Timer Device",
  "Miscellaneous Device",
  "Sensor Device",
  "Touch Device",
  "Phy Device",
  "Unknown",
];

export function listDevice(k: Kernel): string {
  return table(
    k,
    ObjectClass.Device,
    [`${title("device")}         type         ref count`, " -------------------- ----------"],
    (o) => {
      const type = DEVICE.device_type.get(k.memory, o);
      const text = (DEVICE_TYPES[type] ?? "Unknown").padEnd(20);
      return ` ${text} ${String(DEVICE.ref_count.get(k.memory, o)).padEnd(8)}`;
    },
  );
}

/** What `free` prints: three lines, four of 5.x. */
export function listMem(k: Kernel): string {
  const { total, used, max } = k.heap;
  if (k.five)
    return `total    : ${total}\nused     : ${used}\nmaximum  : ${max}\navailable: ${total - used}\n`;
  return `total memory: ${total}\nused memory : ${used}\nmaximum allocated memory: ${max}\n`;
}
