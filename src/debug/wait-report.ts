import { type KernelApi, ObjectClass } from "../kernel/types.ts";
import { allThreads, moduleObjects, type ReportParts } from "./machine-view.ts";

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
const SUSPENDED = 2;
/** System threads that always wait. */
const SYSTEM = new Set(["tidle0", "timer", "mmcsd_de", "sys_work", "main"]);

/** Which thread waits for what, one line each; system threads that always wait are left out. */
export function waitReport(parts: Pick<ReportParts, "kernel" | "loader">): string {
  const { kernel } = parts;
  const reasons = new Map<number, string>();
  for (const [object, cls] of waitables(parts)) {
    for (const [offset, what] of WAIT_LISTS[cls]) {
      for (const thread of kernel.threads.waiting(object + offset))
        reasons.set(thread, `${what} ${kernel.objects.name(object)}${owner(kernel, object, cls)}`);
    }
  }
  const lines: string[] = [];
  for (const thread of allThreads(parts)) {
    const { name, state, priority } = kernel.threads.describe(thread);
    if (state !== SUSPENDED || (SYSTEM.has(name) && !reasons.has(thread))) continue;
    lines.push(
      `thread ${name} (priority ${priority}) waits for ${reasons.get(thread) ?? "someone to resume it, or input"}`,
    );
  }
  return lines.join("\n");
}

function owner(kernel: KernelApi, object: number, cls: number): string {
  if (cls !== ObjectClass.Mutex) return "";
  const thread = kernel.memory.ldu32(object + MUTEX_OWNER);
  return thread === 0 ? "" : `, held by thread ${kernel.objects.name(thread)}`;
}

/** Objects that threads can wait for: the system's and the modules'. */
function* waitables({
  kernel,
  loader,
}: Pick<ReportParts, "kernel" | "loader">): Generator<[number, number]> {
  for (const cls of Object.keys(WAIT_LISTS).map(Number))
    for (const object of kernel.objects.list(cls as ObjectClass)) yield [object, cls];
  for (const { address } of loader.modules()) {
    for (const object of moduleObjects(kernel, address)) {
      const cls = kernel.objects.classOf(object);
      if (WAIT_LISTS[cls]) yield [object, cls];
    }
  }
}
