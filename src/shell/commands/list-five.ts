import { THREAD } from "../../kernel/mod.ts";
import { ObjectClass } from "../../kernel/types.ts";
import type { CommandContext, ListName } from "../types.ts";
import { listFd } from "./file-systems.ts";

/** Objects that `list` shows, with the words of its help: RT-Thread 5. */
const KINDS = [
  { name: "thread", help: "list threads" },
  { name: "timer", help: "list timers" },
  { name: "sem", help: "list semaphores" },
  { name: "event", help: "list events" },
  { name: "mutex", help: "list mutexs" },
  { name: "mailbox", help: "list mailboxs" },
  { name: "msgqueue", help: "list message queues" },
  { name: "memheap", help: "list memory heaps" },
  { name: "mempool", help: "list memory pools" },
  { name: "device", help: "list devices" },
  { name: "fd", help: "list file descriptors" },
] as const;

export const LIST_KINDS: readonly string[] = KINDS.map(({ name }) => name);

/** Offsets in struct rt_object and, behind it, of the list of waiting threads. */
const FLAG = 9;
const WAITING = 24;
const TIMER_PERIODIC = 0x2;
/** rt_mutex->priority while nobody waits. */
const NO_PRIORITY = 255;

/** Names of error numbers, cut and padded to seven characters. */
const ERRORS: Readonly<Record<number, string>> = {
  0: "OK",
  1: "ERROR",
  2: "ETIMOUT",
  3: "ERSFULL",
  4: "ERSEPTY",
  5: "ENOMEM",
  6: "ENOSYS",
  7: "EBUSY",
  8: "EIO",
  9: "EINTRPT",
  10: "EINVAL",
};

/** `list KIND` of RT-Thread 5: the tables of 4.0.4 but for thread, mutex and timer. */
export function list(context: CommandContext, argv: readonly string[]): number {
  const { kernel, lists } = context;
  const kind = argv[1];
  if (argv.length !== 2 || !LIST_KINDS.includes(kind)) {
    const rows = KINDS.map(({ name, help }) => `    ${name.padEnd(12)} - ${help}\n`);
    kernel.console.print(`Usage: list [options]\n[options]:\n${rows.join("")}`);
    return -1;
  }
  if (kind === "fd") listFd(context);
  else if (kind === "thread") kernel.console.print(threads(context));
  else if (kind === "mutex") kernel.console.print(mutexes(context));
  else if (kind === "timer") kernel.console.print(timers(context));
  else kernel.console.print(lists(kind as ListName));
  return 0;
}

/** The rows of a table of 4.0.4, without its two title lines, each with its object. */
function rows(
  { kernel, lists }: CommandContext,
  name: ListName,
  kind: ObjectClass,
): { object: number; row: string }[] {
  const lines = lists(name).split("\n").slice(2);
  return kernel.objects.list(kind).map((object, i) => ({ object, row: lines[i] ?? "" }));
}

function threads(context: CommandContext): string {
  const body = rows(context, "thread", ObjectClass.Thread).map(({ object, row }) => {
    const error = Math.abs(THREAD.result.get(context.kernel.memory, object));
    const text = (ERRORS[error] ?? `E${error}`).padEnd(7).slice(0, 7);
    return `${row.replace(/-?\d+$/, "")}${text} 0x${(object >>> 0).toString(16).padStart(8, "0")}\n`;
  });
  return (
    "thread   pri  status      sp     stack size max used left tick   error  tcb addr\n" +
    "-------- ---  ------- ---------- ----------  ------  ---------- ------- ----------\n" +
    body.join("")
  );
}

function mutexes(context: CommandContext): string {
  const { kernel } = context;
  const body = rows(context, "mutex", ObjectClass.Mutex).map(({ object, row }) => {
    const waiting = kernel.threads.waiting(object + WAITING);
    const priorities = waiting.map((thread) => kernel.threads.describe(thread).priority);
    const priority = Math.min(NO_PRIORITY, ...priorities);
    const [, start = row, hold = "0000"] = /^(.{8} .{8}) (\d+)/.exec(row) ?? [];
    const owner = start.replace("(NULL)", "(null)");
    const count = String(waiting.length).padStart(4, "0");
    return `${owner} ${hold} ${String(priority).padStart(8)}  ${count}\n`;
  });
  return (
    "mutex      owner  hold priority suspend thread \n" +
    "-------- -------- ---- -------- --------------\n" +
    body.join("")
  );
}

function timers(context: CommandContext): string {
  const { kernel, lists } = context;
  const body = rows(context, "timer", ObjectClass.Timer).map(({ object, row }) => {
    const periodic = (kernel.memory.ld8(object + FLAG) & TIMER_PERIODIC) !== 0;
    const start = row
      .replace(/activated$/, "activated   ")
      .replace(/deactivated {3}$/, "deactivated ");
    return `${start}${periodic ? "periodic" : "one shot"}\n`;
  });
  const last = /current tick:.*\n/.exec(lists("timer"))?.[0] ?? "";
  return (
    "timer     periodic   timeout    activated     mode\n" +
    "-------- ---------- ---------- ----------- ---------\n" +
    body.join("") +
    last
  );
}
