import { BrokenList, MUTEX, nameText, THREAD, TIMER } from "../kernel/mod.ts";
import { type KernelApi, ObjectClass } from "../kernel/types.ts";
import { GuestFault } from "../memory/mod.ts";
import { moduleObjects } from "./module-objects.ts";

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

/** Bit of rt_timer.flag. */
const TIMER_ACTIVATED = 1;

/** The threads of the system and of its modules, and what each one on a wait list waits for. */
export interface Waits {
  readonly threads: readonly number[];
  readonly reasons: ReadonlyMap<number, string>;
}

export function collectWaits(kernel: KernelApi): Waits {
  const reasons = new Map<number, string>();
  const threads: number[] = [];
  for (const object of allObjects(kernel)) {
    const cls = kernel.objects.classOf(object);
    if (cls === ObjectClass.Thread) threads.push(object);
    for (const [offset, what] of WAIT_LISTS[cls] ?? []) {
      for (const thread of whole(() => kernel.threads.waiting(object + offset)))
        reasons.set(
          thread,
          `${what} ${nameText(kernel.objects.name(object))}${owner(kernel, object, cls)}`,
        );
    }
  }
  return { threads, reasons };
}

/** What a suspended thread waits for, as a predicate: `waits for mutex m, held by thread a until tick 7`. */
export function waiting(kernel: KernelApi, thread: number, reason: string | undefined): string {
  const { memory } = kernel;
  const timer = THREAD.thread_timer.at(thread, memory);
  const armed = (TIMER.flag.get(memory, timer) & TIMER_ACTIVATED) !== 0;
  const end = armed ? TIMER.timeout_tick.get(memory, timer) : 0;
  if (reason === undefined)
    return armed ? `sleeps until tick ${end}` : "waits for someone to resume it, or for input";
  return `waits for ${reason}${armed ? ` until tick ${end}` : ""}`;
}

function owner(kernel: KernelApi, object: number, cls: number): string {
  if (cls !== ObjectClass.Mutex) return "";
  const thread = MUTEX.owner.get(kernel.memory, object);
  return thread === 0 ? "" : `, held by thread ${nameText(kernel.objects.name(thread))}`;
}

/** A list of the kernel; nothing of one that a program has overwritten, or that this kernel does not have. */
function whole(list: () => readonly number[]): readonly number[] {
  try {
    return list();
  } catch (error) {
    if (error instanceof BrokenList || error instanceof GuestFault) return [];
    throw error;
  }
}

/** Every object of the system and, at any depth, of its modules. */
function* allObjects(kernel: KernelApi): Generator<number> {
  const pending: number[] = [];
  for (const cls of Object.values(ObjectClass)) {
    for (const object of whole(() => kernel.objects.list(cls))) {
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
