import { collectWaits, waiting } from "../debug/mod.ts";
import { GuestFault } from "../memory/mod.ts";
import { nameText } from "../trace/mod.ts";
import type { SystemParts } from "./system-parts.ts";
import type { ThreadIds } from "./thread-ids.ts";
import type { ThreadEntry } from "./types.ts";

/** RT_THREAD_INIT and its kin. */
const STATES = ["initial", "ready", "suspended", "running", "closed"];
const SUSPENDED = 2;
/** Offset of module_id in struct rt_object. */
const MODULE_ID = 12;

/** Every thread: its state or what it waits for, priority, stack use, module. */
export function describeThreads(parts: SystemParts, ids: ThreadIds): ThreadEntry[] {
  const { kernel } = parts;
  const { threads, reasons } = waitsOf(parts);
  // Stands for whatever will run first, while nothing has run.
  const start = { id: ids.first, name: "start", extra: "nothing has run yet" };
  const none = ids.firstIsFree && ids.running === 0;
  const real = threads.map((tcb) => {
    const { name, priority, state, stackMax, stackSize } = kernel.threads.describe(tcb);
    const running = tcb === ids.running;
    const wait =
      !running && state === SUSPENDED
        ? waiting(kernel, tcb, reasons.get(tcb))
        : running
          ? "running"
          : (STATES[state] ?? `state ${state}`);
    const stack = `stack ${stackMax} of ${stackSize}`;
    return {
      id: ids.of(tcb),
      name: nameText(name),
      extra: `priority ${priority}, ${wait}, ${stack}${moduleOf(parts, tcb)}`,
    };
  });
  return none ? [start, ...real] : real;
}

/** Threads, and what they wait for as far as the kernel's lists are whole: a program that has destroyed them is debugged as well. */
function waitsOf({ kernel }: SystemParts): ReturnType<typeof collectWaits> {
  try {
    return collectWaits(kernel);
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    return { threads: [...kernel.threads.states.keys()], reasons: new Map() };
  }
}

function moduleOf({ loader, kernel }: SystemParts, tcb: number): string {
  const module = loader.module(kernel.memory.ldu32(tcb + MODULE_ID));
  return module ? `, module ${nameText(module.name)}` : "";
}
