import { IRQ_STACK, type Kernel, nameText, OBJECT, TIMER } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { moduleObjects } from "./module-objects.ts";
import type { KernelCall } from "./view.ts";

/** Guest code that the kernel called on its own account: not what the thread below it was doing. */
export interface Callback {
  /** `the callback of timer late`, `the hook of rt_scheduler_sethook`. */
  readonly text: string;
  /** Address of the function. */
  readonly code: number;
  /** struct rt_dlmodule that the object with the callback belongs to; 0: of nobody, or there is no object. */
  readonly owner: number;
  /** In interrupt context it has a stack of its own, and the thread was interrupted. */
  readonly stack?: { readonly stackStart: number; readonly stackSize: number };
}

type State = NonNullable<Kernel["runner"]["running"]>;

function stateOf({ runner, threads }: Kernel, thread: number): State | undefined {
  const { running } = runner;
  return running?.thread === thread ? running : threads.states.get(thread);
}

/** The callback that a thread runs; undefined when it runs code of its own. */
export function callbackOf(kernel: Kernel, thread: number): Callback | undefined {
  const state = stateOf(kernel, thread);
  const frame = state?.frames.findLast(({ below }) => below !== undefined);
  return state && frame && nameOf(kernel, state, frame);
}

/** The kernel's calls of guest code that a thread is in, innermost first; what an interrupt interrupted is not part of it. */
export function callsOf(kernel: Kernel, thread: number): KernelCall[] {
  const state = stateOf(kernel, thread);
  const calls: KernelCall[] = [];
  for (const frame of state?.frames.toReversed() ?? []) {
    const { below, interrupt } = frame;
    if (below === undefined) continue;
    const called = nameOf(kernel, state!, frame)?.text;
    const registers = Array.from(below.r, (value) => value >>> 0);
    const { heapEnd } = kernel.area;
    // Threads of the system are no guest code: their pc is a trap.
    const caller = interrupt || registers[15] >= heapEnd ? undefined : registers;
    calls.push({ called, caller: caller && { registers: caller, cpsr: below.cpsr } });
    if (caller === undefined) break;
  }
  return calls;
}

function nameOf(
  kernel: Kernel,
  state: State,
  { callee: code, interrupt, what }: State["frames"][number],
): Callback | undefined {
  const { timers, threads } = kernel;
  const stack = interrupt
    ? { stackStart: kernel.area.irqStack - IRQ_STACK, stackSize: IRQ_STACK }
    : undefined;
  const found = (text: string, owner = 0): Callback => ({ text, code, owner, stack });

  if (what !== undefined) return found(what);
  for (const [setter, hook] of kernel.guestHooks)
    if (hook === code) return found(`the hook of ${setter}`);
  const timer = interrupt
    ? timers.calledHard
    : state.thread === timers.thread
      ? timers.calledSoft
      : 0;
  if (timer !== 0 && TIMER.timeout_func.get(kernel.memory, timer) === code >>> 0) {
    if (!isTimer(kernel, timer)) return found("the callback of a timer that is deleted");
    const owner = OBJECT.module_id.get(kernel.memory, timer);
    return found(`the callback of timer ${nameText(kernel.objects.name(timer))}`, owner);
  }
  if (state.thread === threads.idle && kernel.idleHooks.includes(code))
    return found("an idle hook");
  if (!interrupt) return undefined;
  const pin = kernel.gpio.pinWith(code);
  return found(pin === undefined ? "an interrupt handler" : `the interrupt handler of pin ${pin}`);
}

/** `the callback of timer late, which interrupted thread tidle0`. */
export function callbackIn(
  { text, interrupt }: { readonly text: string; readonly interrupt: boolean },
  thread: string,
): string {
  return interrupt ? `${text}, which interrupted thread ${thread}` : `${text}, in thread ${thread}`;
}

/** The memory still holds the object: it was not deleted in the meantime. */
function isTimer(kernel: Kernel, timer: number): boolean {
  const { objects } = kernel;
  if (objects.list(ObjectClass.Timer).includes(timer)) return true;
  for (const module of objects.list(ObjectClass.Module))
    for (const object of moduleObjects(kernel, module)) if (object === timer) return true;
  return false;
}
