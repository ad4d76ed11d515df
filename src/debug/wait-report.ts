import { type KernelApi, ObjectClass } from "../kernel/types.ts";
import { moduleObjects } from "./machine-view.ts";

/** Wait lists of an object class: offset of the list head, and what a thread on it waits for. */
const WAIT_LISTS: Readonly<Record<number, readonly (readonly [number, string])[]>> = {
  [ObjectClass.Semaphore]: [[24, "semaphore"]],
  [ObjectClass.Mutex]: [[24, "mutex"]],
  [ObjectClass.Event]: [[24, "event"]],
  [ObjectClass.MailBox]: [
    [24, "mail in mailbox"],
    [44, "room in mailbox"],
  ],
  [ObjectClass.MessageQueue]: [
    [24, "a message in queue"],
    [56, "room in queue"],
  ],
  [ObjectClass.MemPool]: [[48, "a block of memory pool"]],
};

const MUTEX_OWNER = 36;
/** struct rt_thread.thread_timer, struct rt_timer: flag, timeout_tick. */
const THREAD_TIMER = 80;
const FLAG = 9;
const TIMEOUT_TICK = 44;
const TIMER_ACTIVATED = 1;
const SUSPENDED = 2;
/** System threads that always wait. */
const SYSTEM = new Set(["tidle0", "timer", "mmcsd_de", "sys_work", "main"]);

/** Which thread waits for what, one line each; system threads that always wait are left out. */
export function waitReport(kernel: KernelApi): string {
  const reasons = new Map<number, string>();
  const threads: number[] = [];
  for (const object of allObjects(kernel)) {
    const cls = kernel.objects.classOf(object);
    if (cls === ObjectClass.Thread) threads.push(object);
    for (const [offset, what] of WAIT_LISTS[cls] ?? []) {
      for (const thread of kernel.threads.waiting(object + offset))
        reasons.set(thread, `${what} ${kernel.objects.name(object)}${owner(kernel, object, cls)}`);
    }
  }
  const lines: string[] = [];
  for (const thread of threads) {
    const { name, state, priority } = kernel.threads.describe(thread);
    if (state !== SUSPENDED || (SYSTEM.has(name) && !reasons.has(thread))) continue;
    lines.push(
      `thread ${name} (priority ${priority}) ${waiting(kernel, thread, reasons.get(thread))}`,
    );
  }
  return lines.join("\n");
}

/** With a time-out or without. */
function waiting(kernel: KernelApi, thread: number, reason: string | undefined): string {
  const { memory } = kernel;
  const armed = (memory.ld8(thread + THREAD_TIMER + FLAG) & TIMER_ACTIVATED) !== 0;
  const end = armed ? memory.ldu32(thread + THREAD_TIMER + TIMEOUT_TICK) : 0;
  if (reason === undefined)
    return armed ? `sleeps until tick ${end}` : "waits for someone to resume it, or for input";
  return `waits for ${reason}${armed ? ` until tick ${end}` : ""}`;
}

function owner(kernel: KernelApi, object: number, cls: number): string {
  if (cls !== ObjectClass.Mutex) return "";
  const thread = kernel.memory.ldu32(object + MUTEX_OWNER);
  return thread === 0 ? "" : `, held by thread ${kernel.objects.name(thread)}`;
}

/** Every object of the system and, at any depth, of its modules. */
function* allObjects(kernel: KernelApi): Generator<number> {
  const pending: number[] = [];
  for (const cls of Object.values(ObjectClass)) {
    for (const object of kernel.objects.list(cls)) {
      yield object;
      if (cls === ObjectClass.Module) pending.push(object);
    }
  }
  const seen = new Set(pending);
  for (let module = pending.pop(); module !== undefined; module = pending.pop()) {
    for (const object of moduleObjects(kernel, module)) {
      yield object;
      if (kernel.objects.classOf(object) !== ObjectClass.Module || seen.has(object)) continue;
      seen.add(object);
      pending.push(object);
    }
  }
}
