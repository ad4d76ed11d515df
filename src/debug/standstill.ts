import { type Kernel, nameText, OBJECT } from "../kernel/mod.ts";
import type { KernelApi } from "../kernel/types.ts";
import { type Callback, callbackIn, callbackOf } from "./callback.ts";
import { collectWaits, waiting } from "./waits.ts";

const READY = 1;
const SUSPENDED = 2;
/** System threads that wait for work, and what the shell's does between lines. */
const SYSTEM = new Set(["tidle0", "timer", "mmcsd_de", "sys_work", "main", "tshell"]);

/**
 * Why nothing can ever run again, lines without a last line end: which thread waits for what, held by whom, since when; then the
 * circles of threads that wait for each other.
 */
export function deadlockReport(kernel: KernelApi): string {
  const { threads, reasons } = collectWaits(kernel);
  const lines: string[] = [];
  /** By name: whom a thread waits for, and the mutex. */
  const waits = new Map<string, { readonly owner: string; readonly mutex: string }>();
  for (const thread of threads) {
    const { name: raw, state, priority } = kernel.threads.describe(thread);
    const name = nameText(raw);
    const callback = callbackOf(kernel as Kernel, thread);
    const idle = SYSTEM.has(name) && moduleOf(kernel, thread) === 0 && !callback;
    if (state !== SUSPENDED || idle) continue;
    const reason = reasons.get(thread);
    lines.push(
      callback
        ? `  ${standing(kernel, thread, callback, reason)}`
        : `  thread ${name} (priority ${priority}) ${waiting(kernel, thread, reason)}${since(kernel, thread)}`,
    );
    const held = reason && /^mutex (.*), held by thread (.*)$/.exec(reason);
    if (held) waits.set(name, { mutex: held[1], owner: held[2] });
  }
  if (lines.length === 0) lines.push("  no thread of a module is left");
  return [...lines, ...circles(waits)].join("\n");
}

/** What keeps a run from ending, and which threads are ready but never get their turn. */
export function busyReport(kernel: KernelApi): string {
  const { threads, reasons } = collectWaits(kernel);
  const lines: string[] = [];
  const { current } = kernel.threads;
  const callback = current === 0 ? undefined : callbackOf(kernel as Kernel, current);
  if (callback) {
    const thread = nameText(kernel.threads.describe(current).name);
    lines.push(`  running: ${told(callback, thread)}`);
  }
  for (const thread of [...threads].sort((a, b) => Number(b === current) - Number(a === current))) {
    const { name, state, priority } = kernel.threads.describe(thread);
    const module = moduleOf(kernel, thread);
    const own = thread === current ? undefined : callbackOf(kernel as Kernel, thread);
    if (own) lines.push(`  ${standing(kernel, thread, own, reasons.get(thread))}`);
    if (module === 0 || own) continue;
    const who = `${nameText(name)} (priority ${priority}, module ${nameText(kernel.objects.name(module))})`;
    if (thread === current) lines.push(`  ${callback ? "interrupted" : "running"}: ${who}`);
    else if (state === READY) {
      const waited = kernel.nanoseconds - (kernel.threads.since?.(thread) ?? 0);
      lines.push(`  ready, but has not had its turn for ${ms(waited)}: ${who}`);
    } else if (state === SUSPENDED)
      lines.push(
        `  ${who} ${waiting(kernel, thread, reasons.get(thread))}${since(kernel, thread)}`,
      );
  }
  return lines.length === 0 ? "  no module runs" : lines.join("\n");
}

const told = ({ text, stack }: Callback, thread: string): string =>
  callbackIn({ text, interrupt: stack !== undefined }, thread);

/** `the callback of timer soft, in thread timer (priority 4), waits for semaphore s, since 20.000 ms`. */
function standing(
  kernel: KernelApi,
  thread: number,
  callback: Callback,
  reason: string | undefined,
): string {
  const { name, state, priority } = kernel.threads.describe(thread);
  const who = told(callback, `${nameText(name)} (priority ${priority})`);
  if (state === SUSPENDED)
    return `${who}, ${waiting(kernel, thread, reason)}${since(kernel, thread)}`;
  const waited = kernel.nanoseconds - (kernel.threads.since?.(thread) ?? 0);
  return `ready, but has not had its turn for ${ms(waited)}: ${who}`;
}

const STATES = ["init", "ready", "suspended", "running", "closed"];

/** State of a thread and what it waits for, as plain data. */
export function threadWaits(kernel: KernelApi, thread: number): Record<string, unknown> {
  const { state, priority } = kernel.threads.describe(thread);
  const suspended = state === SUSPENDED;
  const running = thread === kernel.threads.current;
  return {
    priority,
    state: running ? "running" : (STATES[state] ?? String(state)),
    waits: suspended
      ? waiting(kernel, thread, collectWaits(kernel).reasons.get(thread))
      : undefined,
    sinceNanoseconds: kernel.threads.since?.(thread),
  };
}

function since(kernel: KernelApi, thread: number): string {
  const then = kernel.threads.since?.(thread);
  return then === undefined ? "" : `, since ${ms(then)}`;
}

const ms = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(3)} ms`;

function moduleOf(kernel: KernelApi, thread: number): number {
  return OBJECT.module_id.get(kernel.memory, thread);
}

function circles(
  waits: ReadonlyMap<string, { readonly owner: string; readonly mutex: string }>,
): string[] {
  const lines: string[] = [];
  const known = new Set<string>();
  for (const start of waits.keys()) {
    const path: string[] = [];
    let at = start;
    while (waits.has(at) && !path.includes(at) && !known.has(at)) {
      path.push(at);
      at = waits.get(at)!.owner;
    }
    const circle = path.slice(path.indexOf(at));
    if (path.includes(at)) {
      const steps = circle.map((name) => {
        const { mutex, owner } = waits.get(name)!;
        return `wants ${mutex}, held by ${owner}`;
      });
      lines.push(`  they wait for each other: ${at} ${steps.join(", who ")}`);
    }
    for (const name of path) known.add(name);
  }
  return lines;
}
