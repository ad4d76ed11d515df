import { IPC_FLAG_FIFO, WAITING_FOREVER } from "./abi/constants.ts";
import { HEAP_MEM, THREAD, TIMER } from "./abi/layout.ts";
import { SCHEDULE, type Task } from "./call.ts";
import { createDevices } from "./device/board-devices.ts";
import { mailboxInit, mailboxRecv, mailboxSend } from "./ipc/mailbox.ts";
import { mutexInit } from "./ipc/mutex.ts";
import { semInit } from "./ipc/sem.ts";
import type { Kernel } from "./kernel.ts";
import type { StackFigures } from "./thread.ts";
import { ObjectClass } from "./types.ts";

interface Shape {
  readonly name: string;
  readonly priority: number;
  readonly stack: number;
  readonly slice: number;
  /** Stack that list_thread shows, measured on the board. */
  readonly figures?: StackFigures;
}

const MAIN: Shape = { name: "main", priority: 10, stack: 2048, slice: 20 };
const TIMER_THREAD: Shape = {
  name: "timer",
  priority: 4,
  stack: 1024,
  slice: 10,
  figures: { inUse: 0x7c, max: 0x7c },
};
const IDLE: Shape = {
  name: "tidle0",
  priority: 31,
  stack: 1024,
  slice: 32,
  figures: { inUse: 0x60, max: 0x90 },
};
const SYS_WORK: Shape = {
  name: "sys_work",
  priority: 23,
  stack: 2048,
  slice: 10,
  figures: { inUse: 0x80, max: 0x80 },
};
const MMCSD: Shape = {
  name: "mmcsd_detect",
  priority: 22,
  stack: 1024,
  slice: 20,
  figures: { inUse: 0xb0, max: 0x220 },
};

/** Semaphores of the drivers and libraries of the board, oldest first, with their values. */
const SEMAPHORES: readonly (readonly [name: string, value: number])[] = [
  ["heap", 1],
  ["wqueue", 0],
  ["sd_ack", 0],
  ["pmq", 1],
  ["psem", 1],
  ["sem_sd0", 1],
  ["shrx", 0],
];
const MUTEXES = ["fslock", "sd_bus_lock", "fat0"];

/**
 * Bytes the drivers and file systems of the board keep on the heap, so that `free` in a booted system starts from the figure of the
 * board (12876 with the threads sys_work and tshell).
 */
const DRIVER_HEAP = 6380;

/** The most the heap of the board ever held while it booted. */
const BOOT_PEAK = 18420;

/** Creates the system threads and objects in the order of the board, so that lists show the same order. */
export function bootBoard(k: Kernel, main: () => Task<void>): void {
  createDevices(k);
  semaphores(k, SEMAPHORES.slice(0, 1));
  const mainThread = k.threads.createTask(MAIN.name, MAIN.stack, MAIN.priority, MAIN.slice, main);
  k.reents.adopt(k.threads.state(mainThread));
  k.threads.startup(mainThread);
  k.timers.thread = staticTask(k, TIMER_THREAD, () => k.timers.threadEntry());
  k.threads.idle = staticTask(k, IDLE, () => k.idling.threadEntry());
  k.heap.alloc(DRIVER_HEAP);
  semaphores(k, SEMAPHORES.slice(1));
  for (const name of MUTEXES)
    mutexInit(k, k.systemAlloc(k.objects.sizeOf(ObjectClass.Mutex)), name, IPC_FLAG_FIFO);
  const { name, stack, priority, slice, figures } = SYS_WORK;
  k.threads.startup(
    k.threads.createTask(name, stack, priority, slice, () => waitForEver(k), figures),
  );
  cardDetector(k);
  reachPeak(k);
}

/** Uses as much of the heap for a moment as drivers do that look for a card. */
function reachPeak(k: Kernel): void {
  k.heap.free(k.heap.alloc(BOOT_PEAK - k.heap.used - HEAP_MEM.size));
}

function semaphores(k: Kernel, rows: typeof SEMAPHORES): void {
  for (const [name, value] of rows)
    semInit(k, k.systemAlloc(k.objects.sizeOf(ObjectClass.Semaphore)), name, value, IPC_FLAG_FIFO);
}

/** A thread with TCB and stack in the kernel image, which is not part of the heap. */
function staticTask(k: Kernel, shape: Shape, body: () => Task<void>): number {
  const { name, stack, priority, slice, figures } = shape;
  const thread = k.systemAlloc(THREAD.sizeIn(k.memory));
  const area = k.systemAlloc(stack);
  k.threads.initTask(thread, area, name, stack, priority, slice, body, figures);
  k.threads.startup(thread);
  return thread;
}

/** The workqueue thread has no work and suspends itself. */
function* waitForEver(k: Kernel): Task<void> {
  for (;;) {
    k.threads.suspend(k.scheduler.current);
    yield SCHEDULE;
  }
}

/** mmcsd_detect waits for cards; the one there was found at boot, and nobody has asked for that news. */
function cardDetector(k: Kernel): void {
  const words = k.systemAlloc(2 * 16);
  const requests = k.systemAlloc(k.objects.sizeOf(ObjectClass.MailBox));
  mailboxInit(k, requests, "mmcsdmb", words, 4, IPC_FLAG_FIFO);
  const hotplug = k.systemAlloc(k.objects.sizeOf(ObjectClass.MailBox));
  mailboxInit(k, hotplug, "mmcsdhotplug", words + 16, 4, IPC_FLAG_FIFO);
  k.cardHotplug = hotplug;
  mailboxSend(k, hotplug, 1, 0);
  const thread = staticTask(k, MMCSD, function* () {
    for (;;) {
      const mail = mailboxRecv(k, requests, k.scratch, WAITING_FOREVER);
      if (typeof mail !== "number") yield* mail;
    }
  });
  // Its last delay was one tick, at tick 8.
  const timer = THREAD.thread_timer.at(thread, k.memory);
  TIMER.init_tick.set(k.memory, timer, 1);
  TIMER.timeout_tick.set(k.memory, timer, 9);
}
